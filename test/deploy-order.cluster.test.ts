import { configMap, deployment, job, secret } from './cluster/application';
import { runKubectl } from './cluster/cluster';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deploy, deployAs, release, writesOf } from './cluster/deploying';
import { cluster, onKwok } from './cluster/on-kwok';
import { CliResult } from './support/cli';
import { until } from './support/until';

onKwok();

const KINDS = [['external-secrets.io', 'v1', 'ExternalSecret', 'externalsecrets'], ['argoproj.io', 'v1alpha1', 'Rollout', 'rollouts'], ['example.com', 'v1', 'Shop', 'shops']] as const;

/** Custom resources without a controller: a test writes their status. */
beforeAll(() => {
  const crds = KINDS.map(([group, name, kind, plural]) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [{
        name, served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      }],
    },
  }));
  runKubectl(cluster.kubeconfig, ['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: crds }));
  runKubectl(cluster.kubeconfig, ['wait', ...crds.map(({ metadata }) => `crd/${metadata.name}`), '--for=condition=Established', '--timeout=60s']);
  runKubectl(cluster.kubeconfig, ['create', 'clusterrole', 'custom', '--verb=*', ...KINDS.map(([group, , , plural]) => `--resource=${plural}.${group}`)]);
});

function deployerOf(namespace: string): Deployer {
  const deployer = makeDeployer(cluster, namespace);
  deployer.admin('create', 'rolebinding', 'custom', '--clusterrole', 'custom', '--serviceaccount', `${namespace}:ci`);
  return deployer;
}

