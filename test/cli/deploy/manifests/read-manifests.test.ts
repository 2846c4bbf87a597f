import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { ApiObject, ApiObjectProps, App } from 'cdk8s';
import { gitlabJob } from '../../../../examples/gitlab-job';
import { ReadOptions, readManifests } from '../../../../src/cli/deploy/manifests/read-manifests';
import { Files } from '../../../../src/cli/io/files';
import { CiDeployment, DeployerIdentity, NamespaceDeployer, NamespacedChart } from '../../../../src/index';
import { partName, releaseName } from '../../../../src/release/release-names';

const OPTIONS: ReadOptions = {
  namespace: 'example',
  recursive: false,
  allowEmpty: false,
  images: {},
  variables: {},
  publicWords: ['example'],
  accounts: { deployers: ['gitlab-example'], allowed: [], option: (account) => `--allow ${account}` },
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-release-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function read(files: Record<string, string | Buffer>, options: Partial<ReadOptions> = {}, names = Object.keys(files), stdin = '') {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return readManifests(names, new Files({ cwd: folder, stdin: Readable.from([Buffer.from(stdin)]) }), { ...OPTIONS, ...options });
}

async function refused(files: Record<string, string>, options: Partial<ReadOptions> = {}): Promise<string> {
  return read(files, options).then(() => 'nothing is refused', (error: Error) => error.message);
}

const map = (name: string, more = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${more}}\n`;
const deployment = (image: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: "${image}"}]}}}\n`;

describe('a hook of Helm or Argo CD', () => {
  const hook = (kind: string, annotation: string) => `apiVersion: ${kind === 'Job' ? 'batch/v1' : 'v1'}\nkind: ${kind}\nmetadata: {name: one, annotations: {${annotation}}}\n`;

  test.each([
    ['Job', 'helm.sh/hook: post-delete', 'expected an object of a deployment, such as a Job with pre-install,pre-upgrade or post-install,post-upgrade: a deployment never runs this hook; remove it from the manifests (`helm template --no-hooks` leaves out all hooks)'],
    ['Pod', 'helm.sh/hook: test', 'expected an object of a deployment: only `helm test` applies this one; leave the tests out (`helm template --skip-tests`; of the construct Helm: helmFlags: ["--skip-tests"])'],
    ['Service', 'argocd.argoproj.io/hook: Skip', 'expected an object of a deployment, such as a Job with PreSync, Sync or PostSync: a deployment never runs this hook; remove it from the manifests'],
  ])('is refused on a %s with its place and a remedy: %s', async (kind, annotation, rest) => {
    expect(await refused({ 'a.yaml': map('a'), 'b.yaml': hook(kind, annotation) })).toBe(`b.yaml:1:1: "${kind}" has the annotation ${annotation.replace(/: (.*)/, ': "$1"')}, ${rest}`);
  });

  test('is refused in a List, beside the other problems', async () => {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'A', annotations: { 'helm.sh/hook': 'test' } } }] });
    expect(await refused({ 'a.json': list })).toMatch(/^2 problems in the manifests; nothing was contacted\n.*a\.json:1:1: items\[0\]: "Pod" has the annotation helm\.sh\/hook: "test"/);
  });

  test('is read when it is a Job that installs or upgrades', async () => {
    expect(await read({ 'a.yaml': hook('Job', 'helm.sh/hook: "pre-install,pre-upgrade"') })).toMatchObject([{ kind: 'Job', name: 'one' }]);
  });
});

