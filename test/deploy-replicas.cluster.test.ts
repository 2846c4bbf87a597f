import { configMap, deployment, statefulSet } from './cluster/application';
import { tryKubectl } from './cluster/cluster';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deploy, release } from './cluster/deploying';
import { cluster, onKwok } from './cluster/on-kwok';
import { until } from './support/until';

onKwok();

/** The manifest leaves the number of replicas to an autoscaler. */
function withoutReplicas(workload: object): object {
  const { spec: { replicas: _, ...spec }, ...rest } = workload as { spec: { replicas?: number } };
  return { ...rest, spec };
}

function autoscaler(kind: string, name: string, apiVersion = 'apps/v1'): object {
  const scaleTargetRef = { apiVersion, kind, name };
  return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name }, spec: { minReplicas: 3, maxReplicas: 9, scaleTargetRef } };
}

describe.each<[string, (name: string, options: { replicas?: number; image?: string }) => object]>([
  ['Deployment', deployment],
  ['StatefulSet', statefulSet],
])('the replicas of a %s that are left to an autoscaler', (kind, workload) => {
  let deployer: Deployer;

  const replicas = () => deployer.admin('get', kind, 'shop', '-o', 'jsonpath={.spec.replicas}');
  const generation = () => deployer.admin('get', kind, 'shop', '-o', 'jsonpath={.metadata.generation}');
  const scaled = [withoutReplicas(workload('shop', {})), autoscaler(kind, 'shop')];

  beforeAll(() => {
    deployer = makeDeployer(cluster, `replicas-${kind.toLowerCase()}`);
  });

  test('are planned to stay as they are', async () => {
    expect(await deploy(deployer, [workload('shop', { replicas: 5 })])).toMatchObject({ code: 0 });
    const { code, stdout } = await deploy(deployer, scaled, '--dry-run', '--output', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).objects).toMatchObject([{ kind, result: 'changed', fields: [] }, { kind: 'HorizontalPodAutoscaler', result: 'created' }]);
  });

  test('stay as they are, at no time another number', async () => {
    const before = generation();
    expect(await deploy(deployer, scaled)).toMatchObject({ code: 0 });
    expect([replicas(), generation()]).toEqual(['5', before]);
  });

  test('stay as they are in later releases, which do not write an unchanged workload', async () => {
    deployer.admin('scale', kind, 'shop', '--replicas', '4');
    const { code, stdout } = await deploy(deployer, scaled);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(new RegExp(`^unchanged +${kind} shop`, 'm')) });
    expect(replicas()).toBe('4');
  });

  test('stay as they are when a failed release with fixed replicas is rolled back', async () => {
    const broken = workload('broken', { image: 'registry.example.com/web:missing', annotations: { 'e2e/fault': 'image-pull' } } as object);
    const { code, stderr } = await deploy(deployer, [workload('shop', { replicas: 6 }), broken], '--rollback-on-failure', '--force-conflicts', '--allow-prune-many');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('rolled back: release 3 is restored') });
    expect(replicas()).toBe('6');
  });

  test('stay as they are when a release with fixed replicas is rolled back by command', async () => {
    expect(await deploy(deployer, [workload('shop', { replicas: 7 })], '--force-conflicts')).toMatchObject({ code: 0 });
    expect(await release(deployer, {}, 'rollback', '--to', '3')).toMatchObject({ code: 0 });
    expect(replicas()).toBe('7');
  });

  test('are reset to the default when no autoscaler targets the workload', async () => {
    expect(await deploy(deployer, [workload('shop', { replicas: 3 }), configMap('shop')], '--force-conflicts')).toMatchObject({ code: 0 });
    expect(await deploy(deployer, [withoutReplicas(workload('shop', {})), autoscaler(kind, 'other'), configMap('shop')])).toMatchObject({ code: 0 });
    expect(replicas()).toBe('1');
  });
});

describe('an autoscaler that is not in the release', () => {
  const without = (name: string) => withoutReplicas(deployment(name));
  const numbers = (deployer: Deployer) => deployer.admin('get', 'deployments', '-o', 'jsonpath={.items[*].spec.replicas}');

  test('sets the number of replicas, too', async () => {
    const deployer = makeDeployer(cluster, 'replicas-outside');
    expect(await deploy(deployer, [deployment('other', { replicas: 4 }), deployment('shop', { replicas: 5 })])).toMatchObject({ code: 0 });
    deployer.create(autoscaler('Deployment', 'shop'));
    const { code, stdout } = await deploy(deployer, [without('other'), without('shop')], '--output', 'json');
    expect({ code, objects: JSON.parse(stdout).objects }).toMatchObject({ code: 0, objects: [{ name: 'other', fields: ['spec.replicas'] }, { name: 'shop', fields: [] }] });
    expect(numbers(deployer)).toBe('1 5');
    expect((await deploy(deployer, [without('other'), without('shop')])).stdout).toMatch(/^2 unchanged/m);
  });

  test('is not known to a credential that may not list autoscalers', async () => {
    const deployer = makeDeployer(cluster, 'replicas-unreadable');
    expect(await deploy(deployer, [deployment('shop', { replicas: 5 })])).toMatchObject({ code: 0 });
    deployer.create(autoscaler('Deployment', 'shop'));
    const rules = ['--verb=*', '--resource=deployments.apps,replicasets.apps,secrets,leases.coordination.k8s.io,pods,events,resourcequotas,limitranges'];
    deployer.admin('create', 'role', 'narrow', ...rules);
    deployer.admin('delete', 'rolebinding', 'ci');
    deployer.admin('create', 'rolebinding', 'ci', '--role', 'narrow', '--serviceaccount', `${deployer.namespace}:ci`);
    await until(() => tryKubectl(cluster.kubeconfig, ['auth', 'can-i', 'list', 'hpa', '-n', deployer.namespace, '--as', `system:serviceaccount:${deployer.namespace}:ci`]).status !== 0);
    expect(await deploy(deployer, [without('shop')])).toMatchObject({ code: 0 });
    expect(numbers(deployer)).toBe('1');
  });
});

test('the replicas of an adopted workload stay as they are when an autoscaler targets it', async () => {
  const deployer = makeDeployer(cluster, 'replicas-adopted');
  deployer.create(deployment('shop', { replicas: 5 }));
  const { code, stdout } = await deploy(deployer, [withoutReplicas(deployment('shop')), autoscaler('Deployment', 'shop', 'apps/v1beta2')], '--adopt');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^changed +Deployment shop +adopted/m) });
  expect(deployer.admin('get', 'deployment', 'shop', '-o', 'jsonpath={.spec.replicas}')).toBe('5');
});
