import { isObject, JsonObject } from '../../src/base/json';
import { LARGEST_TEXT, decodeText } from '../../src/base/text-file';
import { parseManifest } from '../../src/yaml/manifest-parser';
import { kubectlScalars } from '../support/kubectl-scalars';
import { messageOf } from '../support/synth';

const HEAD = 'apiVersion: v1\nkind: Foo\n';

function parse(text: string): JsonObject[] {
  return parseManifest(text, 'f.yml').map(({ value }) => value);
}

function refusalOf(text: string): string {
  return messageOf(() => parse(text));
}

/** What kubectl reads and this library refuses: values that would change without a word, and what the parser cannot read alike. */
const STRICTER = new Map([
  ['v: 9007199254740993', 'f.yml:4:4: the number "9007199254740993", expected a number up to 2^53'],
  ['v: -9007199254740993', 'a number up to 2^53'],
  ['v: 18446744073709551615', 'a number up to 2^53'],
  ['v: 99999999999999999999', 'a number up to 2^53'],
  ['v: 1e21', 'a number up to 2^53'],
  ['v: {.inf: a}', '".inf" as a key, expected text as a key; quote it'],
  ['v: {a: 1, a: 2}', 'f.yml:4:11: a second key "a"'],
  ['v: !!binary aGVsbG8=', 'with the tag "tag:yaml.org,2002:binary"'],
  ['v: !!timestamp 2001-12-14', 'with the tag "tag:yaml.org,2002:timestamp"'],
  ['v: "a\u2028b"', 'the character U+2028'],
  ['v: [?a]', '"?" or ":" without quotes inside brackets'],
  ['v: 1\n...\nw: 2\n', 'f.yml:6:1: text after the end of a document, which kubectl ignores'],
]);

describe('scalars', () => {
  const accepted = kubectlScalars.fragments.filter(({ yaml, error }) => error === undefined && !STRICTER.has(yaml));
  const refused = kubectlScalars.fragments.filter(({ error }) => error !== undefined);

  test('the table is large enough to mean something', () => {
    expect(accepted.length).toBeGreaterThan(140);
    expect(refused.length).toBeGreaterThan(25);
    expect([...STRICTER.keys()].filter((yaml) => !kubectlScalars.fragments.some((fragment) => fragment.yaml === yaml))).toEqual([]);
  });

  test.each(accepted.map(({ yaml, v }) => [yaml, v]))('%j is what kubectl makes of it', (yaml, v) => {
    expect(parse(`${kubectlScalars.head}${yaml}`)[0]?.v).toEqual(v);
  });

  test.each(refused.map(({ yaml, error }) => [yaml, error]))('fails for %j as kubectl does', (yaml) => {
    expect(refusalOf(`${kubectlScalars.head}${yaml}`)).toMatch(/^f\.yml:\d+:\d+: [^\n]+, expected [^\n]+; [^\n]+$/);
  });

  test.each([...STRICTER])('fails for %j although kubectl reads it', (yaml, message) => {
    expect(refusalOf(`${kubectlScalars.head}${yaml}`)).toContain(message);
  });

  test('fails for two keys that become one text, of which kubectl keeps now this one, now the other', () => {
    expect(refusalOf(`${kubectlScalars.head}v: {1: a, '1': b}`)).toContain('a second key "1"');
  });

  test.each([
    ['1.2345679e+08', '123456789.0'], ['1e+07', '10000000.0'], ['100000.5', '100000.5'], ['1e-05', '0.00001'], ['0.0001', '1e-4'],
    ['1.6777216e+07', '16777217.0'], ['-0', '-0.0'], ['6e-45', '0.5e-44'], ['0', '1e-50'], ['-1.5', '-1.50'], ['10000000', '10000000'],
  ])('the key %s comes from %s', (key, text) => {
    expect(parse(`${HEAD}v: {${text}: a}`)[0]?.v).toEqual({ [key]: 'a' });
  });
});

