import { JsonObject } from '../../../../src/base/json';
import { ReleaseObject } from '../../../../src/cli/deploy/objects/release';
import { secretMask, withData } from '../../../../src/cli/deploy/objects/secret-values';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function secret(data: JsonObject): ReleaseObject {
  return { at: 'app.yaml:1:1', apiVersion: 'v1', kind: 'Secret', name: 'web', value: { apiVersion: 'v1', kind: 'Secret', data } };
}

describe('withData', () => {
  test('encodes stringData into data, and prefers it', () => {
    expect(withData({ kind: 'Secret', data: { a: 'eA==', b: 'eQ==' }, stringData: { a: 'ü' } })).toEqual({ kind: 'Secret', data: { a: base64('ü'), b: 'eQ==' } });
  });

  test.each<JsonObject>([{ data: { a: 'eA==' } }, { stringData: { a: 1 } }, { stringData: 'text' }])('returns %j unchanged', (value) => {
    expect(withData(value)).toBe(value);
  });
});

describe('secretMask', () => {
  const mask = secretMask([secret({ password: base64('hunter22\nsecond line'), short: base64('abc') })], { CI_JOB_TOKEN: 'glcbt-64_token' }, 'kubeconfig-token', undefined);

  test.each([
    ['a value of a Secret', 'is hunter22\nsecond line wrong?', 'is [MASKED] wrong?'],
    ['one line of a value', 'is second line wrong?', 'is [MASKED] wrong?'],
    ['the base64 of a value', base64('hunter22\nsecond line'), '[MASKED]'],
    ['a variable of the job', 'Bearer glcbt-64_token', 'Bearer [MASKED]'],
    ['an additional secret', 'kubeconfig-token kubeconfig-token', '[MASKED] [MASKED]'],
  ])('masks %s', (_, text, expected) => {
    expect(mask(text)).toBe(expected);
  });

  test('keeps values of fewer than 6 characters, which are ordinary text', () => {
    expect(mask('abc')).toBe('abc');
  });

  test('keeps the values of other kinds', () => {
    expect(secretMask([{ ...secret({ key: base64('public-value') }), kind: 'ConfigMap' }], {})('public-value')).toBe('public-value');
  });
});
