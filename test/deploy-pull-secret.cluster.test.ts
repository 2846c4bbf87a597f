import { configMap, deployment, manifests, serviceAccount } from './cluster/application';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deployAs, release, writesOf } from './cluster/deploying';
import { cluster, onKwok } from './cluster/on-kwok';
import { fileNames, fileText } from './support/cli';
import { ownerId, PULL_SECRET_USER_PREFIX, releaseName } from '../src/release/release-names';

onKwok();

const WEB = { CI_PROJECT_ID: '7', CI_REGISTRY: 'registry.example.com', CI_DEPLOY_USER: 'gitlab+deploy-token-1', CI_DEPLOY_PASSWORD: 'gldt-web-0123456789' };
const SHOP = { CI_PROJECT_ID: '8', CI_REGISTRY: 'registry.example.com', CI_DEPLOY_USER: 'gitlab+deploy-token-2', CI_DEPLOY_PASSWORD: 'gldt-shop-0123456789' };
const PATH = ['--pull-secret-registry', 'registry.example.com/group/shop'];

const web = (variables = WEB) => ({ app: 'web', variables: { ...variables } });
const shop = { app: 'shop', variables: SHOP };

function auths(deployer: Deployer, name = 'gitlab'): Record<string, { username: string; password: string }> {
  const value = deployer.admin('get', 'secret', name, '-o', 'jsonpath={.data.\\.dockerconfigjson}');
  return JSON.parse(Buffer.from(value, 'base64').toString()).auths;
}

const passwords = (deployer: Deployer) => Object.fromEntries(Object.entries(auths(deployer)).map(([registry, { password }]) => [registry, password]));
const version = (deployer: Deployer) => deployer.admin('get', 'secret', 'gitlab', '-o', 'jsonpath={.metadata.resourceVersion}');
const secrets = (deployer: Deployer) => deployer.admin('get', 'secrets', '--field-selector', 'type=kubernetes.io/dockerconfigjson', '-o', 'name');

describe('two applications with one pull secret', () => {
  let deployer: Deployer;

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'pulling');
  });

  test('see the planned Secret in a dry run, which writes nothing', async () => {
    const { code, stdout, stderr } = await deployAs(deployer, web(), [configMap('web')], '--pull-secret', 'gitlab', '--dry-run');
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^created +Secret gitlab +credentials for registry\.example\.com\n/),
      stderr: expect.stringContaining('warning: no pod of the release uses Secret gitlab: add it to imagePullSecrets'),
    });
    expect(secrets(deployer)).toBe('');
  });

  test('have a Secret that the first one creates, whose values are in no output, file or record', async () => {
    const account = { ...serviceAccount('web'), imagePullSecrets: [{ name: 'gitlab' }] };
    const { code, stdout, stderr } = await deployAs(deployer, web(), [configMap('web'), account], '--pull-secret', 'gitlab', '--debug');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^created +Secret gitlab +credentials for registry\.example\.com$/m) });
    expect(stderr).not.toContain('warning');
    expect(stdout + stderr + fileNames().map((name) => fileText(name)).join()).not.toMatch(/gldt-|Z2xkdC/);
    expect(passwords(deployer)).toEqual({ 'registry.example.com': WEB.CI_DEPLOY_PASSWORD });
    expect(deployer.admin('get', 'secret', 'gitlab', '-o', 'jsonpath={.type}')).toBe('kubernetes.io/dockerconfigjson');
  });

  test('do not replace credentials of another project', async () => {
    const { code, stderr } = await deployAs(deployer, shop, [configMap('shop')], '--pull-secret', 'gitlab');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('Secret gitlab: it has other credentials for registry.example.com, of application web, environment production, project 7; choose another name'),
    });
    expect(deployer.admin('get', 'configmap', '-o', 'name')).not.toContain('shop');
  });

  test('keep their credentials when they deploy alternately', async () => {
    expect(await deployAs(deployer, shop, [configMap('shop')], '--pull-secret', 'gitlab', ...PATH)).toMatchObject({ code: 0 });
    expect(await deployAs(deployer, web(), [configMap('web')], '--pull-secret', 'gitlab')).toMatchObject({ code: 0 });
    const before = version(deployer);
    const { stdout } = await deployAs(deployer, shop, [configMap('shop')], '--pull-secret', 'gitlab', ...PATH);
    expect(stdout).toMatch(/^unchanged +Secret gitlab/m);
    expect(version(deployer)).toBe(before);
    expect(passwords(deployer)).toEqual({ 'registry.example.com': WEB.CI_DEPLOY_PASSWORD, 'registry.example.com/group/shop': SHOP.CI_DEPLOY_PASSWORD });
  });

  test('keep their credentials when they deploy at the same time', async () => {
    const rotated = { ...WEB, CI_DEPLOY_PASSWORD: 'gldt-web-rotated' };
    const newer = { app: 'shop', variables: { ...SHOP, CI_DEPLOY_PASSWORD: 'gldt-shop-rotated' } };
    const results = await Promise.all([
      deployAs(deployer, web(rotated), [configMap('web')], '--pull-secret', 'gitlab'),
      release(deployer, { ...newer, files: { 'shop.yaml': manifests(configMap('shop')) } }, 'deploy', 'shop.yaml', '--pull-secret', 'gitlab', ...PATH),
    ]);
    expect(results).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(passwords(deployer)).toEqual({ 'registry.example.com': 'gldt-web-rotated', 'registry.example.com/group/shop': 'gldt-shop-rotated' });
  });

  test('keep an unused registry for one more release, to which a rollback may return', async () => {
    const moved = web({ ...WEB, CI_REGISTRY: 'new.example.com' });
    expect(await deployAs(deployer, moved, [configMap('web')], '--pull-secret', 'gitlab')).toMatchObject({ code: 0 });
    expect(Object.keys(auths(deployer)).sort()).toEqual(['new.example.com', 'registry.example.com', 'registry.example.com/group/shop']);
    expect(await deployAs(deployer, moved, [configMap('web')], '--pull-secret', 'gitlab')).toMatchObject({ code: 0 });
    expect(Object.keys(auths(deployer)).sort()).toEqual(['new.example.com', 'registry.example.com/group/shop']);
  });

  test('lose only their own credentials with destroy, and the Secret when nobody uses it', async () => {
    const first = await release(deployer, web(), 'destroy');
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('Secret gitlab stays: other applications use it, too') });
    expect(Object.keys(auths(deployer))).toEqual(['registry.example.com/group/shop']);

    expect((await release(deployer, shop, 'destroy', '--dry-run')).stdout).toMatch(/^removed +Secret gitlab$/m);
    expect(secrets(deployer)).toBe('secret/gitlab\n');
    expect((await release(deployer, shop, 'destroy')).stdout).toMatch(/^removed +Secret gitlab$/m);
    expect(secrets(deployer)).toBe('');
  });
});

