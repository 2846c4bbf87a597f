import { show } from '../../src/base/user-error';
import {
  annotationKey, ANNOTATIONS_LIMIT, dns1035Label, dns1123Label, dns1123Subdomain, envVarName,
  labelProblems, labelValue, NameRule, nameRuleOf, pathSegment, qualifiedName, similarName,
} from '../../src/kubernetes/names';
import { describeVectors, printAgreement } from '../support/vectors';

interface Vectors {
  readonly upstream: Vector[];
  readonly oracle: Vector[];
}

interface Vector {
  readonly fn: string;
  readonly input: unknown;
  readonly ok: boolean;
}

interface Table {
  readonly name: string;
  readonly rule: NameRule;
  readonly accepted: string[];
  readonly refused: string[];
  readonly expected: string;
}

const TABLES: Table[] = [
  {
    name: 'a DNS-1123 label',
    rule: dns1123Label,
    accepted: ['a', '0', 'a-b', 'a--b', '123', 'a'.repeat(63)],
    refused: ['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a b', 'a\n', 'é', 'a'.repeat(64), '$CI_PROJECT_NAME'],
    expected: 'of at most 63 characters',
  },
  {
    name: 'a DNS-1123 subdomain',
    rule: dns1123Subdomain,
    accepted: ['a', '0', 'a.b', '1.2.3.4', 'a-b.c-d', `${'a'.repeat(126)}.${'b'.repeat(126)}`, 'a'.repeat(253)],
    refused: ['', '.', 'a.', '.a', 'a..b', 'a.-b', 'a-.b', 'A', 'a_b', 'a/b', 'a\n', 'a'.repeat(254)],
    expected: 'of at most 253 characters',
  },
  {
    name: 'a DNS-1035 label',
    rule: dns1035Label,
    accepted: ['a', 'a1', 'a-1', 'a'.repeat(63)],
    refused: ['', '1', '1a', '-a', 'a-', 'A', 'a.b', 'a\n', 'a'.repeat(64)],
    expected: 'starts with a letter',
  },
  {
    name: 'a path segment',
    rule: pathSegment,
    accepted: ['a', 'A', 'system:node', 'a b', '...', 'a.', 'é'],
    refused: ['', '.', '..', 'a/b', 'a%b', '/', '%'],
    expected: 'other than "." and ".."',
  },
  {
    name: 'the name of a variable',
    rule: envVarName,
    accepted: ['A', 'a', '_', 'A1', 'a.b', 'a-b', '.a', '-', 'a..b'],
    refused: ['', '1A', '.', '..', '..a', 'A B', 'A=', 'A\n', 'É'],
    expected: 'a variable name',
  },
  {
    name: 'a label value',
    rule: labelValue,
    accepted: ['', 'a', 'A', '1', 'a.b_c-d', 'a'.repeat(63)],
    refused: ['-a', 'a-', '.a', 'a_', 'a b', 'a/b', 'a\n', 'é', 'a'.repeat(64)],
    expected: 'a label value',
  },
  {
    name: 'a label key',
    rule: qualifiedName,
    accepted: ['a', 'A', 'a.b_c-d', 'example.com/a', '1.2.3.4/5', `${'a'.repeat(253)}/${'b'.repeat(63)}`],
    refused: ['', '/', 'a/', '/a', 'a/b/c', '-a', 'a-', 'Example.com/a', 'a b', 'a\n', 'a'.repeat(64), `${'a'.repeat(254)}/b`],
    expected: 'a key such as "example.com/name"',
  },
  {
    name: 'an annotation key',
    rule: annotationKey,
    accepted: ['a', 'Example.com/A', 'example.com/a'],
    refused: ['', '/a', 'a/', 'a/b/c', 'a b', 'a'.repeat(64)],
    expected: 'a key such as "example.com/name"',
  },
];

describe.each(TABLES)('the rule for $name', ({ rule, accepted, refused, expected }) => {
  test.each(accepted)('accepts %j', (value) => {
    expect(rule(value)).toBeUndefined();
  });

  test.each(refused)('refuses %j', (value) => {
    expect(rule(value)).toContain(expected);
  });

  test.each(['a', '-', 'a.', 'a/', 'A1', '%'])('decides about 100 kB of %j before the test times out', (unit) => {
    expect(rule(unit.repeat(100_000 / unit.length) + '\n') ?? expected).toContain(expected);
  });
});

