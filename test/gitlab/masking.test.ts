import * as fc from 'fast-check';
import { parseDotenv } from '../../src/gitlab/dotenv';
import { scopesOverlap, environmentScope } from '../../src/gitlab/environments';
import { fitsEnvironment, MaskingRule, maskingProblem, variableKey } from '../../src/gitlab/masking';
import { describeVectors, printAgreement } from '../support/vectors';

const RULES: MaskingRule[] = ['expanded', 'raw'];

describe('whether GitLab masks a value', () => {
  test.each<[string, string, string | undefined, string | undefined]>([
    ['letters', 'helloworld', undefined, undefined],
    ['base64', 'YXBpVmVyc2lvbjogdjE+/w==', undefined, undefined],
    ['a token', 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln-_', undefined, undefined],
    ['a token of the agent', 'ci:1:job-token', undefined, undefined],
    ['one-line JSON', '{"kind":"Config"}', 'it has "{" in it', undefined],
    ['a reference', 'pass$word', 'it has "$" in it', undefined],
    ['letters beyond ASCII', 'pässwörd', 'it has "\\u00e4" in it', undefined],
    ['a no-break space', 'password\u00a01', 'it has "\\u00a0" in it', undefined],
    ['seven characters', '1234567', 'it has fewer than 8 characters', 'it has fewer than 8 characters'],
    ['seven characters of two code units', '😀'.repeat(7), 'it has fewer than 8 characters', 'it has fewer than 8 characters'],
    ['a space', 'pass word', 'it has white space in it', 'it has white space in it'],
    ['a tab', 'pass\tword', 'it has white space in it', 'it has white space in it'],
    ['several lines', 'apiVersion: v1\nkind: Config\n', 'it has several lines', 'it has several lines'],
    ['a final carriage return', 'password\r', 'it has several lines', 'it has several lines'],
  ])('%s', (_, value, expanded, raw) => {
    expect(RULES.map((rule) => maskingProblem(value, rule))).toEqual([expanded, raw]);
  });

  test('an environment variable holds 131072 bytes with its name', () => {
    expect(fitsEnvironment('KUBECONFIG', 'x'.repeat(131_060))).toBe(true);
    expect(fitsEnvironment('KUBECONFIG', 'x'.repeat(131_061))).toBe(false);
  });
});

test.each<[string, boolean]>([
  ['KUBECONFIG', true], ['kube_config_1', true], ['1A', true], ['K'.repeat(255), true],
  ['K'.repeat(256), false], ['', false], ['KUBE-CONFIG', false], ['KUBE CONFIG', false], ['KUBECONFIG\n', false], ['schlüssel', false],
])('%j is a variable key: %s', (key, expected) => {
  expect(variableKey(key) === undefined).toBe(expected);
});

test.each<[string, boolean]>([
  ['*', true], ['production', true], ['review/*', true], ['Review App 1', true], ['a.b_c-d/${X}', true], ['p'.repeat(255), true],
  ['', false], ['a,b', false], ['a\n', false], [' production', false], ['production ', false], ['größe', false], ['p'.repeat(256), false],
])('%j is a scope: %s', (scope, expected) => {
  expect(environmentScope(scope) === undefined).toBe(expected);
});

describe('two scopes overlap', () => {
  test.each<[string, string, boolean]>([
    ['production', 'production', true], ['production', 'staging', false], ['production', 'prod', false], ['production', 'Production', false],
    ['*', 'production', true], ['*', '*', true], ['review/*', 'review/1', true], ['review/*', 'review/', true], ['review/*', 'review', false],
    ['review/*', '*/1', true], ['review/*', 'staging/*', false], ['*-eu', 'review-*', true], ['a*b*c', 'abc', true], ['a*b*c', 'acb', false], ['_', 'a', false],
  ])('%j and %j: %s', (one, other, expected) => {
    expect([scopesOverlap(one, other), scopesOverlap(other, one)]).toEqual([expected, expected]);
  });

  test('exactly when the one matches the other, where that is a name', () => {
    const text = (...letters: string[]) => fc.array(fc.constantFrom(...letters), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(fc.property(text('a', 'b', '*'), text('a', 'b'), (scope, name) => {
      expect(scopesOverlap(scope, name)).toBe(new RegExp(`^${scope.replace(/\*+/g, '.*')}$`).test(name));
    }));
  });

  test('whatever name both match', () => {
    const scope = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(fc.property(scope, scope, fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }), (one, other, letters) => {
      const name = letters.join('');
      if (scopesOverlap(one, name) && scopesOverlap(other, name)) expect(scopesOverlap(one, other)).toBe(true);
    }));
  });
});

describe('a dotenv report', () => {
  test('is read without unquoting and expansion, the last of a key wins', () => {
    expect(parseDotenv('A = "1" \r\nB=$A=x\nA=2')).toEqual(new Map([['A', '2'], ['B', '$A=x']]));
  });

  test.each<[string, string, RegExp]>([
    ['an empty line', 'A=1\n\nB=2\n', /^line 2: it has no "="/],
    ['a comment', '# image\n', /^line 1: it has no "="/],
    ['a key that is none', 'export A=1\n', /^line 1: its key is "export A"/],
    ['21 variables', Array.from({ length: 21 }, (_, index) => `K${index}=1`).join('\n'), /it has 21 variables/],
    ['5120 bytes', `A=${'x'.repeat(5118)}`, /it has 5120 bytes/],
  ])('is refused with %s', (_, text, expected) => {
    expect(() => parseDotenv(text)).toThrow(expected);
  });
});

interface VariableVectors {
  readonly maskable: Array<{ readonly value: string; readonly okExpanded: boolean; readonly okRaw: boolean }>;
  readonly dotenv: Array<{ readonly blob: string; readonly ok: boolean; readonly variables?: Record<string, string> }>;
}

describeVectors<VariableVectors>('gitlab-variables.json', ({ maskable, dotenv }) => {
  let agreed = 0;

  test.each(maskable.map((vector) => [vector.value, vector] as const))('masking of %j', (value, { okExpanded, okRaw }) => {
    expect(RULES.map((rule) => maskingProblem(value, rule) === undefined)).toEqual([okExpanded, okRaw]);
    agreed++;
  });

  test.each(dotenv.map((vector) => [vector.blob.slice(0, 40), vector] as const))('dotenv %j', (_, { blob, ok, variables }) => {
    if (ok) expect(Object.fromEntries(parseDotenv(blob))).toEqual(variables);
    else expect(() => parseDotenv(blob)).toThrow();
    agreed++;
  });

  afterAll(() => printAgreement('gitlab-variables.json', agreed, maskable.length + dotenv.length));
});
