import { Hook, hookOf, hookProblem } from '../../src/kubernetes/hooks';

const helm = (hook: unknown, more: object = {}) => ({ annotations: { 'helm.sh/hook': hook, ...more } });
const argo = (hook: unknown, more: object = {}) => ({ annotations: { 'argocd.argoproj.io/hook': hook, ...more } });
const wave = (number: string) => ({ 'argocd.argoproj.io/sync-wave': number });

const ofHelm: Hook = { place: 'before', weight: 0, isSequential: true, runsWith: 'each deployment' };
const ofArgo: Hook = { place: 'before', weight: 0, isSequential: false, runsWith: 'each deployment' };

test.each<[string, object, Hook]>([
  ['pre-install,pre-upgrade', helm('pre-install,pre-upgrade'), ofHelm],
  ['post-install, post-upgrade with a space', helm('post-install, post-upgrade'), { ...ofHelm, place: 'after' }],
  ['Pre-Install,PRE-UPGRADE', helm('Pre-Install,PRE-UPGRADE'), ofHelm],
  ['pre-install', helm('pre-install'), { ...ofHelm, runsWith: 'the first deployment' }],
  ['post-upgrade', helm('post-upgrade'), { ...ofHelm, place: 'after', runsWith: 'later deployments' }],
  ['pre-upgrade,pre-install,pre-rollback', helm('pre-upgrade,pre-install,pre-rollback'), ofHelm],
  ['pre-upgrade with a weight', helm('pre-install,pre-upgrade', { 'helm.sh/hook-weight': '-5' }), { ...ofHelm, weight: -5 }],
  ['PreSync', argo('PreSync'), ofArgo],
  ['PostSync in a wave', argo('PostSync', wave('2')), { ...ofArgo, place: 'after', weight: 2 }],
  ['Sync', argo('Sync'), { ...ofArgo, place: 'with' }],
  ['Sync in an early wave', argo('Sync', wave('-1')), { ...ofArgo, weight: -1 }],
  ['Sync in a late wave', argo('Sync', wave('3')), { ...ofArgo, place: 'after', weight: 3 }],
  ['PreSync beside a hook of Helm, as in Argo CD', argo('PreSync', { 'helm.sh/hook': 'post-delete' }), ofArgo],
])('a Job with the hook %s runs in a deployment', (_, metadata, expected) => {
  expect(hookOf(metadata)).toEqual(expected);
  expect(hookProblem('app.yaml:1:1', 'batch/v1', 'Job', metadata)).toBeUndefined();
});

test.each<[object, string]>([
  [helm('post-delete'), 'a deployment never runs this hook'],
  [helm('pre-delete'), 'a deployment never runs this hook'],
  [helm('pre-rollback,post-rollback'), 'a deployment never runs this hook'],
  [helm('crd-install'), 'an object of the namespace'],
  [helm('test'), 'only `helm test` applies this one'],
  [helm('test-success'), 'only `helm test` applies this one'],
  [argo('Skip'), 'a deployment never runs this hook'],
  [argo('SyncFail'), 'a deployment never runs this hook'],
  [argo('PreDelete'), 'a deployment never runs this hook'],
  [argo('PostDelete', { 'helm.sh/hook': 'pre-install' }), 'a deployment never runs this hook'],
  [helm('pre-install,post-upgrade'), 'a hook has one place'],
  [argo('PreSync,PostSync'), 'a hook has one place'],
  [helm('pre-instal'), 'a hook has one place'],
  [helm(''), 'a hook has one place'],
  [helm(true), 'a hook has one place'],
  [helm('pre-install', { 'helm.sh/hook-weight': 'first' }), 'an integer in quotes'],
  [argo('Sync', wave('1.5')), 'an integer in quotes'],
])('a Job with %p is refused: expected %s', (metadata, expected) => {
  const problem = hookProblem('app.yaml:1:1', 'batch/v1', 'Job', metadata);
  expect(problem).toMatchObject({ at: 'app.yaml:1:1', given: expect.stringContaining('"Job" has the annotation ') });
  expect(problem?.expected).toContain(expected);
});

test.each([
  ['v1', 'ConfigMap', helm('pre-install,pre-upgrade'), true],
  ['v1', 'ServiceAccount', argo('PreSync'), true],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding', helm('pre-upgrade,pre-install', { 'helm.sh/hook-weight': '-10' }), true],
  ['external-secrets.io/v1', 'ExternalSecret', argo('PreSync'), true],
  ['v1', 'Secret', helm('pre-install'), false],
  ['v1', 'ConfigMap', helm('post-install,post-upgrade'), false],
  ['v1', 'Pod', helm('pre-install,pre-upgrade'), false],
  ['apps/v1', 'Deployment', argo('PostSync'), false],
  ['argoproj.io/v1alpha1', 'Workflow', argo('PreSync'), false],
  ['v1', 'ConfigMap', helm('test'), false],
  ['v1', 'Service', argo('Skip'), false],
])('%s %s with %p is deployed: %s', (apiVersion, kind, metadata, isDeployed) => {
  expect(hookProblem('chart/object', apiVersion, kind, metadata) === undefined).toBe(isDeployed);
});

test('an object without a hook has no problem, whatever its annotations are', () => {
  for (const metadata of [{}, { annotations: null }, { annotations: [] }, { annotations: { 'helm.sh/chart': 'web-1' } }]) {
    expect([hookOf(metadata), hookProblem('app.yaml:1:1', 'apps/v1', 'Deployment', metadata)]).toEqual([undefined, undefined]);
  }
});