test.each([
  ['Namespace', dns1123Label],
  ['Service', dns1035Label],
  ['Role', pathSegment],
  ['RoleBinding', pathSegment],
  ['ClusterRole', pathSegment],
  ['ClusterRoleBinding', pathSegment],
  ['Deployment', dns1123Subdomain],
  ['ServiceAccount', dns1123Subdomain],
  ['Secret', dns1123Subdomain],
  ['toString', dns1123Subdomain],
])('nameRuleOf returns the rule for a %s', (kind, rule) => {
  expect(nameRuleOf(kind)).toBe(rule);
});

test('the annotations of an object are limited to 256 KiB', () => {
  expect(ANNOTATIONS_LIMIT).toBe(256 * 1024);
});

test.each([
  ['My_App', dns1123Subdomain, ' to "my-app"'],
  ['my app 2.0', dns1123Subdomain, ' to "my-app-2.0"'],
  ['my app 2.0', dns1123Label, ' to "my-app-2-0"'],
  [`-${'a'.repeat(80)}`, dns1123Label, ` to "${'a'.repeat(63)}"`],
  ['1web', dns1035Label, ''],
  ['___', dns1123Label, ''],
])('similarName suggests a valid name for %j', (value, rule, expected) => {
  expect(similarName(value, rule)).toBe(expected);
});

describe('labelProblems', () => {
  test('returns a problem for each invalid key and value', () => {
    expect(labelProblems('chart/web', 'label', { 'ok': 'a', 'a/b/c': 'b', 'team': 'a b' }).map(({ given, fix }) => [given, fix])).toEqual([
      ['the key of label "a/b/c" is "a/b/c"', 'change it to "a-b-c"'],
      ['label "team" is "a b"', 'change it to "a-b"'],
    ]);
  });

  test('returns a problem for a value that is not a text', () => {
    expect(labelProblems('chart/web', 'label', { version: 1 })).toEqual([
      { at: 'chart/web', given: 'label "version" is 1', expected: 'a text', fix: 'write a text; quote a number or a boolean in YAML' },
    ]);
  });

  test('returns no problem without labels', () => {
    expect(labelProblems('chart/web', 'label', undefined)).toEqual([]);
  });
});

const RULES = new Map<string, NameRule>([
  ['IsDNS1123Label', dns1123Label],
  ['IsDNS1123Subdomain', dns1123Subdomain],
  ['IsDNS1035Label', dns1035Label],
  ['IsPathSegmentName', pathSegment],
  ['IsQualifiedName', qualifiedName],
  ['IsLabelKey', qualifiedName],
  ['IsValidLabelValue', labelValue],
  ['IsLabelValue', labelValue],
  ['IsEnvVarName', envVarName],
  ['ValidateAnnotations', annotationKey],
]);

describeVectors<Vectors>('k8s-names.json', ({ upstream, oracle }) => {
  const vectors = [...upstream, ...oracle].flatMap((vector) => {
    const key = keyOf(vector.input);
    return RULES.has(vector.fn) && key !== undefined ? [{ ...vector, input: key }] : [];
  });

  test.each(vectors.map(({ fn, ok, input }) => [fn, ok, show(input), input] as const))('the rule agrees with %s, which says %s to %s', (fn, ok, _, input) => {
    expect(accepts(fn, input)).toBe(ok);
  });

  test('all agree with the rules', () => {
    const agreeing = vectors.filter(({ fn, input, ok }) => accepts(fn, input) === ok);
    printAgreement('k8s-names.json (names)', agreeing.length, vectors.length);
    expect(agreeing).toHaveLength(vectors.length);
    expect(vectors.length).toBeGreaterThan(500);
  });

  test.each([...RULES.keys()])('include vectors of %s', (name) => {
    expect(vectors.some(({ fn }) => fn === name)).toBe(true);
  });
});

function accepts(fn: string, input: string): boolean {
  return RULES.get(fn)?.(input) === undefined;
}

/** A vector of annotations with one entry is one of its key. Those whose value is an expression are about the total, which no rule of names decides. */
function keyOf(input: unknown): string | undefined {
  if (typeof input === 'string') return input;
  if (Array.isArray(input)) return input.length === 1 ? (input[0] as { $key: string }).$key : undefined;
  const keys = Object.keys(input as object);
  return keys.length === 1 ? keys[0] : undefined;
}