describe('readManifests', () => {
  test('reads files, their documents and the items of Lists in order, each with its place and the namespace', async () => {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } }] });
    const objects = await read({ 'b.yaml': `${map('one')}---\n${map('two')}`, 'a.json': list });

    expect(objects.map(({ at, kind, name }) => `${at} ${kind} ${name}`)).toEqual([
      'b.yaml:1:1 ConfigMap one', 'b.yaml:5:1 ConfigMap two', 'a.json:1:1: items[0] Service web',
    ]);
    expect(objects[0]?.value).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace: 'example' } });
  });

  test('accepts the access manifests of a deployer, with its annotations for id_tokens', async () => {
    const app = new App();
    const identity = DeployerIdentity.oidc({ projectId: 42, issuer: 'https://gitlab.example.com', audience: 'https://api.example.com' });
    new NamespaceDeployer(new NamespacedChart(app, 'access', { namespace: 'example' }), 'deployer', { namespace: 'example', identity });

    const objects = await read({ 'access.yaml': app.synthYaml() as string });
    expect(objects.map(({ kind }) => kind)).toEqual(['RoleBinding']);
    expect(JSON.stringify(objects)).toContain('cdk8s-ci-deploy/oidc-issuer');
  });

  test('accepts the manifests of the constructs, with their annotations for the commit and the source of the image', async () => {
    const app = new App();
    const chart = new NamespacedChart(app, 'web', { namespace: 'example' });
    new ApiObject(chart, 'settings', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: 'b' } } as ApiObjectProps);
    new CiDeployment(chart, 'web', { ciVariables: gitlabJob, port: 8080, servicePort: 80, envFromConfigMaps: ['settings'] });

    const objects = await read({ 'web.k8s.yaml': app.synthYaml() as string }, { variables: gitlabJob });
    expect(objects.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'Deployment', 'Service']);
    expect(JSON.stringify(objects)).toContain('cdk8s-ci-deploy/commit');
  });

  test('reads YAML and JSON of a folder in the order of names, and folders in it only with `recursive`', async () => {
    const files = { 'dist/b.yaml': map('b'), 'dist/a.yml': map('a'), 'dist/notes.txt': 'x', 'dist/c/c.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"c"}}' };
    const names = async (recursive: boolean) => (await read(files, { recursive }, ['dist'])).map(({ name }) => name);

    expect(await names(false)).toEqual(['a', 'b']);
    expect(await names(true)).toEqual(['a', 'b', 'c']);
  });

  test('reads JSON objects one after another, and the items of every list', async () => {
    const json = (name: string) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    const list = 'apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: c}\n- {apiVersion: v1, kind: Secret, metadata: {name: d}}\n';
    const objects = await read({ 'a.json': `${json('a')}\n${json('b')}`, 'b.yaml': list });

    expect(objects.map(({ at, kind, name }) => `${at} ${kind} ${name}`)).toEqual([
      'a.json:1:1 ConfigMap a', 'a.json:2:1 ConfigMap b', 'b.yaml:1:1: items[0] ConfigMap c', 'b.yaml:1:1: items[1] Secret d',
    ]);
  });

  test('reads UTF-16 with a byte order mark', async () => {
    expect(await read({ 'a.yaml': Buffer.from(`\ufeff${map('a')}`, 'utf16le') })).toMatchObject([{ at: 'a.yaml:1:1', name: 'a' }]);
  });

  test('reads standard input', async () => {
    expect(await read({}, {}, ['-'], map('piped'))).toMatchObject([{ at: 'standard input:1:1', name: 'piped' }]);
  });

  test('accepts files with nothing but comments, beside others', async () => {
    expect(await read({ 'empty.yaml': '# rendered: nothing\n---\n\n', 'a.yaml': map('a') })).toHaveLength(1);
  });

  test('moves the stringData of a Secret to data, so that the server tracks the owner of each value', async () => {
    const [secret] = await read({ 'a.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: QQ==, b: Qg==}\nstringData: {b: ü}\n' });
    expect(secret?.value).toEqual({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'example' }, data: { a: 'QQ==', b: 'w7w=' } });
  });

  test('accepts the annotation that keeps an object', async () => {
    expect(await read({ 'a.yaml': map('a', ', annotations: {cdk8s-ci-deploy/do-not-delete: "true"}') })).toHaveLength(1);
  });

  test('accepts RBAC and custom resources', async () => {
    const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\n';
    expect(await read({ 'a.yaml': role, 'b.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n' })).toHaveLength(2);
  });

  test('accepts an empty release with `allowEmpty`', async () => {
    expect(await read({ 'a.yaml': '# nothing\n' }, { allowEmpty: true })).toEqual([]);
  });
});

