import type { JsonObject } from '../../../../src/base/json';
import { fieldAt } from '../../../../src/cli/deploy/objects/fields';
import { containerDefaults, withContainerDefaults } from '../../../../src/cli/deploy/plan/quota';

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
    const workload = { kind: 'Deployment', spec: { replicas: 2, template: { metadata: {}, spec: { containers: [container], initContainers: [container] } } } };
    const { containers, initContainers } = fieldAt(withContainerDefaults(workload, defaults), 'spec', 'template', 'spec') as Record<string, JsonObject[]>;
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
