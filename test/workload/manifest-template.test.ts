import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { App, Chart, ChartProps, JsonPatch, Testing, Yaml, YamlOutputType } from 'cdk8s';
import * as fc from 'fast-check';
import { Json } from '../../src/base/json';
import { CiImage, NamespacedChart } from '../../src/index';
import { setImages } from '../../src/kubernetes/container-images';
import { ManifestTemplate, ManifestTemplateProps } from '../../src/workload/manifest-template';
import { parseManifest } from '../../src/yaml/manifest-parser';
import { ANY_CHARACTER } from '../support/any-character';
import { Manifest, messageOf } from '../support/synth';

const IMAGE = 'registry.example.com/group/site:1';
const image = CiImage.of(IMAGE);
const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - {name: web, image: IMAGE}\n';
const AWKWARD = readFileSync(join(__dirname, '..', 'fixtures', 'awkward-template.yml'), 'utf8');

function chart(props: ChartProps = {}): Chart {
  return new Chart(Testing.app(), 'chart', props);
}

function template(props: ManifestTemplateProps, chartProps: ChartProps = {}): ManifestTemplate {
  return new ManifestTemplate(chart(chartProps), 'site', props);
}

function rendered(props: ManifestTemplateProps, chartProps: ChartProps = {}): any[] {
  const manifest = template(props, chartProps);
  return Testing.synth(Chart.of(manifest));
}

function withImage(text: string): Json[] {
  const read = parseManifest(text, 'text').map(({ value }) => value);
  return read.map((value) => setImages(value, (container) => (container.image === 'IMAGE' ? IMAGE : undefined)).object);
}

/** With what is not enumerable left out, as it is when it is written. */
function written(manifests: unknown[]): Manifest[] {
  return JSON.parse(JSON.stringify(manifests));
}

describe('a ManifestTemplate', () => {
  test('renders the values that kubectl reads, except the images', () => {
    expect(written(rendered({ text: AWKWARD, image }))).toEqual(withImage(AWKWARD));
  });

  test('is written by cdk8s so that the same values are read again', () => {
    const text = Yaml.stringify(...rendered({ text: AWKWARD, image }));
    expect(parseManifest(text, 'written').map(({ value }) => value)).toEqual(withImage(AWKWARD));
  });

  test('defines one object for each document of the example', () => {
    const manifests = rendered({ text: `${POD}---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n`, image });
    expect(manifests).toMatchInlineSnapshot(`
[
  {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
      "name": "web",
    },
    "spec": {
      "containers": [
        {
          "image": "registry.example.com/group/site:1",
          "name": "web",
        },
      ],
    },
  },
  {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {
      "name": "web",
    },
  },
]
`);
    expect(manifests[0].spec.containers[0].image).toBe(IMAGE);
  });

  test('renders the same objects again', () => {
    const manifest = template({ text: AWKWARD, image });
    expect(Testing.synth(Chart.of(manifest))).toEqual(Testing.synth(Chart.of(manifest)));
  });

  test('renders generated values unchanged', () => {
    const key = fc.string({ unit: ANY_CHARACTER, maxLength: 6 }).filter((text) => text !== '__proto__' && text !== 'metadata');
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof({ maxDepth: 3 },
        fc.constantFrom<Json>('IMAGE', '0755', '1e3', 'yes', '~', 'null', '', ' ', '2001-01-01', '1_0', '<<', '=', null, true, 0, -1.5, 2 ** 53, 1e-7),
        fc.string({ unit: 'grapheme-ascii' }), fc.integer(), fc.array(tie('tree'), { maxLength: 4 }), fc.dictionary(key, tie('tree'), { maxKeys: 4 })),
    }));
    const text = (spec: Json) => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec, containers: [{ name: 'a', image: 'IMAGE' }] });
    let survived = 0;
    fc.assert(fc.property(tree, (spec) => {
      const message = errorOf({ text: text(spec), image });
      if (message !== undefined) return expect(message).toMatch(/expected values that do not change|without control characters|escape/);
      survived += 1;
      const read = parseManifest(Yaml.stringify(...rendered({ text: text(spec), image })), 'written').map(({ value }) => value);
      return expect(read).toEqual(withImage(text(spec)));
    }), { numRuns: 300 });
    expect(survived).toBeGreaterThan(100);
  });
});

