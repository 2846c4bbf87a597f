import { isObject, JsonObject } from '../../src/base/json';
import { LARGEST_TEXT } from '../../src/base/text-file';
import { parseManifest, unfoldList } from '../../src/yaml/manifest-parser';
import { kubectlScalars } from '../support/kubectl-scalars';
import { messageOf } from '../support/synth';

const HEAD = 'apiVersion: v1\nkind: Foo\n';

function parse(text: string): JsonObject[] {
  return parseManifest(text, 'f.yml').map(({ value }) => value);
}

function errorOf(text: string): string {
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

/** Faults that people make in the value of a Secret. Each has the secret `hunter22` in it. */
const FAULTS_IN_SECRETS: ReadonlyArray<readonly [string, string]> = [
  ['an alias', 'password: *hunter22'],
  ['a number beyond 2^53', 'password: 9007199254740993'],
  ['a float beyond 2^53', 'password: 9.007199254740993e25'],
  ['a tag', 'password: !!bool hunter22'],
  ['a tag of another type', 'password: !!int hunter22'],
  ['a tag for bytes', 'password: !!binary hunter22'],
  ['a duplicate key', 'hunter22: a\n  hunter22: b'],
  ['a key that is a number', '9007199254740993: a'],
  ['a merge of a text', '<<: hunter22'],
  ['a merge of a list', '<<: [[hunter22]]'],
  ['an escape', 'password: "hunter22\\/x"'],
  ['a quote that is not closed', 'password: "hunter22'],
  ['text after a quote', 'password: "hunter22" hunter22'],
  ['a bracket that is not closed', 'password: {hunter22'],
  ['a percent sign', 'password: %hunter22'],
  ['an at sign', 'password: @hunter22'],
  ['a colon', 'password: a: hunter22'],
  ['a tab', 'password:\n\thunter22'],
  ['a wrong indentation', 'a: |\n    hunter22\n   hunter22\n hunter22'],
  ['a line that begins with a document marker', 'a: |\n---hunter22'],
  ['a document that the value becomes', 'a: |\n---\nhunter22'],
  ['a list that the value becomes', 'a: |\n---\n- hunter22'],
  ['text after the end of the document', 'a: b\n...\nhunter22'],
];

describe.each([
  ['a Secret', 'apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData:\n'],
  ['a Secret whose kind is escaped', 'apiVersion: v1\nkind: "\\x53ecret"\nmetadata: {name: web}\nstringData:\n'],
  ['a Secret after another object', `${HEAD}---\napiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData:\n`],
])('an error in %s', (_, head) => {
  test.each(FAULTS_IN_SECRETS)('shows the place of %s, and no value', (__, fault) => {
    const message = errorOf(`${head}  ${fault}\n`);
    expect(message).toMatch(/^f\.yml:\d+:\d+: /);
    expect(message).not.toMatch(/hunter22|9007199254740993|9\.007/);
  });
});

test('an error in a file that mentions no Secret shows the value', () => {
  expect(errorOf(`${HEAD}v: !!int twelve\n`)).toContain('"twelve" with the tag "tag:yaml.org,2002:int"');
});

describe('parseManifest on scalars', () => {
  const accepted = kubectlScalars.fragments.filter(({ yaml, error }) => error === undefined && !STRICTER.has(yaml));
  const refused = kubectlScalars.fragments.filter(({ error }) => error !== undefined);

  test('is tested with enough scalars', () => {
    expect(accepted.length).toBeGreaterThan(140);
    expect(refused.length).toBeGreaterThan(25);
    expect([...STRICTER.keys()].filter((yaml) => !kubectlScalars.fragments.some((fragment) => fragment.yaml === yaml))).toEqual([]);
  });

  test.each(accepted.map(({ yaml, v }) => [yaml, v]))('reads %j as kubectl does', (yaml, v) => {
    expect(parse(`${kubectlScalars.head}${yaml}`)[0]?.v).toEqual(v);
  });

  test.each(refused.map(({ yaml, error }) => [yaml, error]))('refuses %j as kubectl does', (yaml) => {
    expect(errorOf(`${kubectlScalars.head}${yaml}`)).toMatch(/^f\.yml:\d+:\d+: [^\n]+, expected [^\n]+; [^\n]+$/);
  });

  test.each([...STRICTER])('refuses %j although kubectl reads it', (yaml, message) => {
    expect(errorOf(`${kubectlScalars.head}${yaml}`)).toContain(message);
  });

  test('refuses two keys with the same text, of which kubectl keeps a random one', () => {
    expect(errorOf(`${kubectlScalars.head}v: {1: a, '1': b}`)).toContain('a second key "1"');
  });

  test.each([
    ['1.2345679e+08', '123456789.0'], ['1e+07', '10000000.0'], ['100000.5', '100000.5'], ['1e-05', '0.00001'], ['0.0001', '1e-4'],
    ['1.6777216e+07', '16777217.0'], ['-0', '-0.0'], ['6e-45', '0.5e-44'], ['0', '1e-50'], ['-1.5', '-1.50'], ['10000000', '10000000'],
  ])('reads the key %s from %s', (key, text) => {
    expect(parse(`${HEAD}v: {${text}: a}`)[0]?.v).toEqual({ [key]: 'a' });
  });
});

describe('parseManifest on documents', () => {
  const one = `${HEAD}v: 1\n`;
  const value = { apiVersion: 'v1', kind: 'Foo', v: 1 };

  test.each([
    ['one document', one],
    ['one without a line break at its end', one.trimEnd()],
    ['a byte order mark', `\ufeff${one}`],
    ['a byte order mark before the marker', `\ufeff---\n${one}`],
    ['empty documents around it', `---\n---\n# nothing\n---\n${one}---\nnull\n---\n~\n---\n`],
    ['comments on the markers', `--- # first\n${one}---# kubectl takes this as a marker too\n`],
    ['a document end', `${one}...\n# over\n`],
    ['Windows line endings', `---\n${one}---\n`.replaceAll('\n', '\r\n')],
    ['indentation', '  apiVersion: v1\n  kind: Foo\n  v: 1\n'],
    ['JSON', '{"apiVersion":"v1","kind":"Foo",\n\t"v":1.0}'],
  ])('reads one document from a text with %s', (_, text) => {
    expect(parse(text)).toEqual([value]);
  });

  test.each([
    ['on lines of their own', '{A}\n{B}\n'],
    ['without anything between them', '{A}{B}'],
    ['after a byte order mark', '\ufeff {A}\r\n\t{B}'],
    ['with a marker between them', '{A}\n---\n{B}\n---\n'],
    ['with a comment after them', '{A} {B}\n# end\n'],
    ['the last one in YAML', '{A}\n---\napiVersion: v1\nkind: Foo\nv: "}{"\n'],
    ['the last one in YAML without a marker', '{A}\napiVersion: v1\nkind: Foo\nv: "}{"\n'],
  ])('reads JSON objects %s', (_, text) => {
    const objects = ['{"apiVersion":"v1","kind":"Foo",\n"v":"\\/ } \\" {"}', '{"apiVersion": "v1", "kind": "Foo", "v": "}{"}'];
    const documents = parseManifest(text.replace('{A}', objects[0] ?? '').replace('{B}', objects[1] ?? ''), 'f.json');

    expect(documents.map(({ value: { v } }) => v)).toEqual(['/ } " {', '}{']);
    expect(new Set(documents.map(({ at }) => at())).size).toBe(2);
  });

  test('names the place of each JSON object', () => {
    const object = '{"apiVersion":"v1","kind":"Foo"}';
    expect(parseManifest(`${object}${object}\n\n  ${object}`, 'f').map(({ at }) => at())).toEqual(['f:1:1', 'f:1:33', 'f:3:3']);
  });

  test.each([
    ['a comma between JSON objects', '{"apiVersion":"v1","kind":"Foo"},\n{"apiVersion":"v1","kind":"Foo"}', 'f.yml:1:33: invalid YAML'],
    ['a bracket after a JSON object', '{"apiVersion":"v1","kind":"Foo"}\n}', 'f.yml:2:1: invalid YAML'],
    ['a list of JSON objects', '[{"apiVersion":"v1","kind":"Foo"}]', 'f.yml:1:1: a document that is'],
    ['two flow mappings that are not JSON', '{apiVersion: v1, kind: Foo}\n{apiVersion: v1, kind: Foo}', 'f.yml:2:1: '],
    ['JSON objects after a marker, of which kubectl reads the first', '---\n{"apiVersion":"v1","kind":"Foo"}\n{"apiVersion":"v1","kind":"Foo"}', 'f.yml:3:1: '],
    ['a second key in the second JSON object', '{"apiVersion":"v1","kind":"Foo"}\n{"apiVersion":"v1","kind":"Foo","kind":"Foo"}', 'f.yml:2:33: a second key "kind"'],
  ])('refuses %s', (_, text, message) => {
    expect(errorOf(text)).toContain(message);
  });

  test('accepts a byte order mark at the start of each document, as in concatenated files', () => {
    expect(parse(`\ufeff${one}---\n\ufeff${one}--- # next\r\n\ufeff${one}`)).toEqual([value, value, value]);
    expect(parseManifest(`${one}---\n\ufeff${one}`, 'f').map(({ at }) => at())).toEqual(['f:1:1', 'f:5:1']);
  });

  test('keeps the order of documents', () => {
    expect(parse(`${HEAD}v: 1\n---\n${HEAD}v: 2\n`).map(({ v }) => v)).toEqual([1, 2]);
  });

  test('accepts escapes in JSON that YAML does not have', () => {
    expect(parse('{"apiVersion":"v1","kind":"Foo","v":"\\ud83d\\ude00\\/"}')[0]?.v).toBe('😀/');
  });

  test('keeps tabs in texts and accepts them after values', () => {
    expect(parse(`${HEAD}v: |\n  all:\n  \techo\n  \tx\nw: 1\t# c\nx: [1,\t2]\n`)[0]).toMatchObject({ v: 'all:\n\techo\n\tx\n', w: 1, x: [1, 2] });
  });

  test('finds the node of a field, also of a merged one', () => {
    const [document] = parseManifest(`${HEAD}b: &b { image: x }\nv: { <<: *b }\n`, 'f.yml');
    const v = document?.value.v;
    const node = isObject(v) ? document?.nodeOf(v, 'image') : undefined;
    expect(document?.at(node)).toBe('f.yml:3:16');
  });

  test.each([
    ['nothing', '', 'f.yml:1:1: no document, expected a Kubernetes object'],
    ['comments only', '# a\n---\n# b\n', 'no document'],
    ['a list', `${HEAD}---\n- 1\n`, 'f.yml:4:1: a document that is a list, expected a Kubernetes object'],
    ['a text', 'abc', 'a document that is a text'],
    ['an object without a kind', 'apiVersion: v1\n', 'apiVersion "v1" and kind nothing'],
    ['a kind that is not text', 'apiVersion: v1\nkind: yes\n', 'and kind true, expected'],
    ['a value of Ansible Vault', `${HEAD}v: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  62\n`, 'f.yml:1:1: v is encrypted by Ansible Vault, expected decrypted values'],
    ['a file of Ansible Vault', '$ANSIBLE_VAULT;1.1;AES256\n62313365\n', 'f.yml:1:1: the file is encrypted by Ansible Vault'],
    ['an open bracket', `${HEAD}v: [1\n`, 'f.yml:4:1: invalid YAML ('],
    ['a tab as indentation', `${HEAD}v:\n\ta: 1\n`, 'f.yml:4:1: a tab, expected YAML that kubectl reads; indent with spaces'],
    ['a tab after a dash', `${HEAD}v:\n  -\ta\n`, 'f.yml:4:4: a tab'],
    ['a tab on an empty line', `${HEAD}\t\nv: 1\n`, 'f.yml:3:1: a tab'],
    ['a tab that would be the indentation of a block', `${HEAD}v: |\n  \ta\n`, 'f.yml:4:3: a tab'],
    ['a duplicate key', `${HEAD}kind: Bar\n`, 'f.yml:3:1: a second key "kind", expected each key once; remove one of the two'],
    ['a Helm template', `${HEAD}v: {{ .Values.v }}\n`, 'f.yml:3:5: a map or list as a key, expected text as a key; it looks like a Helm or Go template ("{{ }}")'],
    ['a Helm control structure', `${HEAD}{{- if .Values.v }}\nv: 1\n{{- end }}\n`, 'it looks like a Helm or Go template ("{{ }}"): render that first'],
    ['a key that is not a text', `${HEAD}v: { ~: 1 }\n`, 'f.yml:3:6: null as a key, expected text as a key; quote it'],
    ['the key that sets the prototype in JavaScript', `${HEAD}v: { __proto__: 1 }\n`, '"__proto__" as a key'],
    ['an anchor that contains itself', `${HEAD}v: &a [*a]\n`, 'the alias "*a", expected an anchor that ends before it'],
    ['text after a marker', `${HEAD}--- {a: 1}\n`, 'f.yml:3:1: "{a: 1}" after "---"'],
    ['a directive', `%YAML 1.1\n---\n${HEAD}`, 'f.yml:1:1: a directive'],
    ['a control character', `${HEAD}v: a\u0007b\n`, 'f.yml:3:5: the character U+0007'],
    ['an old Macintosh line ending', 'apiVersion: v1\rkind: Foo\r', 'f.yml:1:15: the character U+000D'],
    ['half a character', `${HEAD}v: \ud83d\n`, 'the character U+D83D'],
    ['a byte order mark inside', `${HEAD}\ufeffv: 1\n`, 'f.yml:3:1: the character U+FEFF'],
    ['a colon on the next line', `${HEAD}v: {a\n : 1}\n`, 'a line break before ":"'],
    ['an anchor with a special character', `${HEAD}v: &a.b 1\n`, 'an anchor with special characters in its name'],
    ['deep nesting', `${HEAD}v: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`, 'maps and lists nested too deeply'],
  ])('refuses %s', (_, text, message) => {
    const error = errorOf(text);
    expect(error).toContain(message);
    expect(error).toMatch(/^f\.yml:\d+:\d+: [^\n]+, expected [^\n]+; [^\n]+$/);
  });
});

describe('the size of a manifest', () => {
  test('is limited to 2 MiB, which is checked before parsing', () => {
    const text = `${HEAD}v: ${'['.repeat(LARGEST_TEXT)}`;
    expect(errorOf(text)).toBe(`f.yml: ${text.length} bytes, expected at most ${LARGEST_TEXT}; split it into several files`);
  });

  test.each([
    ['many aliases of aliases', ['a: &a [x, x, x, x, x, x, x, x, x]', ...[...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]}, `.repeat(9)}]`)].join('\n')],
    ['one large anchor repeated', `a: &a [${'x, '.repeat(2000)}]\nb: [${'*a, '.repeat(60)}]`],
    ['merges of merges', ['a: &a {x: 1, z: 2}', ...[...'bcdefghijklmnopq'].map((name, i) => `${name}: &${name} [${`{<<: *${'abcdefghijklmnop'[i]}, ${name}: 1}, `.repeat(1)}]`)].join('\n').replace(/\[|\]/g, '')],
  ])('is limited in repetition: it refuses %s before the test times out', (_, text) => {
    expect(errorOf(`${HEAD}${text}\n`)).toMatch(/aliases that repeat too much|invalid YAML/);
  });

  test('may include a few hundred aliases', () => {
    expect(parse(`${HEAD}a: &a [x, y]\nb: [${'*a, '.repeat(200)}]\n`)[0]?.b).toHaveLength(200);
  });
});

