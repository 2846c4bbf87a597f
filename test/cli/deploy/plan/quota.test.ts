import type { JsonObject } from '../../../../src/base/json';
import { fieldAt } from '../../../../src/cli/deploy/objects/fields';
import type { PlannedChange } from '../../../../src/cli/deploy/objects/planned-change';
import { containerDefaults, requestsOf, withContainerDefaults } from '../../../../src/cli/deploy/plan/quota';

const range = (...limits: JsonObject[]): JsonObject => ({ spec: { limits } });
const NONE = { limits: {}, requests: {} };

test.each<[string, JsonObject[], JsonObject]>([
  ['no LimitRange', [], NONE],
  ['one for containers', [range({ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '500m' } })], { limits: { cpu: '1' }, requests: { cpu: '500m' } }],
  ['those for pods and claims', [range({ type: 'Pod', max: { cpu: '1' } }, { type: 'PersistentVolumeClaim', min: { storage: '1Gi' } })], NONE],
  ['two LimitRanges', [
    range({ type: 'Container', default: { cpu: '1' } }), range({ type: 'Container', default: { cpu: '2', memory: '1Gi' } }),
  ], { limits: { cpu: '1', memory: '1Gi' }, requests: {} }],
])('the defaults of %s are read from the first LimitRange with a value', (_, ranges, expected) => {
  expect(containerDefaults(ranges)).toEqual(expected);
});

describe('the defaults of a LimitRange', () => {
  const defaults = { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '1' } };
  const resourcesOf = (resources: JsonObject | undefined) => {
    const container: JsonObject = { name: 'c', ...resources && { resources } };
    const deployment = { kind: 'Deployment', spec: { replicas: 2, template: { metadata: {}, spec: { containers: [container], initContainers: [container] } } } };
    const { containers, initContainers } = fieldAt(withContainerDefaults(deployment, defaults), 'spec', 'template', 'spec') as Record<string, JsonObject[]>;
    expect(initContainers).toEqual(containers);
    return containers![0]!.resources;
  };

  test.each<[string, JsonObject | undefined, JsonObject]>([
    ['are set on a container without resources', undefined, { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '1' } }],
    ['do not change the resources of a container', { limits: { cpu: '4' }, requests: { cpu: '3', memory: '2Gi' } }, { limits: { cpu: '4', memory: '1Gi' }, requests: { cpu: '3', memory: '2Gi' } }],
    ['do not set a request on a container that has only a limit', { limits: { cpu: '4' } }, { limits: { cpu: '4', memory: '1Gi' }, requests: { cpu: '4' } }],
  ])('%s', (_, given, expected) => {
    expect(resourcesOf(given)).toEqual(expected);
  });

  test('are also set on a Pod, and on no object without pods', () => {
    expect(withContainerDefaults({ kind: 'Pod', spec: { containers: [{ name: 'c' }] } }, defaults)).toEqual({ kind: 'Pod', spec: { containers: [{ name: 'c', resources: defaults }] } });
    const configMap = { kind: 'ConfigMap', data: {} };
    expect(withContainerDefaults(configMap, defaults)).toEqual(configMap);
  });
});

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