const writeStatus = ({ admin }: Deployer, object: string, status: object) => admin('patch', object, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status }));
const externalSecret = (name: string, spec: object) => ({ apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', metadata: { name }, spec });
const condition = (type: string, status: string, reason = '', message = '') => ({ type, status, reason, message });

describe('hooks', () => {
  let deployer: Deployer;

  const helm = (name: string, hook: string, weight: number, more: Parameters<typeof job>[1] = {}) => job(name, { ...more, annotations: { 'helm.sh/hook': hook, 'helm.sh/hook-weight': String(weight) } });
  const before = 'pre-install,pre-upgrade';
  const after = 'post-install,post-upgrade';
  const uid = (name: string) => deployer.admin('get', 'job', name, '-o', 'jsonpath={.metadata.uid}');
  const image = () => deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}');
  const configOfHook = { ...configMap('scripts'), metadata: { name: 'scripts', annotations: { 'helm.sh/hook': before, 'helm.sh/hook-weight': '-10' } } };

  beforeAll(() => {
    deployer = deployerOf('hooks');
  });

  test('of Helm run before and after the workloads, in the order of their weights', async () => {
    const objects = [helm('smoke', after, 0), helm('migrate', before, 5), deployment('web'), helm('backup', before, -5), configOfHook];
    expect(await deploy(deployer, objects)).toMatchObject({ code: 0 });
    expect(writesOf(cluster, 'hooks')).toEqual(['patch configmaps scripts', 'patch jobs backup', 'patch jobs migrate', 'patch deployments web', 'patch jobs smoke']);
    expect(deployer.admin('get', 'job', 'smoke', '-o', 'jsonpath={.status.succeeded}')).toBe('1');
  });

  test('run again with the next deployment, although they have not changed', async () => {
    const first = ['smoke', 'migrate'].map(uid);
    const result = await deploy(deployer, [helm('smoke', after, 0), helm('migrate', before, 5), deployment('web'), helm('backup', before, -5), configOfHook]);
    expect(result).toMatchObject({ code: 0, stdout: expect.stringMatching(/^replaced +Job migrate/m) });
    expect(['smoke', 'migrate'].map(uid)).not.toEqual(first);
  });

  test('of Argo CD run before and after the workloads, too', async () => {
    const argo = deployerOf('argo-hooks');
    const hook = (name: string, phase: string) => job(name, { annotations: { 'argocd.argoproj.io/hook': phase } });
    expect(await deploy(argo, [hook('notify', 'PostSync'), deployment('web'), hook('migrate', 'PreSync')])).toMatchObject({ code: 0 });
    expect(writesOf(cluster, 'argo-hooks')).toEqual(['patch jobs migrate', 'patch deployments web', 'patch jobs notify']);
  });

  test('of the first deployment, and of later ones, run only then', async () => {
    const occasions = deployerOf('occasions');
    const objects = (tag: string) => [helm('seed', 'post-install', 0), helm('upgrade', 'pre-upgrade', 0, { image: `registry.example.com/web:${tag}` }), configMap('a', { tag })];
    expect(await deploy(occasions, objects('1'))).toMatchObject({ code: 0 });
    expect(writesOf(cluster, 'occasions')).toEqual(['patch configmaps a', 'patch jobs seed']);
    expect(await deploy(occasions, objects('2'))).toMatchObject({ code: 0 });
    expect(writesOf(cluster, 'occasions').slice(2)).toEqual(['patch configmaps a', 'patch jobs upgrade']);
    expect(occasions.admin('get', 'jobs', '-o', 'name')).toBe('job.batch/seed\njob.batch/upgrade\n');
    expect(await release(occasions, {}, 'destroy')).toMatchObject({ code: 0 });
    expect(occasions.admin('get', 'jobs', '-o', 'name')).toBe('');
  });

  test('after the workloads that fail roll the release back', async () => {
    const smoke = helm('smoke', after, 0, { podAnnotations: { 'e2e/fault': 'image-pull' } });
    const { code, stderr } = await deploy(deployer, [smoke, helm('migrate', before, 5), deployment('web', { image: 'registry.example.com/web:2' }), helm('backup', before, -5), configOfHook], '--rollback-on-failure');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/Job smoke, pod smoke-\w+, container once, .*ImagePullBackOff[^]*is restored/) });
    expect(image()).toBe('registry.example.com/web:1');
  });

  test.each([
    ['a Job after the deletion', job('drop', { annotations: { 'helm.sh/hook': 'post-delete' } })],
    ['a Pod of helm test', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe', annotations: { 'helm.sh/hook': 'test' } }, spec: { containers: [{ name: 'probe', image: 'registry.example.com/probe:1' }] } }],
    ['a Job that Argo CD skips', job('skipped', { annotations: { 'argocd.argoproj.io/hook': 'Skip' } })],
  ])('of other occasions are refused before anything is contacted: %s', async (_, object) => {
    const writes = writesOf(cluster, 'hooks');
    expect(await deploy(deployer, [configMap('new'), object])).toMatchObject({ code: 2, stderr: expect.stringMatching(/app\.yaml:\d+:1: "\w+" has the annotation .*\/hook: "/) });
    expect(writesOf(cluster, 'hooks')).toEqual(writes);
  });
});

describe('a migration', () => {
  const migration = (references: object) => {
    const { spec, ...rest } = job('migrate', { annotations: { 'cdk8s-ci-deploy/before-workloads': 'true' } }) as { spec: { template: object } };
    const containers = [{ name: 'once', image: 'registry.example.com/web:1', ...references }];
    return { ...rest, spec: { ...spec, template: { spec: { restartPolicy: 'Never', containers } } } };
  };
  const fromSecret = (name: string, optional?: boolean) => ({ envFrom: [{ secretRef: { name, optional } }] });

  const looksFor = (namespace: string, name: string) => cluster.auditEvents()
    .some(({ verb, objectRef }) => verb === 'get' && objectRef?.namespace === namespace && objectRef?.name === name);

  test.each([
    ['ExternalSecret', 'waits-external', externalSecret('db', { target: { name: 'db-password' } }), 'db-password'],
    ['custom resource whose name is a part of the Secret\'s', 'waits-part', { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'db' }, spec: {} }, 'db-app'],
  ])('waits for the Secret of an %s, which is applied first', async (_, namespace, source, name) => {
    const deployer = deployerOf(namespace);
    const running = deploy(deployer, [migration(fromSecret(name)), deployment('shop'), source]);
    await until(() => looksFor(namespace, name));
    expect(deployer.admin('get', 'jobs,deployments', '-o', 'name')).toBe('');
    deployer.create(secret(name, { password: 'p' }));
    writeStatus(deployer, `${source.kind.toLowerCase()}/db`, { conditions: [condition('Ready', 'True')] });

    const { code, stderr } = await running;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(`Job migrate: it needs Secret ${name}, which does not exist yet; ${source.kind} db should create it: `) });
    expect(writesOf(cluster, namespace)).toEqual([`patch ${source.kind.toLowerCase()}s db`, 'patch jobs migrate', 'patch deployments shop']);
  });

  test('fails with the missing ConfigMap and its custom resource when the time is over', async () => {
    const deployer = deployerOf('never-made');
    const shop = { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'front' }, spec: { settings: [{ configMap: 'prices' }] } };
    const running = deploy(deployer, [migration({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'prices', key: 'a' } } }] }), deployment('web'), shop], '--timeout', '4s');
    await until(() => deployer.admin('get', 'shops', '-o', 'name') !== '');
    writeStatus(deployer, 'shop/front', { conditions: [condition('Ready', 'False', 'NoPrices', 'the catalogue is empty')] });

    const { code, stderr } = await running;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Job migrate: Missing: it needs ConfigMap prices, which does not exist yet; Shop front should create it: Ready is False (NoPrices): the catalogue is empty') });
    expect(writesOf(cluster, 'never-made')).toEqual(['patch shops front']);
  });

  test('does not wait for an optional Secret, nor for one of the release', async () => {
    const deployer = deployerOf('not-waiting');
    const references = { envFrom: [{ secretRef: { name: 'db', optional: true } }, { secretRef: { name: 'own' } }] };
    const running = deploy(deployer, [migration(references), secret('own', { a: 'b' }), externalSecret('db', { target: { name: 'db' }, data: 'own' })]);
    await until(() => deployer.admin('get', 'externalsecrets', '-o', 'name') !== '');
    writeStatus(deployer, 'externalsecret/db', { conditions: [condition('Ready', 'True')] });
    const { code, stderr } = await running;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('which does not exist') });
  });
});

