import { JsonObject } from '../../src/base/json';
import { checkNoPlaceholder, ChooseImage, containersOf, noContainer, setImages } from '../../src/kubernetes/container-images';

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

describe('an image volume', () => {
  const pod = (image: string): JsonObject => ({ spec: { containers: [], volumes: [{ name: 'model', image: { reference: image, pullPolicy: 'Always' } }, { name: 'tmp', emptyDir: {} }] } });

  test.each<[string, (image: string) => JsonObject]>([
    ['a Pod', pod],
    ['a Deployment', (image) => ({ spec: { template: pod(image) } })],
    ['a CronJob', (image) => ({ spec: { jobTemplate: { spec: { template: pod(image) } } } })],
    ['a custom resource', (image) => ({ kind: 'Rollout', spec: { template: pod(image) } })],
  ])('is set in %s', (_, object) => {
    const { object: after, replaced } = setImages(object('IMAGE'), placeholder);
    expect(after).toEqual(object('web:1'));
    expect(replaced).toMatchObject([{ container: { name: 'model', image: 'IMAGE', isVolume: true }, field: 'reference', source: { reference: 'IMAGE' } }]);
    expect(containersOf(object('x'))).toEqual([{ name: 'model', image: 'x', isVolume: true }]);
  });

  test.each<[string, JsonObject]>([
    ['without a reference', { name: 'a', image: {} }],
    ['without a name', { image: { reference: 'IMAGE' } }],
    ['whose reference is no text', { name: 'a', image: { reference: 7 } }],
  ])('stays as it is %s', (_, volume) => {
    expect(setImages({ spec: { volumes: [volume] } }, placeholder)).toEqual({ object: { spec: { volumes: [volume] } }, replaced: [] });
  });
});

describe('checkNoPlaceholder', () => {
  const custom = (fields: JsonObject): JsonObject => ({ apiVersion: 'example.com/v1', kind: 'App', metadata: { name: 'IMAGE', labels: { a: 'IMAGE' } }, spec: fields });

  test.each<[string, JsonObject, string]>([
    ['an image', { image: 'IMAGE' }, 'spec.image'],
    ['an image in parts', { image: { name: 'IMAGE' } }, 'spec.image.name'],
    ['a list of images', { extraImages: ['a:1', 'IMAGE'] }, 'spec.extraImages[1]'],
    ['a parameter', { params: [{ name: 'IMAGE', value: 'IMAGE' }] }, 'spec.params[0].value'],
    ['a container that is not in a list', { template: { container: { image: 'IMAGE' } } }, 'spec.template.container.image'],
    ['a container without a name', { containers: [{ image: 'IMAGE' }] }, 'spec.containers[0].image'],
    ['an argument that is an image', { args: { runnerImage: 'IMAGE' } }, 'spec.args.runnerImage'],
  ])('refuses the placeholder in %s of a custom resource', (_, fields, field) => {
    expect(() => checkNoPlaceholder('f', custom(fields), 'IMAGE')).toThrow(`f: ${field} of App.example.com has the placeholder "IMAGE", expected an image`);
    const list = { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'ConfigMap' }, custom(fields)] };
    expect(() => checkNoPlaceholder('f', list, 'IMAGE')).toThrow(`f: items[1]: ${field} of App`);
  });

  test.each<[string, JsonObject]>([
    ['a container, which is checked by itself', custom({ containers: [{ name: 'a', image: 'IMAGE' }], volumes: [{ name: 'b', image: { reference: 'IMAGE' } }] })],
    ['environment variables and arguments', custom({ containers: [{ name: 'a', image: 'x', env: [{ name: 'IMAGE', value: 'IMAGE' }], args: ['IMAGE'] }] })],
    ['a type', custom({ sourceType: 'IMAGE', media: { imageType: 'IMAGE', kind: 'IMAGE' } })],
    ['names', custom({ params: [{ name: 'IMAGE' }] })],
    ['a longer text', custom({ image: 'IMAGE:1' })],
    ['metadata in a template', custom({ template: { metadata: { annotations: { image: 'IMAGE' } } } })],
    ['a kind of Kubernetes', { apiVersion: 'v1', kind: 'ConfigMap', data: { image: 'IMAGE' } }],
    ['a Deployment', { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { spec: { nodeName: 'IMAGE' } } } }],
  ])('accepts the placeholder in %s', (_, object) => {
    expect(() => checkNoPlaceholder('f', object, 'IMAGE')).not.toThrow();
  });
});