test.each<[string, Record<string, string>, RegExp]>([
  ['no object', { 'a.yaml': '---\n# nothing\n' }, /^a\.yaml: it has no Kubernetes object, .*--allow-empty/],
  ['another namespace', { 'a.yaml': map('a', ', namespace: other') }, /^a\.yaml:1:1: "ConfigMap" "a" is in namespace "other", expected namespace "example", the credential's/],
  ['a cluster-scoped kind', { 'a.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n' }, /Namespace is cluster-scoped/],
  ['a name to be generated', { 'a.yaml': 'apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}\n' }, /generateName "a-", expected metadata\.name: with generateName, each deploy would create another object .*; use metadata\.name, such as "a"$/],
  ['no name', { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\n' }, /metadata\.name of "ConfigMap" is nothing/],
  ['a name that Kubernetes refuses', { 'a.yaml': map('Web') }, /metadata\.name of "ConfigMap" is "Web"/],
  ['no kind', { 'a.yaml': 'apiVersion: v1\nmetadata: {name: a}\n' }, /kind nothing/],
  ['an item that is no object', { 'a.json': '{"apiVersion":"v1","kind":"List","items":[7]}' }, /^a\.json:1:1: items\[0\]: it is a number/],
  ['an object that is there twice', { 'a.yaml': map('a'), 'b.yaml': map('a') }, /^b\.yaml:1:1: ConfigMap "a" is also at a\.yaml:1:1/],
  ['an export of the server', { 'a.yaml': map('a', ', uid: x, resourceVersion: "1"') }, /metadata has uid, resourceVersion/],
  ['a label of deploy', { 'a.yaml': map('a', ', labels: {cdk8s-ci-deploy/part-of: x}') }, /metadata\.labels has "cdk8s-ci-deploy\/part-of", expected no label or annotation that only deploy writes; remove it$/],
  ['a value of do-not-delete that keeps nothing', { 'a.yaml': map('a', ', annotations: {cdk8s-ci-deploy/do-not-delete: "yes"}') }, /do-not-delete is "yes", expected "true"; write "true" to keep the object/],
  ['do-not-delete as a label', { 'a.yaml': map('a', ', labels: {cdk8s-ci-deploy/do-not-delete: "true"}') }, /metadata\.labels has "cdk8s-ci-deploy\/do-not-delete", .*; move it to the annotations of the object itself$/],
  ['a migration that is no Job', { 'a.yaml': map('a', ', annotations: {cdk8s-ci-deploy/before-workloads: "true"}') }, /before-workloads is "true" on "ConfigMap"/],
  ['the placeholder', { 'a.yaml': deployment('IMAGE') }, /^a\.yaml:1:1: image of container "web": it is the placeholder "IMAGE"/],
  ['no image', { 'a.yaml': deployment('') }, /image of container "web"/],
  ['an image without a tag', { 'a.yaml': deployment('registry.example.com/web') }, /has no tag/],
  ['an image in upper case', { 'a.yaml': deployment('registry.example.com/Web:1') }, /Web/],
  ['an empty tag', { 'a.yaml': deployment('registry.example.com/web:') }, /image of container/],
  ['what is no YAML', { 'a.yaml': 'kind: A\nspec:\n\tx: 1\n' }, /^a\.yaml:3:1: a tab/],
  ['no file', {}, /it has no Kubernetes object/],
])('%s is rejected', async (_, files, expected) => {
  expect(await refused(files)).toMatch(expected);
});

describe('an image outside the lists of containers', () => {
  const pod = (reference: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: "r.example.com/a:1"}]\n  volumes: [{name: m, image: {reference: "${reference}"}}]\n`;

  test.each([
    ['the placeholder', 'IMAGE', 'image of volume "m": it is the placeholder "IMAGE"'],
    ['a mutable tag', 'r.example.com/model:latest', 'image of volume "m": "r.example.com/model:latest" has the mutable tag "latest"'],
    ['another registry', 'docker.io/model:1', 'image of volume "m": "docker.io/model:1" is in "docker.io/library/model"'],
  ])('is checked in an image volume: %s', async (_, reference, message) => {
    expect(await refused({ 'a.yaml': pod(reference) }, { images: { allowedRegistries: ['r.example.com'] } })).toContain(`a.yaml:1:1: ${message}`);
  });

  test('is accepted in an image volume when it is in order', async () => {
    expect(await read({ 'a.yaml': pod('r.example.com/model:1') })).toHaveLength(1);
  });

  test.each([
    ['argoproj.io/v1alpha1', 'WorkflowTemplate', '{templates: [{script: {image: IMAGE}}]}', 'spec.templates[0].script.image of WorkflowTemplate.argoproj.io'],
    ['tekton.dev/v1', 'Task', '{steps: [{name: a, image: IMAGE}]}', 'spec.steps[0].image of Task.tekton.dev'],
  ])('is refused when it is the placeholder in %s %s', async (apiVersion, kind, spec, field) => {
    expect(await refused({ 'a.yaml': `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\nspec: ${spec}\n` })).toContain(`a.yaml:1:1: ${field} has the placeholder "IMAGE"`);
  });
});

describe('an image that another controller sets', () => {
  test.each([
    ['auto', 'has no tag'], ['', ''], [' ', 'white space'], ['{{args.image}}', ''], ['{{ inputs.parameters.image }}', ''], ['$(params.image)', ''],
  ])('is refused without an exception, and the message says how to make one: %j', async (image, problem) => {
    const message = await refused({ 'a.yaml': deployment(image) });
    expect(message).toContain(problem);
    expect(message).toMatch(/^a\.yaml:1:1: image of container "web": .*\. If another controller sets this image, add --image-from-controller web$/);
    expect(await read({ 'a.yaml': deployment(image) }, { imagesFromController: ['web'] })).toHaveLength(1);
    expect(await read({ 'a.yaml': deployment(image) }, { imagesFromController: ['web/web'] })).toHaveLength(1);
  });

  test.each(['IMAGE', 'nginx:latest', 'registry.example.com/Web:1'])('is not suggested for %j', async (image) => {
    expect(await refused({ 'a.yaml': deployment(image) })).not.toContain('--image-from-controller');
  });

  test('is accepted for the named container only', async () => {
    const two = deployment('auto').replace('containers: [', 'containers: [{name: api, image: auto}, ');
    expect(await refused({ 'a.yaml': two }, { imagesFromController: ['web'] })).toMatch(/^a\.yaml:1:1: image of container "api": "auto" has no tag/);
    const other = deployment('auto').replace('{name: web}', '{name: other}');
    expect(await refused({ 'a.yaml': deployment('auto'), 'b.yaml': other }, { imagesFromController: ['other/web'] })).toMatch(/^a\.yaml:1:1: image of container "web"/);
  });

  test.each(['proxy', 'other/web', 'web/'])('is refused for %j, which no object has', async (exception) => {
    expect(await refused({ 'a.yaml': deployment('registry.example.com/web:1') }, { imagesFromController: [exception] })).toBe(
      `--image-from-controller: no object has a container "${exception}", expected CONTAINER or OBJECT/CONTAINER; correct the name, or remove the option`);
  });
});

describe('the API version of an object', () => {
  const object = (apiVersion: string, kind: string, name = 'a') => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\n`;

  test('is refused when Kubernetes has removed it, for all objects at once', async () => {
    const message = await refused({ 'a.yaml': [object('extensions/v1beta1', 'Ingress'), object('batch/v1beta1', 'CronJob'), object('policy/v1beta1', 'PodDisruptionBudget')].join('---\n') });
    expect(message).toContain('a.yaml:1:1: Kubernetes 1.22 removed Ingress in extensions/v1beta1, expected an API version that the cluster serves; use networking.k8s.io/v1;');
    expect(message).toContain('a.yaml:5:1: Kubernetes 1.25 removed CronJob in batch/v1beta1');
    expect(message).toContain('a.yaml:9:1: Kubernetes 1.25 removed PodDisruptionBudget in policy/v1beta1');
  });

  test('causes a warning when it is deprecated, and the object is read', async () => {
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    expect(await read({ 'a.yaml': `${object('v1', 'Endpoints')}---\n${object('resource.k8s.io/v1beta1', 'ResourceClaim')}` }, { warn })).toHaveLength(2);
    expect(warnings).toEqual([
      'a.yaml:1:1: Endpoints in v1 is deprecated since Kubernetes 1.33; use EndpointSlice in discovery.k8s.io/v1',
      'a.yaml:5:1: ResourceClaim in resource.k8s.io/v1beta1 is deprecated, and Kubernetes 1.38 removes it; use resource.k8s.io/v1',
    ]);
  });
});

describe('a file that another program must process first', () => {
  const cipher = 'ENC[AES256_GCM,data:p673w==,iv:YY=,tag:UQ==,type:str]';
  const sops = `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: "${cipher}"}\nsops: {mac: "${cipher}", version: 3.8.1}\n`;

  test('is refused in the form of SOPS, with the field and without the value', async () => {
    const message = await refused({ 'a.yaml': map('a'), 'db.yaml': sops });
    expect(message).toBe('db.yaml:1:1: stringData.password is encrypted by SOPS, expected decrypted values, since the cluster would store the encrypted ones; decrypt it first: sops --decrypt FILE');
  });

  test.each(['kustomization.yaml', 'kustomization.yml', 'Kustomization'])('is refused as a folder with a %s', async (name) => {
    const files = { [`dist/${name}`]: 'resources: [web.yaml]\n', 'dist/web.yaml': 'kind: Patch\n', 'other.yaml': map('a') };
    expect(await read(files, {}, ['dist', 'other.yaml']).catch((error: Error) => error.message)).toBe(
      `dist: its ${name} is an input of kustomize, expected Kubernetes objects; build it and pipe the objects in: kustomize build dist | cdk8s-ci-deploy deploy -`);
  });

  test('is refused in a folder below, with --recursive', async () => {
    const files = { 'dist/base/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n', 'dist/a.yaml': map('a') };
    expect(await read(files, { recursive: true }, ['dist']).catch((error: Error) => error.message)).toContain('dist/base: its kustomization.yaml');
    expect(await read(files, {}, ['dist'])).toHaveLength(1);
  });

  test('is refused as a kustomization that is named or piped', async () => {
    expect(await refused({ 'kustomization.yaml': 'resources: [a.yaml]\n' })).toContain('kustomization.yaml:1:1: it is an input of kustomize');
    expect(await read({}, {}, ['-'], 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n').catch((error: Error) => error.message))
      .toContain('standard input:1:1: it is an input of kustomize');
  });

  test('is not an object of Flux with the same name', async () => {
    const flux = 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: app}\nspec: {path: ./app}\n';
    expect(await read({ 'dist/kustomization.yaml': flux, 'dist/a.yaml': map('a') }, {}, ['dist'])).toHaveLength(2);
  });
});

describe('a label or an annotation that only deploy may write', () => {
  const refusedIn = async (object: object) => (await refused({ 'a.json': JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Widget', ...object }) }))
    .split('\n').flatMap((line) => /^ *a\.json:1:1: (?:items\[0\]: )?(\S+ has "[^"]+"), expected no label or annotation that only deploy writes; /.exec(line)?.[1] ?? []);
  const reserved = { 'pull-secret.cdk8s-ci-deploy/release-x-v1': '' };
  const metadata = { name: 'web' };

  test.each<[string, object, string]>([
    ['of the object', { metadata: { ...metadata, annotations: reserved } }, 'metadata.annotations'],
    ['of pods', { metadata, spec: { template: { metadata: { labels: reserved } } } }, 'spec.template.metadata.labels'],
    ['of the Jobs of a CronJob', { metadata, spec: { jobTemplate: { metadata: { labels: reserved } } } }, 'spec.jobTemplate.metadata.labels'],
    ['of the pods of a CronJob', { metadata, spec: { jobTemplate: { spec: { template: { metadata: { labels: reserved } } } } } }, 'spec.jobTemplate.spec.template.metadata.labels'],
    ['of claims', { metadata, spec: { volumeClaimTemplates: [{}, { metadata: { annotations: reserved } }] } }, 'spec.volumeClaimTemplates[1].metadata.annotations'],
    ['of a Secret that a controller makes', { metadata, spec: { secretTemplate: { labels: reserved } } }, 'spec.secretTemplate.labels'],
    ['of an item of a List', { kind: 'List', items: [{ apiVersion: 'v1', kind: 'Secret', metadata: { ...metadata, labels: reserved } }] }, 'metadata.labels'],
  ])('is refused in the metadata %s', async (_, object, field) => {
    expect(await refusedIn(object)).toEqual([`${field} has "pull-secret.cdk8s-ci-deploy/release-x-v1"`]);
  });

  test('is rejected for each key, also an unknown one', async () => {
    const labels = { 'cdk8s-ci-deploy/credential': 'true', 'cdk8s-ci-deploy/new': '', 'any.cdk8s-ci-deploy/x': null, 'app.kubernetes.io/name': 'web' };
    const annotations = { 'cdk8s-ci-deploy/kept': 'true', 'cdk8s-ci-deploy/commit': 'c' };
    expect(await refusedIn({ metadata: { ...metadata, labels, annotations } })).toEqual([
      'metadata.labels has "cdk8s-ci-deploy/credential"', 'metadata.labels has "cdk8s-ci-deploy/new"', 'metadata.labels has "any.cdk8s-ci-deploy/x"',
      'metadata.annotations has "cdk8s-ci-deploy/kept"',
    ]);
  });

  test('is rejected as a label, also when the constructs write an annotation of this name', async () => {
    expect(await refusedIn({ metadata: { ...metadata, labels: { 'cdk8s-ci-deploy/commit': 'c' } } })).toEqual(['metadata.labels has "cdk8s-ci-deploy/commit"']);
  });

  test('is rejected on the pods of a Job that must complete before workloads, where it would have no effect', async () => {
    const annotations = { 'cdk8s-ci-deploy/before-workloads': 'true' };
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template: { metadata: { annotations } } } };
    expect(await refused({ 'a.json': JSON.stringify(job) })).toMatch(/^a\.json:1:1: spec\.template\.metadata\.annotations has "cdk8s-ci-deploy\/before-workloads", .*; move it to the annotations of the Job itself$/);
    expect(await read({ 'b.json': JSON.stringify({ ...job, metadata: { ...metadata, annotations }, spec: {} }) })).toHaveLength(1);
  });

  test('is accepted with a similar prefix, in a selector, and in the data of a ConfigMap', async () => {
    const others = { 'cdk8s-ci-deploy': 'x', 'cdk8s-ci-deploy.example.com/x': 'x', 'mycdk8s-ci-deploy/x': 'x', 'example.com/cdk8s-ci-deploy': 'x' };
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { ...metadata, labels: others }, spec: { selector: { matchLabels: reserved } } };
    const stored = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { labels: 'cdk8s-ci-deploy/part-of: x' } };
    expect(await read({ 'a.json': JSON.stringify(widget), 'b.json': JSON.stringify(stored) })).toHaveLength(2);
  });
});

describe('the name of a record or a lock', () => {
  const owner = { project: '7', environment: 'production', app: 'shop' };
  const names = [releaseName(owner), partName(owner, 12), releaseName({ ...owner, environment: '—', app: '—' })];
  const text = (apiVersion: string, kind: string, name: string) => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\n`;

  test.each(names)('%s is rejected for a Secret and a Lease, because it may belong to another application', async (name) => {
    const expected = `has the name "${name}", expected a name that deploy does not use for its records and locks; choose another name`;
    expect(await refused({ 'a.yaml': text('v1', 'Secret', name) })).toBe(`a.yaml:1:1: Secret ${expected}`);
    expect(await refused({ 'a.yaml': text('coordination.k8s.io/v1', 'Lease', name) })).toBe(`a.yaml:1:1: Lease.coordination.k8s.io ${expected}`);
  });

  test('is accepted for other kinds, and a Secret may have a similar name', async () => {
    expect(await read({ 'a.yaml': text('v1', 'ConfigMap', names[0]!), 'b.yaml': text('v1', 'Secret', 'cdk8s-ci-deploy-web'), 'c.yaml': text('v1', 'Secret', 'web-0123456789') })).toHaveLength(3);
  });
});

describe('files of a folder', () => {
  /** Reads a folder after a preparation: the names of its objects, or the error. */
  async function inFolder(prepare: (path: (name: string) => string) => void, recursive = true): Promise<string> {
    mkdirSync(join(folder, 'dist/below'), { recursive: true });
    writeFileSync(join(folder, 'secret.yaml'), 'password: hunter2\n');
    prepare((name) => join(folder, name));
    return read({}, { recursive }, ['dist']).then((objects) => objects.map(({ name }) => name).join(), (error: Error) => error.message);
  }

  test.each<[string, string, string]>([
    ['to a file beside the folder', 'dist/a.yaml', '../secret.yaml'],
    ['to an absolute name', 'dist/below/b.json', '/etc/hostname'],
  ])('a symbolic link %s is refused, and its content is not quoted', async (_, link, to) => {
    expect(await inFolder((path) => symlinkSync(to, path(link)))).toBe(
      `${link}: it is a symbolic link out of dist, expected a file of the folder; copy the file into the folder, or name it itself`);
  });

  test('a symbolic link within the folder is read, as in a mounted ConfigMap', async () => {
    expect(await inFolder((path) => {
      mkdirSync(path('dist/..data'));
      writeFileSync(path('dist/..data/a.yaml'), map('mounted'));
      symlinkSync('..data/a.yaml', path('dist/a.yaml'));
    }, false)).toBe('mounted');
  });

  test.each([['a pipe', 'dist/a.yaml'], ['a pipe in a folder below', 'dist/below/a.json']])('%s is refused', async (_, name) => {
    expect(await inFolder((path) => execFileSync('mkfifo', [path(name)]))).toBe(
      `cannot read ${name}: it is not a regular file. Name a file, or pipe it into standard input (-)`);
  });
});

test('a pipe that the user names is refused, and standard input is read', async () => {
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await expect(read({}, {}, ['pipe'])).rejects.toThrow('cannot read pipe: it is not a regular file');
  expect(await read({}, {}, ['-'], map('piped'))).toHaveLength(1);
});

test('images in a CI job must be of the project\'s registry, unless others are allowed', async () => {
  const variables = { CI: 'true', CI_REGISTRY_IMAGE: 'registry.example.com/group/web' };
  const files = { 'a.yaml': deployment('registry.example.com/other/web:1') };
  expect(await refused(files, { variables })).toContain('is in "registry.example.com/other/web"');
  expect(await refused(files, { variables, images: { allowedRegistries: ['registry.example.com'] } })).toBe('nothing is refused');
});

test('an error lists all problems of all files', async () => {
  const message = await refused({ 'a.yaml': `${map('A')}---\n${deployment('IMAGE')}`, 'b.yaml': 'kind: [', 'c.yaml': map('c', ', namespace: other') });
  expect(message.split('\n').map((line) => line.slice(0, 40))).toEqual([
    '4 problems in the manifests; nothing was',
    expect.stringMatching(/^ {2}a\.yaml:1:1: metadata\.name/),
    expect.stringMatching(/^ {2}a\.yaml:5:1: image/),
    expect.stringMatching(/^ {2}b\.yaml:1:/),
    expect.stringMatching(/^ {2}c\.yaml:1:1: /),
  ]);
});
