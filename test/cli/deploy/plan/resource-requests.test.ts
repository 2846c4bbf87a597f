import type { JsonObject } from '../../../../src/base/json';
import type { PlannedChange } from '../../../../src/cli/deploy/objects/planned-change';
import { requestsOf } from '../../../../src/cli/deploy/plan/resource-requests';

const container = (requests?: JsonObject, limits?: JsonObject, more: JsonObject = {}): JsonObject => ({ name: 'c', resources: { requests: requests ?? {}, limits: limits ?? {} }, ...more });

function workload(kind: string, spec: JsonObject, ...containers: JsonObject[]): JsonObject {
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'apps/v1';
  return { apiVersion, kind, metadata: { name: 'x' }, spec: { ...spec, template: { spec: { containers } } } };
}

function step(action: PlannedChange['action'], resource: string, after: JsonObject, live?: JsonObject): PlannedChange {
  const [apiVersion, kind] = [String(after.apiVersion), String(after.kind)];
  return { action, resource, after, live, object: { at: 'a.yaml', apiVersion, kind, name: 'x', value: after }, path: '/x', applied: after, changes: [], adopted: false };
}

const web = (replicas: number, cpu = '100m', spec: JsonObject = {}) => workload('Deployment', { replicas, ...spec }, container({ cpu }));

test.each<[string, PlannedChange, Record<string, number>]>([
  ['a new Deployment', step('create', 'deployments', web(3)), { 'count/deployments.apps': 1, 'pods': 3, 'count/pods': 3, 'requests.cpu': 0.3, 'cpu': 0.3 }],
  ['a new ConfigMap', step('create', 'configmaps', { apiVersion: 'v1', kind: 'ConfigMap' }), { 'configmaps': 1, 'count/configmaps': 1 }],
  ['a new Job of three at once', step('create', 'jobs', workload('Job', { parallelism: 5, completions: 3 }, container())), { 'count/jobs.batch': 1, 'pods': 3 }],
  ['a Job in place of another', step('replace', 'jobs', workload('Job', {}, container()), workload('Job', {}, container())), { pods: 1 }],
  ['a limit without a request', step('create', 'deployments', workload('Deployment', {}, container({}, { memory: '1Ki' }))), { 'requests.memory': 1024, 'limits.memory': 1024 }],
  ['more replicas', step('change', 'deployments', web(5), web(2)), { 'pods': 3, 'requests.cpu': 0.3, 'count/deployments.apps': 0 }],
  ['fewer replicas', step('change', 'deployments', web(1), web(2)), { pods: -1 }],
  ['a rolling update: one more pod while it lasts', step('change', 'deployments', web(2, '200m'), web(2)), { 'pods': 1, 'requests.cpu': 0.2 }],
  ['a rolling update in which pods may be missing', step('change', 'deployments', web(4), web(4, '50m')), { 'pods': 0, 'requests.cpu': 0.2 }],
  ['an update by Recreate', step('change', 'deployments', web(2, '200m', { strategy: { type: 'Recreate' } }), web(2)), { 'pods': 0, 'requests.cpu': 0.2 }],
  ['what does not change', step('keep', 'deployments', web(2), web(2)), { pods: 0 }],
])('%s requests the amounts that quotas count', (_, given, expected) => {
  const requests = requestsOf(given);
  for (const [name, amount] of Object.entries(expected)) expect([name, requests.get(name) ?? 0]).toEqual([name, expect.closeTo(amount)]);
});

test('init containers count one at a time, and sidecars together with the containers', () => {
  const spec = {
    containers: [container({ cpu: '1' }), container({ cpu: '2' })],
    initContainers: [container({ cpu: '5' }), container({ cpu: '4' }), container({ cpu: '500m' }, {}, { restartPolicy: 'Always' })],
  };
  const pod = { apiVersion: 'v1', kind: 'Pod', spec };
  expect(requestsOf(step('create', 'pods', pod))).toEqual(new Map([['pods', 1], ['count/pods', 1], ['requests.cpu', 5], ['cpu', 5]]));
});