function errorOf(props: ManifestTemplateProps): string | undefined {
  try {
    template(props);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the file of a template', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'manifest-template-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is relative to the working directory', () => {
    const file = relative(process.cwd(), join(folder, 'deployment.yml'));
    writeFileSync(file, POD);
    expect(rendered({ file, image })).toEqual(withImage(POD));
  });

  test('is refused when it does not exist', () => {
    expect(messageOf(() => template({ file: 'missing.yml' }))).toMatch(/^chart\/site: "missing\.yml" cannot be read in ".+" \(ENOENT\), expected a file; pass a path relative to that folder, or an absolute one$/);
  });

  test('is refused with its name when it is too large', () => {
    const file = join(folder, 'large.yml');
    writeFileSync(file, Buffer.alloc(10 * 1024 * 1024, 'a'));
    expect(messageOf(() => template({ file }))).toContain(`chart/site: ${file}: 10485760 bytes, expected at most`);
  });

  test.each([
    ['FILE_PER_RESOURCE', YamlOutputType.FILE_PER_RESOURCE, 4],
    ['FOLDER_PER_CHART_FILE_PER_RESOURCE', YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE, 4],
    ['FILE_PER_CHART', YamlOutputType.FILE_PER_CHART, 1],
    ['FILE_PER_APP', YamlOutputType.FILE_PER_APP, 1],
  ])('gets a manifest for each object without a name with %s', (_, yamlOutputType, files) => {
    const app = new App({ outdir: folder, yamlOutputType });
    const pod = POD.replace('name: web}', 'generateName: a-}');
    const list = 'apiVersion: v1\nkind: List\nitems: []\n';
    new ManifestTemplate(new Chart(app, 'chart'), 'site', { text: `${pod}---\n${pod}---\n${list}---\n${list}`, image });
    app.synth();

    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
    const documents = paths.flatMap((path) => parseManifest(readFileSync(join(folder, path), 'utf8'), path));
    expect(paths).toHaveLength(files);
    expect(documents.map(({ value }) => value.metadata)).toEqual(expect.arrayContaining([{ generateName: 'a-' }, { generateName: 'a-' }, undefined, undefined]));
    expect(documents).toHaveLength(4);
  });
});

