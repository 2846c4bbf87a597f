import { fitsEnvironment, MaskingRule, maskingProblem, variableKey } from '../../src/gitlab/masking';
import { describeVectors, printAgreement } from '../support/vectors';

const RULES: MaskingRule[] = ['expanded', 'raw'];

describe('maskingProblem', () => {
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
  ])('decides about %s', (_, value, expanded, raw) => {
    expect(RULES.map((rule) => maskingProblem(value, rule))).toEqual([expanded, raw]);
  });
});

test('a variable fits into the environment up to 131072 bytes with its name', () => {
  expect(fitsEnvironment('KUBECONFIG', 'x'.repeat(131_060))).toBe(true);
  expect(fitsEnvironment('KUBECONFIG', 'x'.repeat(131_061))).toBe(false);
});

test.each<[string, boolean]>([
  ['KUBECONFIG', true], ['kube_config_1', true], ['1A', true], ['K'.repeat(255), true],
  ['K'.repeat(256), false], ['', false], ['KUBE-CONFIG', false], ['KUBE CONFIG', false], ['KUBECONFIG\n', false], ['schlüssel', false],
])('the rule for variable keys decides about %j: %s', (key, expected) => {
  expect(variableKey(key) === undefined).toBe(expected);
});

interface VariableVectors {
  readonly maskable: Array<{ readonly value: string; readonly okExpanded: boolean; readonly okRaw: boolean }>;
}

describeVectors<VariableVectors>('gitlab-variables.json', ({ maskable }) => {
  let agreed = 0;

  test.each(maskable.map((vector) => [vector.value, vector] as const))('GitLab and maskingProblem agree about %j', (value, { okExpanded, okRaw }) => {
    expect(RULES.map((rule) => maskingProblem(value, rule) === undefined)).toEqual([okExpanded, okRaw]);
    agreed++;
  });

  afterAll(() => printAgreement('gitlab-variables.json (masking)', agreed, maskable.length));
});
