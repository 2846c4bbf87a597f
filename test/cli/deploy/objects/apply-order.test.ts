import type { JsonObject } from '../../../../src/base/json';
import { inOrder, inReverse } from '../../../../src/cli/deploy/objects/apply-order';
import { BEFORE_WORKLOADS } from '../../../../src/cli/deploy/objects/jobs';
import { ReleaseObject } from '../../../../src/cli/deploy/objects/release';

function item(apiVersion: string, kind: string, annotations: Record<string, string> = {}): { readonly object: ReleaseObject } {
  return { object: { at: 'app.yaml:1:1', apiVersion, kind, name: 'web', value: { apiVersion, kind, metadata: { name: 'web', annotations } } } };
}

const ITEMS = [
  item('example.com/v1', 'Widget'),
  item('apps/v1', 'Deployment'),
  item('v1', 'Service'),
  item('batch/v1', 'Job'),
  item('batch/v1', 'Job', { [BEFORE_WORKLOADS]: 'true' }),
  item('rbac.authorization.k8s.io/v1', 'RoleBinding'),
  item('rbac.authorization.k8s.io/v1', 'Role'),
  item('v1', 'Secret'),
  item('v1', 'ServiceAccount'),
];

type Item = (typeof ITEMS)[number];

const kinds = (groups: readonly Item[][]) => groups.map((group) => group.map(({ object }) => object.kind));

test('inOrder puts the objects that workloads need first, custom resources among them, then migrations, then workloads', () => {
  const { before, jobsBefore, workloads, jobsAfter } = inOrder(ITEMS);
  expect(kinds(before)).toEqual([['ServiceAccount'], ['Role'], ['RoleBinding'], ['Service', 'Secret'], ['Widget']]);
  expect(jobsBefore).toEqual([[ITEMS[4]]]);
  expect(kinds(workloads)).toEqual([['Deployment', 'Job'], []]);
  expect(jobsAfter).toEqual([]);
});

const custom = (apiVersion: string, kind: string, spec: JsonObject) => ({ object: { at: 'app.yaml:1:1', apiVersion, kind, name: 'web', value: { apiVersion, kind, metadata: { name: 'web' }, spec } } });
const template = { spec: { containers: [{ name: 'web', image: 'registry.example.com/web:1' }] } };

test.each([
  ['external-secrets.io/v1', 'ExternalSecret', {}, 'before'],
  ['bitnami.com/v1alpha1', 'SealedSecret', { template: { type: 'Opaque' } }, 'before'],
  ['postgresql.cnpg.io/v1', 'Cluster', { instances: 3 }, 'before'],
  ['cert-manager.io/v1', 'Certificate', { secretName: 'tls' }, 'before'],
  ['argoproj.io/v1alpha1', 'Rollout', { template }, 'workload'],
  ['argoproj.io/v1alpha1', 'Rollout', { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } }, 'workload'],
  ['serving.knative.dev/v1', 'Service', { template }, 'workload'],
  ['keda.sh/v1alpha1', 'ScaledObject', { scaleTargetRef: { name: 'web' } }, 'after'],
  ['autoscaling.k8s.io/v1', 'VerticalPodAutoscaler', { targetRef: { kind: 'Deployment', name: 'web' } }, 'after'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute', {}, 'after'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler', { scaleTargetRef: { name: 'web' } }, 'after'],
  ['policy/v1', 'PodDisruptionBudget', {}, 'after'],
  ['networking.k8s.io/v1', 'Ingress', {}, 'after'],
])('%s %s with %j is applied in the group: %s', (apiVersion, kind, spec, group) => {
  const one = custom(apiVersion, kind, spec as unknown as JsonObject);
  const { before, workloads: [workloads, others] } = inOrder([one]);
  expect({ before: before.flat(), workload: workloads, after: others }[group as 'before']).toEqual([one]);
});

const hook = (name: string, annotations: Record<string, string>) => ({ object: { ...item('batch/v1', 'Job', annotations).object, name } });
const helm = (name: string, place: string, weight: string) => hook(name, { 'helm.sh/hook': place, 'helm.sh/hook-weight': weight });
const argo = (name: string, place: string, wave: string) => hook(name, { 'argocd.argoproj.io/hook': place, 'argocd.argoproj.io/sync-wave': wave });

test('inOrder runs hooks in the order of their weights, those of Helm also in the order of their names', () => {
  const { jobsBefore, jobsAfter } = inOrder([
    helm('z', 'pre-install', '-1'), helm('b', 'pre-upgrade', '10'), helm('a', 'pre-install', '10'), argo('d', 'PreSync', '2'), argo('c', 'PreSync', '2'),
    hook('migrate', { [BEFORE_WORKLOADS]: 'true' }), helm('smoke', 'post-install', '0'), argo('notify', 'PostSync', '1'), argo('late', 'Sync', '1'),
  ]);
  const names = (steps: readonly Item[][]) => steps.map((step) => step.map(({ object }) => object.name));
  expect(names(jobsBefore)).toEqual([['z'], ['migrate'], ['d', 'c'], ['a'], ['b']]);
  expect(names(jobsAfter)).toEqual([['smoke'], ['notify', 'late']]);
});

test('inReverse deletes an object before the objects that it needs', () => {
  const groups = inReverse(ITEMS.map(({ object }) => object));
  expect(groups.map((group) => group.map(({ kind }) => kind))).toEqual([['Widget'], ['Deployment', 'Job', 'Job'], ['Service', 'Secret'], ['RoleBinding'], ['Role'], ['ServiceAccount']]);
});

test('inOrder and inReverse keep every object, once', () => {
  const all = [...ITEMS, argo('sync', 'Sync', '0'), helm('smoke', 'post-install', '0'), custom('argoproj.io/v1alpha1', 'Rollout', { template } as unknown as JsonObject), item('autoscaling/v2', 'HorizontalPodAutoscaler')];
  const { before, jobsBefore, workloads, jobsAfter } = inOrder(all);
  const groups = [before, jobsBefore, workloads, jobsAfter].flatMap((group) => group.flat());
  expect([groups.length, new Set(groups).size]).toEqual([all.length, all.length]);
  expect(inReverse(ITEMS.map(({ object }) => object)).flat()).toHaveLength(ITEMS.length);
});