describe('the images of a template', () => {
  const two = `${POD}    - {name: side, image: SIDE}\n`;

  test('replace several placeholders', () => {
    const [pod] = rendered({ text: two, images: { IMAGE: image, SIDE: CiImage.of('side:1') } });
    expect(pod.spec.containers.map((container: any) => container.image)).toEqual([IMAGE, 'side:1']);
  });

  test('replace another placeholder', () => {
    const [pod] = rendered({ text: two, placeholder: 'SIDE', image });
    expect(pod.spec.containers.map((container: any) => container.image)).toEqual(['IMAGE', IMAGE]);
  });

  test('are set by container, with or without placeholders', () => {
    const [pod] = rendered({ text: two, containers: { side: image }, image: CiImage.of('web:1') });
    expect(pod.spec.containers.map((container: any) => container.image)).toEqual(['web:1', IMAGE]);
    expect(rendered({ text: POD.replace('IMAGE', 'x'), containers: { web: image } })).toEqual(withImage(POD));
  });

  test('are those of the pipeline by default', () => {
    const manifest = template({ text: POD, image: CiImage.fromGitlab({ ciVariables: { IMAGE } }) });
    expect(manifest.apiObjects[0]?.toJson().spec.containers[0].image).toBe(IMAGE);
  });

  test('are looked up when the manifest is rendered', () => {
    const manifest = template({ text: POD, image: CiImage.fromGitlab({ ciVariables: {} }) });
    expect(manifest.apiObjects.map(({ kind, name }) => [kind, name])).toEqual([['Pod', 'web']]);
    expect(messageOf(() => Testing.synth(Chart.of(manifest)))).toContain('[chart/site] variable IMAGE: it is not set');
  });

  test('do not change when the props change later', () => {
    const images: { [placeholder: string]: CiImage } = { IMAGE: image };
    const manifest = template({ text: POD, images });
    images.IMAGE = CiImage.of('other:1');
    expect(Testing.synth(Chart.of(manifest))).toEqual(withImage(POD));
  });

  test.each<[string, ManifestTemplateProps, string]>([
    ['a template without the placeholder', { text: POD.replace('IMAGE', 'nginx:1') },
      'chart/site: text: the containers "web" with "nginx:1", expected a container with the image "IMAGE"; change the manifest, or choose one of these containers'],
    ['a template without containers', { text: 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n' }, 'no containers, expected a container with the image "IMAGE"'],
    ['one of two placeholders that is not there', { text: POD, images: { IMAGE: image, SIDE: image } }, 'a container with the image "SIDE"'],
    ['a container that is not there', { text: POD, containers: { side: image } }, 'a container with the name "side"'],
    ['no images', { text: POD, images: {} }, 'expected a container with an image to set'],
    ['images beside image', { text: POD, images: {}, image }, 'chart/site: images beside image or placeholder, expected one way'],
    ['images beside placeholder', { text: POD, images: {}, placeholder: 'X' }, 'images beside image or placeholder'],
    ['no manifest', {}, 'chart/site: no manifest, expected file or text; pass one of the two'],
    ['two manifests', { file: 'a', text: 'b' }, 'chart/site: file and text, expected file or text'],
    ['invalid YAML', { text: `${POD}a: [` }, 'chart/site: text:7:5: invalid YAML'],
    ['a tab', { text: `${POD}\ta: 1` }, 'chart/site: text:7:1: '],
    ['a duplicate key', { text: `${POD}kind: Pod\n` }, 'chart/site: text:7:1: a second key "kind"'],
    ['an empty text', { text: '' }, 'chart/site: text:1:1: no document'],
    ['an object without a name', { text: POD.replace('name: web}', 'labels: {}}') }, 'chart/site: text:1:1: metadata.name is nothing, expected text; name the object'],
    ['a name that is a number', { text: POD.replace('name: web}', 'name: 1}') }, 'metadata.name is 1, expected text; quote it'],
    ['an empty name', { text: POD.replace('name: web}', 'name: ""}') }, 'metadata.name is "", expected text'],
    ['an apiVersion with two slashes', { text: POD.replace('v1', 'a/b/v1') }, 'invalid apiVersion a/b/v1'],
  ])('are refused for %s', (_, props, message) => {
    expect(messageOf(() => template(props))).toContain(message);
  });
});

describe('a value that cdk8s would change', () => {
  test.each([
    ['0o17', '"0o17"'],
    ['+0o17', '"+0o17"'],
    ['a\u0085b', '"a\\Nb"'],
  ])('is refused: the text %j', (value, yaml) => {
    const message = messageOf(() => template({ text: `${POD}status: {list: [{value: ${yaml}}]}\n`, image }));
    expect(message).toContain(`chart/site: text:1:1: status.list.0.value with ${JSON.stringify(value).replace('\u0085', '\\u0085')}, expected values that do not change`);
    expect(message).toContain('cdk8s-ci-deploy render');
  });

  test('is refused as a key', () => {
    expect(messageOf(() => template({ text: `${POD}status: {"0o17": 1}\n`, image }))).toContain('a key of status with "0o17"');
  });
});

describe('a template in a chart', () => {
  test('has the namespace and the labels of the chart, unless the manifest sets them', () => {
    const text = `${POD}---\n${POD.replace('name: web}', 'name: own, namespace: own, labels: {app: own, x: "1"}}')}`;
    const [pod, own] = rendered({ text, image }, { namespace: 'example', labels: { app: 'web' } });
    expect(pod.metadata).toEqual({ name: 'web', namespace: 'example', labels: { app: 'web' } });
    expect(own.metadata).toEqual({ name: 'own', namespace: 'own', labels: { app: 'own', x: '1' } });
  });

  test('gives them to the items of a List, not to the List', () => {
    const text = 'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: IMAGE}]}}\n';
    const [list] = written(rendered({ text, image }, { namespace: 'example', labels: { app: 'web' } }));
    expect(Object.keys(list)).toEqual(['apiVersion', 'kind', 'items']);
    expect(list.items[0].metadata).toEqual({ name: 'a', namespace: 'example', labels: { app: 'web' } });
  });

  test('is accepted by a NamespacedChart, also with a List', () => {
    const namespaced = new NamespacedChart(Testing.app(), 'chart', { namespace: 'example', namespacedKinds: ['Rollout.example.com'] });
    const text = AWKWARD.replace('0755: octal', 'octal: octal');
    new ManifestTemplate(namespaced, 'site', { text, image });
    expect(Testing.synth(namespaced)).toHaveLength(4);
  });

  test('renders later changes of its objects', () => {
    const manifest = template({ text: `${AWKWARD}`, image }, { namespace: 'example' });
    const [configMap, , once] = manifest.apiObjects;
    configMap?.metadata.addLabel('added', 'label');
    configMap?.metadata.addAnnotation('added', 'annotation');
    configMap?.metadata.add('deletionGracePeriodSeconds', 1);
    configMap?.addJsonPatch(JsonPatch.remove('/data'), JsonPatch.add('/immutable', true));
    configMap?.addJsonPatch(JsonPatch.replace('/binaryData', {}));
    once?.metadata.addFinalizers('example.com/wait');
    const [read, , pod] = written(Testing.synth(Chart.of(manifest)));
    expect(read).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      immutable: true,
      binaryData: {},
      metadata: {
        name: 'awkward',
        namespace: 'example',
        creationTimestamp: null,
        deletionGracePeriodSeconds: 1,
        labels: { added: 'label' },
        annotations: { 'example.com/note': 'IMAGE stays', 'example.com/empty': '', 'yes': 'no', 'added': 'annotation' },
      },
    });
    expect(pod.metadata).toEqual({
      generateName: 'once-', namespace: 'example', managedFields: [{ fieldsV1: { 'f:metadata': {}, 'f:x': null } }], finalizers: ['example.com/wait'],
    });
  });

  test('gives its objects ids of kind and name', () => {
    const manifest = template({ text: `${AWKWARD}---\n${POD}---\n${POD}`, image });
    expect(manifest.apiObjects.map(({ node }) => node.id)).toEqual([
      'configmap-awkward', 'cronjob-nightly', 'pod-once-', 'list', 'pod-web', 'pod-web#2',
    ]);
  });

  test('returns a copy of its list of objects', () => {
    const manifest = template({ text: POD, image });
    manifest.apiObjects.pop();
    expect(manifest.apiObjects).toHaveLength(1);
  });
});

