import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart, Testing, Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { ANY_CHARACTER } from './support/any-character';
import { kubectl, NO_CLUSTER, runKubectl, FETCH_TIMEOUT } from './support/kubectl';
import { kubectlScalars } from './support/kubectl-scalars';
import { Json, JsonObject } from '../src/base/json';
import { decodeText } from '../src/base/text-file';
import { CiImage } from '../src/image/ci-image';
import { setImages } from '../src/kubernetes/container-images';
import { isList } from '../src/kubernetes/kinds';
import { ManifestTemplate } from '../src/workload/manifest-template';
import { parseManifest, unfoldList } from '../src/yaml/manifest-parser';
import { checkWritable } from '../src/yaml/writer';

const IMAGE = 'registry.example.com/group/site:1';
const AWKWARD = readFileSync(join(__dirname, 'fixtures', 'awkward-template.yml'), 'utf8');

beforeAll(() => {
  kubectl();
}, FETCH_TIMEOUT);

/** The values that kubectl reads, of custom kinds too, without a server. It takes Lists apart. */
function read(manifest: string): JsonObject[] {
  const printed = runKubectl(['patch', '--local', '--type=merge', '-p', '{}', '-o', 'json', '--show-managed-fields', '-f', '-'], manifest);
  return printed.split(/^(?=\{$)/m).map((object) => JSON.parse(object));
}

function flat(objects: JsonObject[]): JsonObject[] {
  return objects.flatMap((object) => (isList(object) ? flat(object.items as JsonObject[]) : [object]));
}

function parsed(manifest: string): JsonObject[] {
  return parseManifest(manifest, 'f.yml').map(({ value }) => value);
}

function template(text: string): ManifestTemplate {
  return new ManifestTemplate(new Chart(Testing.app(), 'chart'), 'site', { text, image: CiImage.of(IMAGE) });
}

describe('the recorded answers', () => {
  const { head, fragments } = kubectlScalars;
  const accepted = fragments.filter(({ error }) => error === undefined);

  test('are those of this version', () => {
    expect(runKubectl(['version', '--client'])).toContain(kubectlScalars.kubectl);
    expect(fragments.length).toBeGreaterThan(180);
  });

  test('are given again', () => {
    const answers = read(accepted.map(({ yaml }) => `${head}${yaml.replace(/\n$/, '')}\n`).join('---\n'));
    expect(answers.map(({ v }, i) => ({ yaml: accepted[i]?.yaml, v }))).toEqual(accepted);
  });

  test.each(fragments.filter(({ error }) => error !== undefined).map(({ yaml, error }) => [yaml, error]))('%j is refused again: %s', (yaml, error) => {
    expect(() => read(`${head}${yaml}`)).toThrow(error);
  });
});

describe('what cdk8s writes of a template', () => {
  test('is read by kubectl as the same values', () => {
    const values = flat(parsed(AWKWARD));
    expect(read(AWKWARD)).toEqual(values);

    const manifest = template(AWKWARD);
    const written = Yaml.stringify(...Testing.synth(Chart.of(manifest)));
    expect(read(written)).toEqual(values.map((value) => setImages(value, ({ image }) => (image === 'IMAGE' ? IMAGE : undefined)).object));
  });

  test('is read by kubectl as the same values, whatever the texts are', () => {
    const awkward = fc.constantFrom('0o17', '0755', 'yes', 'null', ' ', '\n', '---', ': ', ' #', '- ', '\t', '"', "'", '\\', '{', '[', '&', '*', '!', '|', '>', '%', '@', '`', '?', ',', '=', '<<',
      '_', '.', '1', 'e', 'x', 'é', '😀', '\u00a0', '\u0085', '\u2028', '\ufeff', '\u0007', '\r');
    const text = fc.oneof(fc.array(awkward, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')), fc.string({ unit: ANY_CHARACTER, maxLength: 8 }));
    const objects = fc.sample(text, { numRuns: 1500, seed: 4711 }).map((value) => toObject(value)).filter(isWritable);

    expect(objects.length).toBeGreaterThan(900);
    expect(read(Yaml.stringify(...objects))).toEqual(objects);
  });

  test.each(['0o17', '-0o17', 'a\u0085b'])('would be read by kubectl as something else for the text %j, which is refused', (text) => {
    const object = toObject(text);
    expect(isWritable(object)).toBe(false);
    expect(readOrNothing(Yaml.stringify(object))).not.toEqual([object]);
  });
});

function toObject(value: string): JsonObject {
  return { apiVersion: 'example.com/v1', kind: 'Foo', metadata: { name: 'a' }, spec: { value, list: [value, { [value === '__proto__' ? 'x' : value]: value }] } };
}

function isWritable(value: JsonObject): boolean {
  try {
    checkWritable({ value, at: () => 'f.yml' });
    return true;
  } catch {
    return false;
  }
}

function readOrNothing(manifest: string): Json {
  try {
    return read(manifest);
  } catch {
    return null;
  }
}

describe('a stream of documents', () => {
  const [a, b] = ['a', 'b'].map((name) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { x: '} "{' } }));
  const c = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n';
  const unfolded = (text: string) => parseManifest(text, 'f').flatMap(({ at, value }) => unfoldList({ at: at(), value })).map(({ value }) => value);

  test.each([
    `${a}\n${b}\n`, `${a}${b}`, ` \n${a} ${b}`, `${a}\n---\n${b}\n`, `${a}\n---\n${c}`, `${a}\n${c}`, `${a}\n--- # x\n${b}`, `${c}---\n${a}\n---\n${b}\n`,
    `${a}\n# end\n`, `\ufeff${a}\n${b}`, `\ufeff${c}---\n\ufeff${c.replace('name: c', 'name: d')}`,
  ])('is read as kubectl reads it: %j', (text) => {
    expect(unfolded(text)).toEqual(read(text));
  });

  test.each([
    'apiVersion: v1\nkind: ConfigMapList\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: x}}\n',
    'apiVersion: v1\nkind: ConfigMapList\nitems:\n- {metadata: {name: x}}\n- {metadata: {name: y}}\n',
    'apiVersion: apps/v1\nkind: DeploymentList\nmetadata: {}\nitems: [{metadata: {name: x}}]\n',
    'apiVersion: example.com/v1\nkind: FooList\nitems: [{metadata: {name: x}}]\n',
    'apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: w}\nitems: [{metadata: {name: x}}, {apiVersion: v1, kind: Pod, metadata: {name: y}}]\n',
  ])('has the items of a list as kubectl reads them: %j', (text) => {
    expect(unfolded(text)).toEqual(read(text));
  });

  test.each([`${a},\n${b}`, `${a}\n}`, `[${a},${b}]`, `${a}\n---${b}\n`, 'apiVersion: v1\nkind: Foo\nitems: {a: b}\n'])('is refused as kubectl refuses it: %j', (text) => {
    expect(() => read(text)).toThrow('error:');
    const invalid: string[] = [];
    const parse = () => parseManifest(text, 'f').flatMap(({ at, value }) => unfoldList({ at: at(), value }, (place) => void invalid.push(place)));
    try {
      parse();
    } catch (error) {
      invalid.push((error as Error).message);
    }
    expect(invalid).toHaveLength(1);
  });

  test.each(['utf-16le', 'utf-16be'])('is read in %s with a byte order mark, as kubectl reads it', (encoding) => {
    const little = Buffer.from(`\ufeff${c}data: {x: ü€😀}\n---\n${a}`, 'utf16le');
    const bytes = encoding === 'utf-16le' ? little : little.swap16();
    const printed = execFileSync(kubectl(), ['patch', '--local', '--type=merge', '-p', '{}', '-o', 'json', '-f', '-'], { input: bytes, encoding: 'utf8', env: NO_CLUSTER });
    expect(parsed(decodeText(bytes, 'f'))).toEqual(printed.split(/^(?=\{$)/m).map((object) => JSON.parse(object)));
  });
});
