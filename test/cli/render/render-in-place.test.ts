import * as fc from 'fast-check';
import { renderInPlace } from '../../../src/cli/render/render-in-place';
import { ChooseImage, setImages } from '../../../src/kubernetes/container-images';
import { parseManifest } from '../../../src/yaml/manifest-parser';
import { messageOf } from '../../support/synth';

const IMAGE = 'registry.example.com:5000/group/web:1.0@sha256:abc';
const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n';

const choose: ChooseImage = ({ name, image }) => (image === 'IMAGE' || name === 'named' ? IMAGE : undefined);

function render(containers: string): string {
  return renderInPlace(POD + containers, 'f.yml', choose).slice(POD.length);
}

test.each([
  ['as a plain scalar', '  - name: a\n    image: IMAGE # IMAGE\n', '  - name: a\n    image:  # IMAGE\n'],
  ['in double quotes', '  - name: a\n    image:   "IMAGE" # IMAGE\n', '  - name: a\n    image:   "" # IMAGE\n'],
  ['in single quotes', "  - name: a\n    image: 'IMAGE'\n", "  - name: a\n    image: ''\n"],
  ['in a flow map', '  - {name: a, image: IMAGE, args: [IMAGE]}\n', '  - {name: a, image: , args: [IMAGE]}\n'],
  ['on the next line', '  - name: a\n    image:\n      IMAGE\n', '  - name: a\n    image:\n      \n'],
  ['with a tag', '  - name: a\n    image: !!str IMAGE\n', '  - name: a\n    image: !!str \n'],
  ['with an anchor', '  - name: a\n    image: &i IMAGE\n', '  - name: a\n    image: &i \n'],
  ['in a literal block', '  - name: a\n    image: |- # IMAGE\n      IMAGE\n    tty: no\n', '  - name: a\n    image: |- # IMAGE\n      \n    tty: no\n'],
  ['in a folded block', '  - name: a\n    image: >-\n      IMAGE\n\n  # end', '  - name: a\n    image: >-\n      \n\n  # end'],
  ['in a block with a line break', '  - name: named\n    image: |\n      x\n    tty: no\n', '  - name: named\n    image: \n    tty: no\n'],
  ['with Windows line endings', '  - name: a\r\n    image: IMAGE\r\n    tty: no\r\n', '  - name: a\r\n    image: \r\n    tty: no\r\n'],
  ['that an alias repeats', '  - name: a\n    image: &i IMAGE\n  - name: b\n    image: *i\n', '  - name: a\n    image: &i \n  - name: b\n    image: *i\n'],
  ['that is an alias of another field', '  - name: a\n    tty: &i IMAGE\n    image: *i\n', '  - name: a\n    tty: &i IMAGE\n    image: \n'],
  ['that is merged from another container', '  - &c\n    name: a\n    image: IMAGE\n  - <<: *c\n    name: b\n', '  - &c\n    name: a\n    image: \n  - <<: *c\n    name: b\n'],
  ['that is empty', '  - name: named\n    image:\n    tty: no\n', '  - name: named\n    image: \n    tty: no\n'],
  ['that is null', '  - name: named\n    image: ~\n', '  - name: named\n    image: \n'],
])('it changes only an image %s', (_, before, around) => {
  const after = render(before);
  expect(after.split(IMAGE)).toHaveLength(2);
  expect(after.replace(IMAGE, '')).toBe(around);
});

test.each([
  ['an image that YAML reads as a number', '1.5', '"1.5"'],
  ['an image that YAML reads as a boolean', 'yes', '"yes"'],
  ['an ordinary image', 'registry:5000/a/b_c.d:1-x', 'registry:5000/a/b_c.d:1-x'],
])('it writes %s with the quotes that it needs', (_, image, written) => {
  expect(renderInPlace(`${POD}  - {name: a, image: IMAGE}\n`, 'f.yml', () => image)).toBe(`${POD}  - {name: a, image: ${written}}\n`);
});

test('it renders every document and keeps the text between them', () => {
  const text = `\ufeff# IMAGE\n---\n${POD}  - {name: a, image: IMAGE}\n--- # IMAGE\r\n${POD}  - {name: b, image: 'IMAGE'}\n...\n---\n`;
  const expected = text.replace('image: IMAGE', `image: ${IMAGE}`).replace("image: 'IMAGE'", `image: '${IMAGE}'`);
  expect(renderInPlace(text, 'f.yml', choose)).toBe(expected);
});

test('it keeps JSON', () => {
  const text = '{\n\t"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a\\/b", "image": "IMAGE"}]}}\n';
  expect(renderInPlace(text, 'f.yml', choose)).toBe(text.replace('IMAGE', IMAGE));
});

test('it keeps JSON objects one after another, and the space between them', () => {
  const object = '{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"name":"a","image":"IMAGE"}]}}';
  const text = `\ufeff ${object}${object}\n\n${JSON.stringify(JSON.parse(object), null, 2)}`;
  expect(renderInPlace(text, 'f.json', choose)).toBe(text.replaceAll('IMAGE', IMAGE));
});

test('it sets images in the items of a list without kinds', () => {
  const text = 'apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n  spec: {containers: [{name: a, image: IMAGE}]}\n';
  expect(renderInPlace(text, 'f.yml', choose)).toBe(text.replace('IMAGE', IMAGE));
});