describe('an image outside the lists of containers', () => {
  const volume = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: m, image: "a:1"}]\n  volumes: [{name: m, image: {reference: IMAGE}}]\n';
  const task = 'apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: t}\nspec: {steps: [{name: a, image: IMAGE}]}\n';
  const text = `${volume}---\n${task}`;

  test('is set in an image volume', () => {
    const [pod] = written(rendered({ text: volume, image }));
    expect(pod.spec.volumes).toEqual([{ name: 'm', image: { reference: image.resolve() } }]);
  });

  test('is not set in a volume with the name of a container', () => {
    const [pod] = written(rendered({ text: volume, containers: { m: CiImage.of('m:2') }, image }));
    expect(pod.spec.containers).toEqual([{ name: 'm', image: 'm:2' }]);
    expect(pod.spec.volumes[0].image.reference).toBe(image.resolve());
  });

  test.each([
    ['the default placeholder', text, { image }, 'IMAGE'],
    ['another placeholder', text.replaceAll('IMAGE', '$APP'), { image, placeholder: '$APP' }, '$APP'],
    ['one of several placeholders', text.replace('reference: IMAGE', 'reference: APP').replace('image: "a:1"', 'image: IMAGE'), { images: { APP: image, IMAGE: image } }, 'IMAGE'],
  ])('is refused at synthesis when it is left in a custom resource: %s', (_, manifest, props, placeholder) => {
    expect(messageOf(() => Testing.synth(Chart.of(template({ text: manifest, ...props }))))).toContain(
      `chart/site/task-t: spec.steps[0].image of Task.tekton.dev has the placeholder ${JSON.stringify(placeholder)}`);
  });

  test('is set in a custom resource by a JSON patch', () => {
    const manifest = template({ text, image });
    manifest.apiObjects[1]?.addJsonPatch(JsonPatch.replace('/spec/steps/0/image', image.resolve()));
    expect(written(Testing.synth(Chart.of(manifest)))[1].spec.steps).toEqual([{ name: 'a', image: image.resolve() }]);
  });

  test('is reported after a missing image', () => {
    const missing = CiImage.fromEnvironment('NONE', { ciVariables: {} });
    const message = messageOf(() => Testing.synth(Chart.of(template({ text, image: missing }))));
    expect(message).toContain('variable NONE: it is not set');
    expect(message).not.toContain('has the placeholder');
  });
});