describe('a pull secret', () => {
  let deployer: Deployer;

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'pull-secrets');
  });

  test('of a failed first release is deleted with it', async () => {
    const broken = deployment('web', { image: 'registry.example.com/web:missing', annotations: { 'e2e/fault': 'image-pull' } });
    const { code } = await deployAs(deployer, web(), [broken], '--pull-secret', 'gitlab', '--rollback-on-failure');
    expect(code).toBe(1);
    expect(secrets(deployer)).toBe('');
  });

  test('of a failed release gets the former credentials back before the pods are restored', async () => {
    expect(await deployAs(deployer, web(), [deployment('web')], '--pull-secret', 'gitlab')).toMatchObject({ code: 0 });
    const broken = deployment('web', { image: 'registry.example.com/web:missing', annotations: { 'e2e/fault': 'image-pull' } });
    const wrong = { ...WEB, CI_DEPLOY_PASSWORD: 'gldt-wrong' };
    const { code, stderr } = await deployAs(deployer, web(wrong), [broken], '--pull-secret', 'gitlab', '--rollback-on-failure');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('rolled back: release 2 is restored') });
    expect(passwords(deployer)).toEqual({ 'registry.example.com': WEB.CI_DEPLOY_PASSWORD });
    const writes = writesOf(cluster, 'pull-secrets').slice(-4);
    expect(writes).toEqual(['patch secrets gitlab', 'patch deployments web', 'patch secrets gitlab', 'patch deployments web']);
    expect(await release(deployer, web(), 'destroy')).toMatchObject({ code: 0 });
    expect(secrets(deployer)).toBe('');
  });

  test('that cannot be used is rejected together with objects that cannot be applied', async () => {
    deployer.admin('create', 'secret', 'generic', 'wrong-type', '--from-literal=a=b');
    const invalid = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'invalid' }, data: { 'not a key': 'x' } };
    const { code, stderr } = await deployAs(deployer, web(), [configMap('web'), invalid], '--pull-secret', 'wrong-type', '--junit', 'report.xml');
    expect({ code, stderr }).toEqual({
      code: 1, stderr: expect.stringMatching(/2 of 3 objects cannot be applied, so nothing was written\n {2}app\.yaml:3:1: ConfigMap invalid: .*\n {2}--pull-secret: Secret wrong-type: its type is "Opaque"/),
    });
    expect(fileText('report.xml')).toMatch(/name="ConfigMap invalid"><failure[^]*name="release" time="[\d.]+"><failure[^]*Secret wrong-type/);
    expect(deployer.admin('get', 'configmaps', '-o', 'name')).not.toContain('/web');
  });

  test('that somebody else created is shared only with --adopt, and keeps its credentials', async () => {
    deployer.admin('create', 'secret', 'docker-registry', 'theirs', '--docker-server=other.example.com', '--docker-username=u', '--docker-password=p');
    const refused = await deployAs(deployer, web(), [configMap('web')], '--pull-secret', 'theirs');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Secret theirs: it exists already, and no application uses it; add the credentials to it (--adopt)') });

    expect(await deployAs(deployer, web(), [configMap('web')], '--pull-secret', 'theirs', '--adopt')).toMatchObject({ code: 0 });
    expect(Object.keys(auths(deployer, 'theirs')).sort()).toEqual(['other.example.com', 'registry.example.com']);
    expect(await release(deployer, web(), 'destroy')).toMatchObject({ code: 0 });
    expect(Object.keys(auths(deployer, 'theirs'))).toEqual(['other.example.com']);
  });

  test('that an administrator created empty is used without --adopt, and is never deleted', async () => {
    deployer.create({
      apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/dockerconfigjson', metadata: { name: 'given', annotations: { 'cdk8s-ci-deploy/kept': 'true' } }, stringData: { '.dockerconfigjson': '{}' },
    });
    expect(await deployAs(deployer, web(), [configMap('web')], '--pull-secret', 'given')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^changed +Secret given/m) });
    expect(Object.keys(auths(deployer, 'given'))).toEqual(['registry.example.com']);
    const destroyed = await release(deployer, web(), 'destroy');
    expect(destroyed).toMatchObject({ code: 0, stdout: expect.not.stringContaining('given'), stderr: expect.stringContaining('Secret given stays, without credentials') });
    expect(auths(deployer, 'given')).toEqual({});
  });

  test('that two applications create at the same time has the credentials of both', async () => {
    const results = await Promise.all([
      deployAs(deployer, web(), [configMap('web')], '--pull-secret', 'new'),
      release(deployer, { ...shop, files: { 'shop.yaml': manifests(configMap('shop')) } }, 'deploy', 'shop.yaml', '--pull-secret', 'new', ...PATH),
    ]);
    expect(results).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(Object.keys(auths(deployer, 'new')).sort()).toEqual(['registry.example.com', 'registry.example.com/group/shop']);
    for (const application of [web(), shop]) expect(await release(deployer, application, 'destroy')).toMatchObject({ code: 0 });
    expect(secrets(deployer)).not.toContain('/new');
  });

  test('of another type is rejected', async () => {
    deployer.admin('create', 'secret', 'generic', 'opaque', '--from-literal=a=b');
    const { code, stderr } = await deployAs(deployer, web(), [configMap('web')], '--pull-secret', 'opaque', '--adopt', '--force-conflicts');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Secret opaque: its type is "Opaque"') });
  });

  test('cannot be created with a credential that may not write Secrets', async () => {
    const weak = makeDeployer(cluster, 'pull-weak', { role: 'view' });
    const { code, stderr } = await deployAs(weak, web(), [], '--pull-secret', 'gitlab', '--allow-empty', '--dry-run');
    expect({ code, stderr }).toEqual({
      code: 3, stderr: expect.stringMatching(/--pull-secret: Secret gitlab: .* cannot get resource "secrets" .*; let an administrator grant this right/),
    });
  });

  test('is rejected before the first request when it is in the manifests, is a record, or holds the token of the job', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'gitlab' } };
    expect(await deployAs(deployer, web(), [secret], '--pull-secret', 'gitlab'))
      .toMatchObject({ code: 2, stderr: expect.stringContaining('--pull-secret: Secret gitlab is also at app.yaml:1:1') });
    const record = releaseName({ project: '8', environment: 'production', app: 'shop' });
    expect(await deployAs(deployer, web(), [configMap('web')], '--pull-secret', record))
      .toMatchObject({ code: 2, stderr: expect.stringContaining(`--pull-secret: "${record}", expected a name that deploy does not use for its records and locks`) });
    const job = { app: 'web', variables: { ...WEB, CI_JOB_TOKEN: WEB.CI_DEPLOY_PASSWORD } };
    expect(await deployAs(deployer, job, [configMap('web')], '--pull-secret', 'gitlab'))
      .toMatchObject({ code: 2, stderr: expect.stringContaining('CI_DEPLOY_PASSWORD: it is the token of this job, which expires with the job') });
    expect(await deployAs(deployer, web(), [configMap('web')], '--pull-secret-registry', 'registry.example.com'))
      .toMatchObject({ code: 2, stderr: expect.stringContaining('--pull-secret-registry: it has no effect without --pull-secret') });
  });
});

