import type { JsonObject } from '../../../../src/base/json';
import { appliedFields, applierAmong, EARLIER_MANAGERS, extract, joinedManagers } from '../../../../src/cli/deploy/objects/managed-fields';

function live(managedFields: JsonObject[], more: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'example', managedFields }, ...more };
}

const entry = (manager: string, operation: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject => ({ manager, operation, apiVersion: 'v1', fieldsV1, ...more });

const into = 'cdk8s-ci-deploy-web';
const join = (...entries: JsonObject[]) => joinedManagers(live(entries), { from: EARLIER_MANAGERS, into });

describe('joinedManagers', () => {
  test.each(['kubectl-client-side-apply', 'kubectl', 'helm', 'kapp'])('gives us the fields of %s', (manager) => {
    expect(join(entry(manager, 'Update', { 'f:data': { 'f:a': {} } }))).toEqual([entry(into, 'Apply', { 'f:data': { 'f:a': {} } })]);
  });

  test('gives us the fields that this command had applied for all applications', () => {
    const shared = entry('cdk8s-ci-deploy', 'Apply', { 'f:data': { 'f:a': {} } });
    expect(joinedManagers(live([shared]), { from: new Set(['cdk8s-ci-deploy']), into })).toEqual([entry(into, 'Apply', { 'f:data': { 'f:a': {} } })]);
  });

  test('adds the fields of other managers to ours', () => {
    const fields = join(
      entry(into, 'Apply', { 'f:data': { '.': {}, 'f:a': {} } }),
      entry('helm', 'Apply', { 'f:data': { 'f:b': {} } }),
      entry('somebody', 'Update', { 'f:data': { 'f:c': {} } }),
    );
    expect(fields).toEqual([
      entry('somebody', 'Update', { 'f:data': { 'f:c': {} } }),
      entry(into, 'Apply', { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } }),
    ]);
  });

  test.each<[string, JsonObject]>([
    ['another manager', entry('kubectl-edit', 'Update', {})],
    ['the status', entry('kubectl', 'Update', {}, { subresource: 'status' })],
    ['our own manager', entry(into, 'Apply', {})],
  ])('leaves the fields of %s alone', (_, one) => {
    expect(join(one)).toBeUndefined();
  });
});

describe('appliedFields', () => {
  const object = live([entry(into, 'Update', { 'f:data': {} }), entry(into, 'Apply', { 'f:metadata': {} }), entry('kapp', 'Apply', { 'f:data': {} })]);

  test('has the fields that the manager has applied, not those that it has changed otherwise', () => {
    expect(appliedFields(object, into)).toEqual({ 'f:metadata': {} });
  });

  test('is nothing for a manager that has applied nothing', () => {
    expect(appliedFields(object, 'helm')).toBeUndefined();
  });
});

test.each<[string[], string | undefined]>([
  [['helm', 'kapp'], 'kapp'],
  [['helm'], undefined],
])('applierAmong finds who of %j has applied the object', (managers, expected) => {
  expect(applierAmong(live([entry('helm', 'Update', {}), entry('kapp', 'Apply', {})]), new Set(managers))).toBe(expected);
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