test('it changes nothing when the image is already set', () => {
  const text = `${POD}  - {name: a, image: "x"}\n`;
  expect(renderInPlace(text, 'f.yml', () => 'x')).toBe(text);
});

test.each([
  ['an anchor shared with something else', '  - name: a\n    image: &i IMAGE\n    env: [{name: X, value: *i}]\n', 'f.yml: the anchor "&i" shares an image with another field'],
  ['a container shared with one that keeps its image', '  - &c {name: named, image: x}\n  - {<<: *c, name: b}\n', 'the anchor "&c" shares an image'],
  ['a container without an image', '  - name: named\n', 'f.yml:1:1: the container "named" without an image'],
  ['no container that matches', '  - {name: a, image: nginx:1}\n', 'f.yml: the containers "a" with "nginx:1", expected a container with an image to set'],
  ['YAML that kubectl does not read', '  - {name: a, image: {{ IMAGE }}}\n', 'f.yml:6:23: a map or list as a key'],
])('it rejects %s', (_, containers, message) => {
  expect(messageOf(() => render(containers))).toContain(message);
});

test('it sets the reference of an image volume like the image of a container', () => {
  const text = `${POD}  - {name: a, image: IMAGE}\n  volumes:\n  - name: m\n    image: {reference: "IMAGE", pullPolicy: Always} # model\n  - {name: IMAGE, emptyDir: {}}\n`;
  const expected = text.replace('image: IMAGE', `image: ${IMAGE}`).replace('"IMAGE"', `"${IMAGE}"`);
  expect(renderInPlace(text, 'f.yml', choose)).toBe(expected);
});

test.each([
  ['a WorkflowTemplate', 'argoproj.io/v1alpha1', 'WorkflowTemplate', 'spec: {templates: [{name: main, container: {image: IMAGE}}]}', 'spec.templates[0].container.image of WorkflowTemplate.argoproj.io has'],
  ['a Task', 'tekton.dev/v1', 'Task', 'spec: {steps: [{name: a, image: IMAGE}, {name: b, image: IMAGE}]}', 'spec.steps[0].image and spec.steps[1].image of Task.tekton.dev have'],
])('it rejects a placeholder that is left in %s', (_, apiVersion, kind, spec, message) => {
  const custom = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: b}\n${spec}\n`;
  expect(messageOf(() => renderInPlace(`${POD}  - {name: a, image: IMAGE}\n---\n${custom}`, 'f.yml', choose))).toContain(`f.yml:8:1: ${message} the placeholder "IMAGE"`);
  expect(messageOf(() => renderInPlace(custom, 'f.yml', choose))).toContain(`f.yml:1:1: ${message} the placeholder`);
  expect(renderInPlace(`${POD}  - {name: a, image: $X}\n---\n${custom}`, 'f.yml', () => IMAGE, { placeholder: '$X' })).toContain('image: IMAGE');
});

test('it uses the words of the caller in errors', () => {
  expect(messageOf(() => renderInPlace(`${POD}  - {name: a, image: x}\n`, 'f.yml', choose, { wanted: 'the image "IMAGE"' }))).toContain(
    'expected a container with the image "IMAGE"');
});

describe('for any manifest', () => {
  const word = fc.constantFrom('IMAGE', '"IMAGE"', "'IMAGE'", '"a: IMAGE"', '0755', 'yes', '~', '1_000', '2001-01-01', '[IMAGE]', '{IMAGE: IMAGE}', '"\\x49MAGE"');
  const image = fc.constantFrom('IMAGE', '"IMAGE"', "'IMAGE'", '|-\n      IMAGE', '>-\n      IMAGE', '&i IMAGE', 'nginx:1', '"nginx"', '"IMAG\\x45"');
  const comment = fc.constantFrom('', ' # IMAGE', '   #', '\n# image: IMAGE');
  const container = fc.tuple(fc.constantFrom('a', 'IMAGE', '"b"'), image, word, word, comment).map(([name, value, env, arg, text]) => [
    `  - name: ${name}${text}`, `    image: ${value}`, `    env: [{name: IMAGE, value: ${env}}]`, `    args:${text}`, `      - ${arg}`, '      - IMAGE', '',
  ].join('\n'));
  const manifest = fc.tuple(fc.array(container, { minLength: 1, maxLength: 4 }), word, fc.constantFrom('\n', '\r\n')).map(([containers, annotation, end]) =>
    `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations: {image: ${annotation}}\nspec:\n  containers:\n${containers.join('')}  - {name: last, image: IMAGE}\n`
      .replaceAll('\n', end));

  test('it changes only images', () => {
    fc.assert(fc.property(manifest, (text) => {
      const before = parseManifest(text, 'f.yml').map(({ value }) => setImages(value, choose));
      const rendered = renderInPlace(text, 'f.yml', choose);
      expect(parseManifest(rendered, 'f.yml').map(({ value }) => value)).toEqual(before.map(({ object }) => object));
      expect(rendered.split('\n')).toHaveLength(text.split('\n').length);
      expect(rendered.split('\n').filter((line, i) => line !== text.split('\n')[i])).toHaveLength(before.flatMap(({ replaced }) => replaced).length);
      expect(renderInPlace(rendered, 'f.yml', ({ image: current }) => (current === IMAGE ? IMAGE : undefined))).toBe(rendered);
    }), { numRuns: 200 });
  });
});
