import { extract, ownFields, takenOver } from '../../../src/cli/deploy/managed-fields';
import type { JsonObject } from '../../../src/private/json';

function live(managedFields: JsonObject[], more: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'example', managedFields }, ...more };
}

const entry = (manager: string, operation: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject => ({ manager, operation, apiVersion: 'v1', fieldsV1, ...more });

describe('fields of earlier managers', () => {
  test.each(['kubectl-client-side-apply', 'kubectl', 'helm', 'kapp'])('of %s become ours', (manager) => {
    expect(takenOver(live([entry(manager, 'Update', { 'f:data': { 'f:a': {} } })]))).toEqual([
      entry('cdk8s-ci-deploy', 'Apply', { 'f:data': { 'f:a': {} } }),
    ]);
  });

  test('are added to those that are ours already', () => {
    const fields = takenOver(live([
      entry('cdk8s-ci-deploy', 'Apply', { 'f:data': { '.': {}, 'f:a': {} } }),
      entry('helm', 'Apply', { 'f:data': { 'f:b': {} } }),
      entry('somebody', 'Update', { 'f:data': { 'f:c': {} } }),
    ]));
    expect(fields).toEqual([
      entry('somebody', 'Update', { 'f:data': { 'f:c': {} } }),
      entry('cdk8s-ci-deploy', 'Apply', { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } }),
    ]);
  });

  test.each<[string, JsonObject]>([
    ['of anyone else', entry('kubectl-edit', 'Update', {})],
    ['of a status', entry('kubectl', 'Update', {}, { subresource: 'status' })],
    ['of our own', entry('cdk8s-ci-deploy', 'Apply', {})],
  ])('%s stay', (_, one) => {
    expect(takenOver(live([one]))).toBeUndefined();
  });
});

test('our fields are those that were applied, not what this command has otherwise changed', () => {
  expect(ownFields(live([entry('cdk8s-ci-deploy', 'Update', { 'f:data': {} }), entry('cdk8s-ci-deploy', 'Apply', { 'f:metadata': {} })]))).toEqual({ 'f:metadata': {} });
});

describe('what was applied can be read off the fields', () => {
  test.each<[string, JsonObject, JsonObject, JsonObject]>([
    ['some keys of a map', { data: { a: '1', b: '2' } }, { 'f:data': { 'f:a': {} } }, { data: { a: '1' } }],
    ['a map that is there without keys of ours', { data: { b: '2' } }, { 'f:data': { '.': {} } }, { data: {} }],
    ['a map that is replaced as one', { spec: { selector: { app: 'web' } } }, { 'f:spec': { 'f:selector': {} } }, { spec: { selector: { app: 'web' } } }],
    ['items of a list by their keys', { ports: [{ port: 80, protocol: 'TCP', nodePort: 3 }, { port: 81, protocol: 'TCP' }] },
      { 'f:ports': { '.': {}, 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } } }, { ports: [{ port: 80, protocol: 'TCP' }] }],
    ['values of a set', { finalizers: ['a', 'b'] }, { 'f:finalizers': { '.': {}, 'v:"a"': {} } }, { finalizers: ['a'] }],
    ['a field that is gone', {}, { 'f:data': { 'f:a': {} } }, {}],
  ])('%s', (_, object, fields, expected) => {
    expect(extract(live([], object), fields)).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'example' }, ...expected });
  });
});
