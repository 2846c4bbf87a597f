import { configMap, deployment, job, statefulSet } from './cluster/application';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deploy, release } from './cluster/deploying';
import { cluster, onKwok } from './cluster/on-kwok';
import { until } from './support/until';

onKwok();

const image = (tag: string) => `registry.example.com/db:${tag}`;
const IMAGE_PULL_FAULT = { annotations: { 'e2e/fault': 'image-pull' } };

test('a rejected first release leaves nothing behind', async () => {
  const deployer = makeDeployer(cluster, 'nothing-left');
  const left = () => deployer.admin('get', 'leases,secrets,configmaps', '-o', 'name').trim().split('\n').sort();
  const none = left();
  expect(await deploy(deployer, [{ ...configMap('a'), dta: {} }])).toMatchObject({ code: 1 });
  expect(await release(deployer, {}, 'rollback')).toMatchObject({ code: 1 });
  expect(left()).toEqual(none);
  expect(await deploy(deployer, [configMap('a')])).toMatchObject({ code: 0 });
  expect(await deploy(deployer, [{ ...configMap('a'), dta: {} }])).toMatchObject({ code: 1 });
  expect(left().filter((name) => !none.includes(name))).toEqual(['configmap/a', expect.stringMatching(/^lease/), expect.stringMatching(/^secret/)]);
});

describe('a StatefulSet whose pod never becomes ready', () => {
  let deployer: Deployer;

  const broken = statefulSet('db', { image: image('missing'), replicas: 3, ...IMAGE_PULL_FAULT });
  const version = (tag: string) => statefulSet('db', { image: image(tag), replicas: 3 });
  const pods = () => deployer.admin('get', 'pods', '-l', 'app=db', '-o', 'jsonpath={range .items[*]}{.metadata.name}={.spec.containers[0].image} {end}').trim();
  const all = (tag: string) => [0, 1, 2].map((ordinal) => `db-${ordinal}=${image(tag)}`).join(' ');

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'broken-pods');
  });

  test('is ready with the first release', async () => {
    expect(await deploy(deployer, [version('1'), configMap('a')])).toMatchObject({ code: 0 });
  });

  test('is restored when the release is rolled back', async () => {
    const { code, stderr } = await deploy(deployer, [broken, configMap('a')], '--rollback-on-failure');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Pod db-2 is deleted: it is of the failed revision, and StatefulSet db would wait for it$/m);
    expect(stderr).toMatch(/^rolled back: release 1 is restored$/m);
    expect(pods()).toBe(all('1'));
  });

  test('is replaced by the next release', async () => {
    expect(await deploy(deployer, [broken, configMap('a')])).toMatchObject({ code: 1 });
    expect(pods()).toContain(`db-2=${image('missing')}`);
    expect(await deploy(deployer, [version('2'), configMap('a')])).toMatchObject({ code: 0, stderr: expect.stringContaining('Pod db-2 is deleted') });
    expect(pods()).toBe(all('2'));
  });

  test('is restored by `rollback`', async () => {
    expect(await deploy(deployer, [broken, configMap('a')])).toMatchObject({ code: 1 });
    expect(await release(deployer, {}, 'rollback')).toMatchObject({ code: 0, stderr: expect.stringContaining('Pod db-2 is deleted') });
    expect(pods()).toBe(all('2'));
  });

  test('keeps its pods when the job may not delete them, with a warning', async () => {
    const limited = makeDeployer(cluster, 'kept-pods', { role: 'view' });
    const rules = ['pods', 'secrets', 'configmaps', 'statefulsets.apps', 'leases.coordination.k8s.io'].map((resource) => `--resource=${resource}`);
    limited.admin('create', 'role', 'ci', '--verb=get,list,watch,create,patch', ...rules);
    limited.admin('create', 'rolebinding', 'limited', '--role=ci', '--serviceaccount=kept-pods:ci');
    expect(await deploy(limited, [version('1')])).toMatchObject({ code: 0 });
    const { code, stderr } = await deploy(limited, [broken], '--rollback-on-failure', '--timeout', '10s');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^warning: StatefulSet db may wait for Pod db-2 of the failed revision, which this credential may not delete$/m);
    expect(stderr).toMatch(/^rolled back: release 1 is restored, but it is not ready$/m);
  });
});

test('objects that somebody deletes during a rollout are applied again, except Jobs and objects that somebody replaced', async () => {
  const deployer = makeDeployer(cluster, 'deleted-meanwhile');
  const slow = (tag: string) => {
    const { spec, ...rest } = deployment('web', { image: `registry.example.com/web:${tag}` }) as { spec: object };
    return { ...rest, spec: { ...spec, minReadySeconds: 5 } };
  };
  const objects = (tag: string) => [configMap('kept'), configMap('replaced'), deployment('ready'), job('once'), slow(tag)];
  const imageNow = () => deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}');
  expect(await deploy(deployer, objects('1'))).toMatchObject({ code: 0 });

  const ended = deploy(deployer, objects('2'));
  await until(() => imageNow().endsWith(':2'));
  deployer.admin('delete', 'configmaps/kept', 'configmaps/replaced', 'deployments/ready', 'jobs/once');
  deployer.create(configMap('replaced', { key: 'somebody else\'s' }));
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).toContain('ConfigMap kept was deleted meanwhile; it is applied again\n');
  expect(stderr).toContain('Deployment ready was deleted meanwhile; it is applied again\n');
  expect(stderr).toContain('Deployment ready: 1 replica available\n');
  expect(stderr).toContain('warning: somebody replaced ConfigMap replaced meanwhile; the new object is left as it is\n');
  expect(deployer.admin('get', 'jobs', '-o', 'name')).toBe('');
  expect(deployer.admin('get', 'configmap', 'replaced', '-o', 'jsonpath={.data.key}')).toBe('somebody else\'s');

  deployer.admin('delete', 'configmap', 'replaced');
  expect(await release(deployer, {}, 'status')).toMatchObject({ code: 1, stdout: expect.stringMatching(/missing +ConfigMap replaced[^]*there +ConfigMap kept|there +ConfigMap kept[^]*missing +ConfigMap replaced/) });
});

test.each(['--rollback-on-failure', '--no-rollback-on-failure'])('a Job that a failed release replaced is deleted with the application (%s)', async (option) => {
  const deployer = makeDeployer(cluster, `replaced-job${option.slice(1, 6)}`);
  const once = (tag: string) => job('once', { image: `registry.example.com/web:${tag}` });
  const jobs = () => deployer.admin('get', 'jobs', '-o', 'jsonpath={.items[*].status.succeeded}');
  expect(await deploy(deployer, [once('1'), deployment('web')])).toMatchObject({ code: 0 });
  const broken = deployment('web', { image: image('missing'), ...IMAGE_PULL_FAULT });
  expect(await deploy(deployer, [once('2'), broken], option, '--timeout', '20s')).toMatchObject({ code: 1 });
  expect(jobs()).toBe('1');
  expect(await release(deployer, {}, 'status', '--output', 'json')).toMatchObject({ stdout: expect.not.stringContaining('another') });
  expect(await release(deployer, {}, 'destroy')).toMatchObject({ code: 0 });
  expect(jobs()).toBe('');
});
