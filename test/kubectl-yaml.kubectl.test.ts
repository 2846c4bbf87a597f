import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart, Testing, Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { ANY_CHARACTER } from './support/any-character';
import { kubectl, runKubectl, FETCH_TIMEOUT } from './support/kubectl';
import { kubectlScalars } from './support/kubectl-scalars';
import { Json, JsonObject } from '../src/base/json';
import { CiImage } from '../src/image/ci-image';
import { setImages } from '../src/kubernetes/container-images';
import { ManifestTemplate } from '../src/workload/manifest-template';
import { isList } from '../src/workload/template-object';
import { parseManifest } from '../src/yaml/manifest-parser';
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
