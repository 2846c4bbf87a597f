import { show } from '../../src/base/user-error';
import {
  ANNOTATIONS_LIMIT, annotationKey, dns1035Label, dns1123Label, dns1123Subdomain, envVarName, labelValue, NameRule, nameRuleOf, pathSegment,
  qualifiedName,
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

describe.each(TABLES)('$name', ({ rule, accepted, refused, expected }) => {
  test.each(accepted)('may be %j', (value) => {
    expect(rule(value)).toBeUndefined();
  });

  test.each(refused)('is not %j', (value) => {
    expect(rule(value)).toContain(expected);
  });

  test.each(['a', '-', 'a.', 'a/', 'A1', '%'])('is decided for 100 kB of %j before the test times out', (unit) => {
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
])('the name of a %s has its rule', (kind, rule) => {
  expect(nameRuleOf(kind)).toBe(rule);
});

test('all annotations together may have 256 KiB', () => {
  expect(ANNOTATIONS_LIMIT).toBe(256 * 1024);
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

  test.each(vectors.map(({ fn, ok, input }) => [fn, ok, show(input), input] as const))('%s says %s to %s', (fn, ok, _, input) => {
    expect(accepts(fn, input)).toBe(ok);
  });

  test('agree', () => {
    const agreeing = vectors.filter(({ fn, input, ok }) => accepts(fn, input) === ok);
    printAgreement('k8s-names.json (names)', agreeing.length, vectors.length);
    expect(agreeing).toHaveLength(vectors.length);
    expect(vectors.length).toBeGreaterThan(500);
  });

  test.each([...RULES.keys()])('of %s are there', (name) => {
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