describe('documents', () => {
  const one = `${HEAD}v: 1\n`;
  const value = { apiVersion: 'v1', kind: 'Foo', v: 1 };

  test.each([
    ['one', one],
    ['one without a line break at its end', one.trimEnd()],
    ['a byte order mark', `\ufeff${one}`],
    ['a byte order mark before the marker', `\ufeff---\n${one}`],
    ['empty documents around it', `---\n---\n# nothing\n---\n${one}---\nnull\n---\n~\n---\n`],
    ['comments on the markers', `--- # first\n${one}---# kubectl takes this as a marker too\n`],
    ['a document end', `${one}...\n# over\n`],
    ['Windows line endings', `---\n${one}---\n`.replaceAll('\n', '\r\n')],
    ['indentation', '  apiVersion: v1\n  kind: Foo\n  v: 1\n'],
    ['JSON', '{"apiVersion":"v1","kind":"Foo",\n\t"v":1.0}'],
  ])('a text with %s has one', (_, text) => {
    expect(parse(text)).toEqual([value]);
  });

  test('several keep their order', () => {
    expect(parse(`${HEAD}v: 1\n---\n${HEAD}v: 2\n`).map(({ v }) => v)).toEqual([1, 2]);
  });

  test('JSON may have escapes that YAML has not', () => {
    expect(parse('{"apiVersion":"v1","kind":"Foo","v":"\\ud83d\\ude00\\/"}')[0]?.v).toBe('😀/');
  });

  test('tabs stay inside of texts and behind values', () => {
    expect(parse(`${HEAD}v: |\n  all:\n  \techo\n  \tx\nw: 1\t# c\nx: [1,\t2]\n`)[0]).toMatchObject({ v: 'all:\n\techo\n\tx\n', w: 1, x: [1, 2] });
  });

  test('nodes can be found again, through a merge as well', () => {
    const [document] = parseManifest(`${HEAD}b: &b { image: x }\nv: { <<: *b }\n`, 'f.yml');
    const v = document?.value.v;
    const node = isObject(v) ? document?.nodeOf(v, 'image') : undefined;
    expect(document?.at(node)).toBe('f.yml:3:16');
  });

  test.each([
    ['nothing', '', 'f.yml:1:1: no document, expected a Kubernetes object'],
    ['comments only', '# a\n---\n# b\n', 'no document'],
    ['a list', `${HEAD}---\n- 1\n`, 'f.yml:4:1: a document that is "[1]", expected a Kubernetes object'],
    ['a text', 'abc', 'a document that is "abc"'],
    ['an object without a kind', 'apiVersion: v1\n', 'apiVersion "v1" and kind nothing'],
    ['a kind that is not text', 'apiVersion: v1\nkind: yes\n', 'and kind true, expected'],
    ['an open bracket', `${HEAD}v: [1\n`, 'f.yml:4:1: invalid YAML ('],
    ['a tab as indentation', `${HEAD}v:\n\ta: 1\n`, 'f.yml:4:1: a tab, expected YAML that kubectl reads; indent with spaces'],
    ['a tab behind a dash', `${HEAD}v:\n  -\ta\n`, 'f.yml:4:4: a tab'],
    ['a tab on an empty line', `${HEAD}\t\nv: 1\n`, 'f.yml:3:1: a tab'],
    ['a tab that would be the indentation of a block', `${HEAD}v: |\n  \ta\n`, 'f.yml:4:3: a tab'],
    ['a duplicate key', `${HEAD}kind: Bar\n`, 'f.yml:3:1: a second key "kind", expected each key once; remove one of the two'],
    ['a Helm template', `${HEAD}v: {{ .Values.v }}\n`, 'f.yml:3:5: a map or list as a key, expected text as a key; it looks like a Helm or Go template ("{{ }}")'],
    ['a Helm control structure', `${HEAD}{{- if .Values.v }}\nv: 1\n{{- end }}\n`, 'it looks like a Helm or Go template ("{{ }}"): render that first'],
    ['a key that is no text', `${HEAD}v: { ~: 1 }\n`, 'f.yml:3:6: null as a key, expected text as a key; quote it'],
    ['a key that JavaScript would take as something else', `${HEAD}v: { __proto__: 1 }\n`, '"__proto__" as a key'],
    ['an anchor of its own', `${HEAD}v: &a [*a]\n`, 'the alias "*a", expected an anchor that ends before it'],
    ['text behind a marker', `${HEAD}--- {a: 1}\n`, 'f.yml:3:1: "{a: 1}" after "---"'],
    ['a directive', `%YAML 1.1\n---\n${HEAD}`, 'f.yml:1:1: a directive'],
    ['a control character', `${HEAD}v: a\u0007b\n`, 'f.yml:3:5: the character U+0007'],
    ['an old Macintosh line ending', 'apiVersion: v1\rkind: Foo\r', 'f.yml:1:15: the character U+000D'],
    ['half a character', `${HEAD}v: \ud83d\n`, 'the character U+D83D'],
    ['a byte order mark inside', `${HEAD}\ufeffv: 1\n`, 'f.yml:3:1: the character U+FEFF'],
    ['a colon on the next line', `${HEAD}v: {a\n : 1}\n`, 'a line break before ":"'],
    ['an odd anchor', `${HEAD}v: &a.b 1\n`, 'an anchor with special characters in its name'],
    ['deep nesting', `${HEAD}v: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`, 'maps and lists nested too deeply'],
  ])('fails for %s', (_, text, message) => {
    const refusal = refusalOf(text);
    expect(refusal).toContain(message);
    expect(refusal).toMatch(/^f\.yml:\d+:\d+: [^\n]+, expected [^\n]+; [^\n]+$/);
  });
});

describe('size', () => {
  test('fails for what is over 2 MiB before any of it is parsed', () => {
    const text = `${HEAD}v: ${'['.repeat(LARGEST_TEXT)}`;
    expect(refusalOf(text)).toBe(`f.yml: ${text.length} bytes, expected at most ${LARGEST_TEXT}; split it into several files`);
    expect(messageOf(() => decodeText(new Uint8Array(10e6), 'f.yml'))).toContain('f.yml: 10000000 bytes');
  });

  test('fails for bytes that are not UTF-8', () => {
    expect(messageOf(() => decodeText(Uint8Array.of(0x61, 0xff), 'f.yml'))).toContain('f.yml: bytes that are not UTF-8');
  });

  test('a byte order mark is left for the parser', () => {
    expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 'f.yml')).toBe('\ufeffa');
  });

  test.each([
    ['many aliases of aliases', ['a: &a [x, x, x, x, x, x, x, x, x]', ...[...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]}, `.repeat(9)}]`)].join('\n')],
    ['one large anchor repeated', `a: &a [${'x, '.repeat(2000)}]\nb: [${'*a, '.repeat(60)}]`],
    ['merges of merges', ['a: &a {x: 1, z: 2}', ...[...'bcdefghijklmnopq'].map((name, i) => `${name}: &${name} [${`{<<: *${'abcdefghijklmnop'[i]}, ${name}: 1}, `.repeat(1)}]`)].join('\n').replace(/\[|\]/g, '')],
  ])('ends before the test times out for %s', (_, text) => {
    expect(refusalOf(`${HEAD}${text}\n`)).toMatch(/aliases that repeat too much|invalid YAML/);
  });

  test('a few hundred aliases are no bomb', () => {
    expect(parse(`${HEAD}a: &a [x, y]\nb: [${'*a, '.repeat(200)}]\n`)[0]?.b).toHaveLength(200);
  });
});