describe('a custom resource that changes', () => {
  const watchesIn = (namespace: string) => cluster.auditEvents().filter(({ verb, objectRef }) => verb === 'watch' && objectRef?.namespace === namespace).length;

  const changed = async (
    deployer: Deployer, [from, to]: readonly [object, object], name: string, status: object, meanwhile: () => void, ...options: string[]
  ): Promise<CliResult> => {
    const first = deploy(deployer, [from]);
    await until(() => deployer.admin('get', name, '--ignore-not-found', '-o', 'name') !== '');
    writeStatus(deployer, name, status);
    expect(await first).toMatchObject({ code: 0 });
    const watches = watchesIn(deployer.namespace);
    const second = deployAs(deployer, {}, [to], '--output', 'json', ...options);
    // The wait has then seen the status from before.
    await until(() => watchesIn(deployer.namespace) > watches);
    meanwhile();
    return second;
  };

  test('is not ready by the condition of its spec before, and fails with the reason of the new one', async () => {
    const deployer = deployerOf('stale-external');
    const fails = () => writeStatus(deployer, 'externalsecret/a', { conditions: [condition('Ready', 'False', 'SecretSyncedError', 'could not get secret data from provider')] });
    const result = await changed(deployer, [externalSecret('a', { v: 1 }), externalSecret('a', { v: 2 })], 'externalsecret/a', { conditions: [condition('Ready', 'True', 'SecretSynced')] }, fails, '--timeout', '5s');
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 1, stderr: expect.stringContaining('ExternalSecret a: SecretSyncedError: could not get secret data from provider') });
    expect(result.stderr).not.toContain('1/1 ready');
  });

  test('is ready when its controller has written another status', async () => {
    const deployer = deployerOf('fresh-external');
    const succeeds = () => writeStatus(deployer, 'externalsecret/a', { refreshTime: '2026-01-01T00:00:01Z', conditions: [condition('Ready', 'True', 'SecretSynced')] });
    const { code, stdout } = await changed(deployer, [externalSecret('a', { v: 1 }), externalSecret('a', { v: 2 })], 'externalsecret/a', { refreshTime: '2026-01-01T00:00:00Z', conditions: [condition('Ready', 'True', 'SecretSynced')] }, succeeds);
    expect({ code, rollouts: JSON.parse(stdout).rollouts }).toMatchObject({ code: 0, rollouts: [{ workload: 'ExternalSecret a', ready: true, words: 'Ready' }] });
  });

  test('is not judged, and not called ready, when its controller never writes again', async () => {
    const deployer = deployerOf('silent-shop');
    const shop = (v: number) => ({ apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'a' }, spec: { v } });
    const { code, stdout, stderr } = await changed(deployer, [shop(1), shop(2)], 'shop/a', { conditions: [condition('Ready', 'True')] }, () => undefined);
    expect({ code, rollouts: JSON.parse(stdout).rollouts }).toMatchObject({ code: 0, rollouts: [{ workload: 'Shop a', ready: false, words: expect.stringMatching(/^not judged: /) }] });
    expect(stderr).not.toContain('1/1 ready');
  });

  test('only in its labels is ready by the status that it has', async () => {
    const deployer = deployerOf('labelled-shop');
    const shop = (labels: object) => ({ apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'a', labels }, spec: {} });
    const first = deploy(deployer, [shop({})]);
    await until(() => deployer.admin('get', 'shops', '-o', 'name') !== '');
    writeStatus(deployer, 'shop/a', { conditions: [condition('Ready', 'True')] });
    expect(await first).toMatchObject({ code: 0 });
    expect(await deploy(deployer, [shop({ tier: 'web' })])).toMatchObject({ code: 0, stderr: expect.stringContaining('1/1 ready  Shop a: Ready') });
  });

  test('of Argo Rollouts fails with the reason of its status, which has the generation as a text', async () => {
    const deployer = deployerOf('rollout');
    const rollout = (tag: number) => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'shop' },
      spec: { replicas: 3, template: { spec: { containers: [{ name: 'shop', image: `registry.example.com/shop:${tag}` }] } } },
    });
    const healthy = { observedGeneration: '1', phase: 'Healthy', conditions: [condition('Available', 'True')] };
    const late = (observedGeneration: string) => ({
      observedGeneration, phase: 'Degraded', conditions: [condition('Available', 'True', 'AvailableReason'), condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'timed out progressing')],
    });
    const result = await changed(deployer, [rollout(1), rollout(2)], 'rollout/shop', healthy, () => void writeStatus(deployer, 'rollout/shop', late('2')));
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Rollout shop: ProgressDeadlineExceeded: timed out progressing') });

    writeStatus(deployer, 'rollout/shop', late('2'));
    const unobserved = await deploy(deployer, [rollout(3)], '--timeout', '3s');
    expect({ code: unobserved.code, stderr: unobserved.stderr }).toEqual({
      code: 1, stderr: expect.stringContaining('Rollout shop: ProgressDeadlineExceeded: its controller has not observed the latest change yet; its status before: Progressing is False (ProgressDeadlineExceeded): timed out progressing'),
    });
  });
});
