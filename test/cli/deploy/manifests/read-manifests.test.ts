import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { ApiObject, ApiObjectProps, App } from 'cdk8s';
import { gitlabJob } from '../../../../examples/gitlab-job';
import { ReadOptions, readManifests } from '../../../../src/cli/deploy/manifests/read-manifests';
import { Files } from '../../../../src/cli/io/files';
import { CiDeployment, DeployerIdentity, NamespaceDeployer, NamespacedChart } from '../../../../src/index';
import { partName, releaseName } from '../../../../src/release/release-names';

const OPTIONS: ReadOptions = { namespace: 'example', recursive: false, allowEmpty: false, images: {}, variables: {}, publicWords: ['example'] };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-release-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function read(files: Record<string, string>, options: Partial<ReadOptions> = {}, names = Object.keys(files), stdin = '') {
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
