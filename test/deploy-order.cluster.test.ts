import { configMap, deployment, job } from './cluster/application';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deploy, release, writesOf } from './cluster/deploying';
import { cluster, onKwok } from './cluster/on-kwok';

onKwok();

describe('hooks', () => {
  let deployer: Deployer;

  const helm = (name: string, hook: string, weight: number, more: Parameters<typeof job>[1] = {}) => job(name, { ...more, annotations: { 'helm.sh/hook': hook, 'helm.sh/hook-weight': String(weight) } });
  const before = 'pre-install,pre-upgrade';
  const after = 'post-install,post-upgrade';
  const uid = (name: string) => deployer.admin('get', 'job', name, '-o', 'jsonpath={.metadata.uid}');
  const image = () => deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}');
  const configOfHook = { ...configMap('scripts'), metadata: { name: 'scripts', annotations: { 'helm.sh/hook': before, 'helm.sh/hook-weight': '-10' } } };

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'hooks');
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
    const argo = makeDeployer(cluster, 'argo-hooks');
    const hook = (name: string, phase: string) => job(name, { annotations: { 'argocd.argoproj.io/hook': phase } });
    expect(await deploy(argo, [hook('notify', 'PostSync'), deployment('web'), hook('migrate', 'PreSync')])).toMatchObject({ code: 0 });
    expect(writesOf(cluster, 'argo-hooks')).toEqual(['patch jobs migrate', 'patch deployments web', 'patch jobs notify']);
  });

  test('of the first deployment, and of later ones, run only then', async () => {
    const occasions = makeDeployer(cluster, 'occasions');
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