describe('unfoldList', () => {
  const list: JsonObject = { kind: 'List', items: [{ kind: 'A' }, 1, { kind: 'List', items: [{ kind: 'B' }, null] }] };

  test('returns the items of nested Lists with their places', () => {
    expect(unfoldList({ at: 'f.yml:1:1', value: list })).toEqual([
      { at: 'f.yml:1:1: items[0]', value: { kind: 'A' } },
      { at: 'f.yml:1:1: items[2]: items[0]', value: { kind: 'B' } },
    ]);
  });

  test('reports items that are not objects', () => {
    const invalid: unknown[] = [];
    unfoldList({ at: 'f', value: list }, (at, item) => invalid.push([at, item]));
    expect(invalid).toEqual([['f: items[1]', 1], ['f: items[2]: items[1]', null]]);
  });

  test('returns an object that is not a list unchanged', () => {
    expect(unfoldList({ at: 'f', value: { kind: 'Pod' } })).toEqual([{ at: 'f', value: { kind: 'Pod' } }]);
  });

  test.each<[string, JsonObject, JsonObject[]]>([
    ['a list of a kind', { apiVersion: 'v1', kind: 'ConfigMapList', items: [{ apiVersion: 'v1', kind: 'ConfigMap', a: 1 }] }, [{ apiVersion: 'v1', kind: 'ConfigMap', a: 1 }]],
    ['items without a kind', { apiVersion: 'apps/v1', kind: 'DeploymentList', items: [{ a: 1 }] }, [{ apiVersion: 'apps/v1', kind: 'Deployment', a: 1 }]],
    ['items of a custom resource', { apiVersion: 'example.com/v1', kind: 'Foo', items: [{ a: 1 }] }, [{ apiVersion: 'example.com/v1', kind: 'Foo', a: 1 }]],
    ['items with a kind only', { apiVersion: 'v1', kind: 'ConfigMapList', items: [{ kind: 'Secret' }] }, [{ kind: 'Secret' }]],
    ['lists in lists', { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'SecretList', items: [{ a: 1 }] }] }, [{ apiVersion: 'v1', kind: 'Secret', a: 1 }]],
    ['an empty list of Go', { apiVersion: 'v1', kind: 'PodList', items: null }, []],
  ])('unfolds %s as kubectl does', (_, value, items) => {
    const invalid: string[] = [];
    expect(unfoldList({ at: 'f', value }, (at) => void invalid.push(at)).map((item) => item.value)).toEqual(items);
    expect(invalid).toEqual([]);
  });

  test.each<[string, JsonObject, string]>([
    ['items that are a map', { apiVersion: 'v1', kind: 'Foo', items: { a: 1 } }, 'f: items'],
    ['items that are null', { apiVersion: 'v1', kind: 'Foo', items: null }, 'f: items'],
    ['an item that is a text', { apiVersion: 'v1', kind: 'FooList', items: ['a'] }, 'f: items[0]'],
  ])('reports %s', (_, value, place) => {
    const invalid: string[] = [];
    expect(unfoldList({ at: 'f', value }, (at) => void invalid.push(at))).toEqual([]);
    expect(invalid).toEqual([place]);
  });
});
