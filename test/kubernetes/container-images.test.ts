import { JsonObject } from '../../src/base/json';
import { ChooseImage, containersOf, noContainer, setImages } from '../../src/kubernetes/container-images';

const placeholder: ChooseImage = ({ image }) => (image === 'IMAGE' ? 'web:1' : undefined);
const spec = (image: string): JsonObject => ({ containers: [{ name: 'web', image }], initContainers: [{ name: 'init', image }] });
const template = (image: string): JsonObject => ({ template: { metadata: { labels: { app: 'web' } }, spec: spec(image) } });

test.each<[string, (image: string) => JsonObject]>([
  ['Pod', (image) => ({ spec: spec(image) })],
  ['Deployment', (image) => ({ spec: template(image) })],
  ['StatefulSet', (image) => ({ spec: { ...template(image), serviceName: 'web' } })],
  ['DaemonSet', (image) => ({ spec: template(image) })],
  ['ReplicaSet', (image) => ({ spec: template(image) })],
  ['Job', (image) => ({ spec: template(image) })],
  ['CronJob', (image) => ({ spec: { jobTemplate: { spec: template(image) } } })],
  ['PodTemplate', template],
  ['Rollout', (image) => ({ spec: { strategy: { canary: {} }, ...template(image) } })],
  ['List', (image) => ({ items: [{ spec: spec(image) }, { spec: template(image) }] })],
  ['List of Lists', (image) => ({ items: [{ items: [{ spec: template(image) }] }] })],
])('setImages changes only the images of a %s', (_, object) => {
  const before = object('IMAGE');
  const { object: after, replaced } = setImages(before, placeholder);

  expect(after).toEqual(object('web:1'));
  expect(before).toEqual(object('IMAGE'));
  expect(replaced.map(({ container }) => container.image)).toEqual(replaced.map(() => 'IMAGE'));
});

test('setImages sets the image of ephemeral containers', () => {
  const { object } = setImages({ spec: { ephemeralContainers: [{ name: 'debug', image: 'IMAGE' }] } }, placeholder);
  expect(object).toEqual({ spec: { ephemeralContainers: [{ name: 'debug', image: 'web:1' }] } });
});

test.each<[string, JsonObject]>([
  ['an environment variable', { containers: [{ name: 'web', env: [{ name: 'IMAGE', value: 'IMAGE' }], image: 'other' }] }],
  ['an annotation', { metadata: { annotations: { image: 'IMAGE' } } }],
  ['containers in the metadata', { metadata: { containers: [{ name: 'web', image: 'IMAGE' }] } }],
  ['containers in the status', { status: { containers: [{ name: 'web', image: 'IMAGE' }] } }],
  ['containers in data', { data: { containers: [{ name: 'web', image: 'IMAGE' }] } }],
  ['containers in stringData', { stringData: { containers: [{ name: 'web', image: 'IMAGE' }] } }],
  ['an item without a name', { containers: [{ image: 'IMAGE' }] }],
  ['an item whose name is a number', { containers: [{ name: 1, image: 'IMAGE' }] }],
  ['items that are texts', { containers: ['IMAGE', null, ['IMAGE']] }],
  ['containers that are a map', { containers: { name: 'web', image: 'IMAGE' } }],
  ['an image elsewhere', { spec: { image: 'IMAGE', volumes: [{ name: 'a', image: 'IMAGE' }] } }],
  ['a longer text', { containers: [{ name: 'web', image: 'IMAGE:1' }] }],
])('setImages does not change %s', (_, object) => {
  expect(setImages(object, placeholder)).toEqual({ object, replaced: [] });
});

test('setImages replaces a missing or invalid image of a chosen container', () => {
  const containers: JsonObject[] = [{ name: 'web' }, { name: 'web', image: null }, { name: 'web', image: 7 }, { name: 'web', image: 'x' }, { name: 'other' }];
  const { object } = setImages({ containers }, ({ name }) => (name === 'web' ? 'web:1' : undefined));
  const set = { name: 'web', image: 'web:1' };
  expect(object).toEqual({ containers: [set, set, set, set, { name: 'other' }] });
});

test('setImages calls choose once for each container', () => {
  const choose = jest.fn(() => 'web:1');
  setImages({ spec: spec('IMAGE') }, choose);
  expect(choose.mock.calls).toEqual([[{ name: 'web', image: 'IMAGE' }], [{ name: 'init', image: 'IMAGE' }]]);
});

test('containersOf lists all containers', () => {
  expect(containersOf({ spec: { containers: [{ name: 'a', image: 'x' }, { name: 'b', image: 1 }] } })).toEqual([{ name: 'a', image: 'x' }, { name: 'b' }]);
});

test('noContainer names the missing container and the existing ones', () => {
  expect(noContainer('f.yml', 'the image "IMAGE"', [{ name: 'a', image: 'x:1' }, { name: 'b' }]).message).toBe(
    'f.yml: the containers "a" with "x:1", "b" with no image, expected a container with the image "IMAGE"; change the manifest, or choose one of these containers');
  expect(noContainer('f.yml', 'the image "IMAGE"', []).message).toContain('f.yml: no containers, expected');
});