describe('a Secret that carries the label of another application', () => {
  const FOREIGN = ['a-terminating', 'b-opaque', 'c-only-label', 'd-garbage', 'e-others-garbage', 'f-immutable', 'g-of-a-release', 'z-controlled'];
  let deployer: Deployer;
  let key: string;

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'pull-foreign');
    key = `${PULL_SECRET_USER_PREFIX}${ownerId({ project: '7', environment: 'production', app: 'web' }, 'pull-foreign')}`;
  });

  function foreign(name: string, { annotations = {}, type = 'kubernetes.io/dockerconfigjson', ...more }: Record<string, any> = {}): void {
    const { finalizers, ownerReferences, ...rest } = more;
    const stringData = type === 'Opaque' ? { a: 'b' } : { '.dockerconfigjson': '{"auths":{"theirs.example.com":{"username":"u","password":"p"}}}' };
    deployer.create({ apiVersion: 'v1', kind: 'Secret', type, metadata: { name, labels: { [key]: '' }, annotations, finalizers, ownerReferences }, stringData, ...rest });
  }

  const forged = JSON.stringify({ project: '7', environment: 'production', app: 'web', registries: ['theirs.example.com'] });
  const versions = () => FOREIGN.map((name) => deployer.admin('get', 'secret', name, '-o', 'jsonpath={.metadata.resourceVersion}'));

  test('is rejected in manifests before the first request', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', labels: { [key]: '' } } };
    const { code, stderr } = await deployAs(deployer, shop, [configMap('shop'), secret]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`: metadata.labels has "${key}", expected no label or annotation that only deploy writes; remove it\n`) });
    expect(deployer.admin('get', 'configmaps,secrets', '-o', 'name')).not.toMatch(/shop|\/x$/m);
  });

  test('is left as it is, named once, and does not keep the application from being destroyed', async () => {
    expect(await deployAs(deployer, web(), [configMap('web')], '--pull-secret', 'gitlab')).toMatchObject({ code: 0 });
    expect(await deployAs(deployer, shop, [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'g-of-a-release' }, type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{}' } }]))
      .toMatchObject({ code: 0 });
    deployer.admin('label', 'secret', 'g-of-a-release', `${key}=`);
    foreign('a-terminating', { annotations: { [key]: forged }, finalizers: ['example.com/wait'] });
    deployer.admin('delete', 'secret', 'a-terminating', '--wait=false');
    foreign('b-opaque', { type: 'Opaque' });
    foreign('c-only-label');
    foreign('d-garbage', { annotations: { [key]: '{' } });
    foreign('e-others-garbage', { annotations: { [key]: forged, [`${PULL_SECRET_USER_PREFIX}release-x-v1`]: '[]' } });
    foreign('f-immutable', { annotations: { [key]: forged }, immutable: true });
    deployer.admin('create', 'configmap', 'owner');
    const uid = deployer.admin('get', 'configmap', 'owner', '-o', 'jsonpath={.metadata.uid}');
    foreign('z-controlled', { annotations: { [key]: forged }, ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid, controller: true }] });
    const before = versions();
    const said = [
      'a-terminating is left as it is: it is being deleted',
      'b-opaque is left as it is: its type is "Opaque", not kubernetes.io/dockerconfigjson',
      'c-only-label is left as it is: it has the label of this application, but none of its credentials',
      'd-garbage is left as it is: its annotations cannot be read',
      'e-others-garbage is left as it is: its annotations cannot be read',
      'f-immutable is left as it is: it is immutable',
      'g-of-a-release is left as it is: it is among the manifests of application shop, environment production, project 8',
      'z-controlled is left as it is: it is controlled by ConfigMap owner, which would remove the credentials again',
    ];
    const lines = (stderr: string) => [...stderr.matchAll(/Secret (.* is left as it is: .*)$/gm)].map(([, line]) => line).sort();

    for (const options of [['--dry-run'], []]) {
      const { code, stdout, stderr } = await release(deployer, web(), 'destroy', ...options);
      expect({ code, stdout, lines: lines(stderr) }).toEqual({ code: 0, stdout: expect.stringMatching(/^removed +ConfigMap web[^]*^removed +Secret gitlab$/m), lines: said });
    }
    expect(versions()).toEqual(before);
    expect(deployer.admin('get', 'configmaps,secrets,leases', '-o', 'name')).not.toMatch(/\/(?:web|gitlab|cdk8s-ci-deploy-web-.*)$/m);
  });

  test('is an error when an option names it', async () => {
    const { code, stderr } = await release(deployer, web(), 'destroy', '--pull-secret', 'b-opaque');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('--pull-secret: Secret b-opaque: its type is "Opaque"') });
  });
});
