import { JsonObject } from '../../../../src/base/json';
import { secrets } from '../../../../src/base/secrets';
import { rememberSecretValues, withData } from '../../../../src/cli/deploy/objects/secret-values';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('withData', () => {
  test('encodes stringData into data, and prefers it', () => {
    expect(withData({ kind: 'Secret', data: { a: 'eA==', b: 'eQ==' }, stringData: { a: 'ü' } })).toEqual({ kind: 'Secret', data: { a: base64('ü'), b: 'eQ==' } });
  });

  test.each<JsonObject>([{ data: { a: 'eA==' } }, { stringData: { a: 1 } }, { stringData: 'text' }])('returns %j unchanged', (value) => {
    expect(withData(value)).toBe(value);
  });
});

describe('the values of Secrets in a release', () => {
  afterEach(() => secrets.clear());

  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'postgres' }, spec: { containers: [{ name: 'db', image: 'example.com/postgres:16' }] } };

  test.each<[string, JsonObject, string, string]>([
    ['a value of data', { data: { password: base64('hunter22\nsecond line') } }, 'is hunter22\nsecond line wrong?', 'is [MASKED] wrong?'],
    ['a line of a value', { data: { password: base64('hunter22\nsecond line') } }, 'is second line wrong?', 'is [MASKED] wrong?'],
    ['the base64 of a value', { data: { password: base64('hunter22\nsecond line') } }, base64('hunter22\nsecond line'), '[MASKED]'],
    ['a value of stringData', { stringData: { password: 'hunter22' } }, 'hunter22', '[MASKED]'],
    ['a number, which the server refuses', { stringData: { pin: 12345678 } }, 'Value:12345678', 'Value:[MASKED]'],
    ['the items of a list, which the server refuses', { data: { list: ['item-one', { key: 'item-two' }] } }, '[item-one item-two]', '[[MASKED] [MASKED]]'],
    ['data that is no base64', { data: { password: 'hunter 22!' } }, 'hunter 22!', '[MASKED]'],
  ])('are masked: %s', (_, fields, text, masked) => {
    rememberSecretValues([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, ...fields }], []);
    expect(secrets.mask(text)).toBe(masked);
  });

  test('are not masked when they are names in the release, which other texts need', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, stringData: { user: 'postgres', stage: 'production', config: 'tokenStage: production\npassword: hunter22' } };
    rememberSecretValues([secret, deployment], ['production']);
    expect(secrets.mask('Deployment postgres of production: hunter22')).toBe('Deployment postgres of production: [MASKED]');
  });

  test('are only those of the kind Secret of Kubernetes', () => {
    const fields = { metadata: { name: 'web' }, data: { key: base64('public-value') } };
    rememberSecretValues([{ apiVersion: 'v1', kind: 'ConfigMap', ...fields }, { apiVersion: 'example.com/v1', kind: 'Secret', ...fields }], []);
    expect(secrets.mask('public-value')).toBe('public-value');
  });
});
