import type { JsonObject } from '../../../../src/base/json';
import { appliedFields, applierAmong, extract, isDeployTool, joinedManagers, otherManagers, ownsReplicas, takenManagers } from '../../../../src/cli/deploy/objects/managed-fields';

function live(managedFields: JsonObject[], more: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'example', managedFields }, ...more };
}

const entry = (manager: string, operation: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject => ({ manager, operation, apiVersion: 'v1', fieldsV1, ...more });

const into = 'cdk8s-ci-deploy-web';
const tools = isDeployTool;
const from = new Set(['cdk8s-ci-deploy']);
const join = (...entries: JsonObject[]) => joinedManagers(live(entries), { from, tools, into });

describe('joinedManagers', () => {
  test.each(['kubectl-client-side-apply', 'kubectl', 'helm', 'kapp'])('takes over the fields of %s', (manager) => {
    expect(join(entry(manager, 'Update', { 'f:data': { 'f:a': {} } }))).toEqual([entry(into, 'Apply', { 'f:data': { 'f:a': {} } })]);
  });

  test('takes over the fields of the manager that all applications shared', () => {
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

  test('leaves finalizers and owner references to the manager that has written them', () => {
    const metadata = { 'f:finalizers': { 'v:"example.com/a"': {} }, 'f:ownerReferences': { 'k:{"uid":"u"}': {} }, 'f:labels': { 'f:app': {} } };
    const { 'f:labels': labels, ...protectedFields } = metadata;
    const before = live([entry('kubectl-create', 'Update', { 'f:metadata': metadata })]);
    const after = [entry('kubectl-create', 'Update', { 'f:metadata': protectedFields }), entry(into, 'Apply', { 'f:metadata': { 'f:labels': labels } })];
    expect(joinedManagers(before, { from, tools, into })).toEqual(after);
    expect(joinedManagers(live(after), { from, tools, into })).toBeUndefined();
    expect(takenManagers(before, { from, tools, into })).toEqual([{ manager: 'kubectl-create', fields: { 'f:metadata': { 'f:labels': labels } } }]);
    expect(otherManagers(before, { from, tools, into })).toEqual([{ manager: 'kubectl-create', fields: { 'f:metadata': protectedFields } }]);
  });

  test('takes over finalizers of the manager that all applications shared', () => {
    const fields = { 'f:metadata': { 'f:finalizers': { 'v:"example.com/a"': {} } } };
    expect(joinedManagers(live([entry('cdk8s-ci-deploy', 'Apply', fields)]), { from, tools, into })).toEqual([entry(into, 'Apply', fields)]);
  });

  test('takes over the replicas that kubectl scale has written, as a field of the object itself', () => {
    const fields = { 'f:spec': { 'f:replicas': {} } };
    expect(join(entry('kubectl', 'Update', fields, { subresource: 'scale' }))).toEqual([entry(into, 'Apply', fields)]);
  });

  test('writes the fields in the API version of the object', () => {
    const older = { ...entry('kubectl-autoscale', 'Update', { 'f:spec': { 'f:maxReplicas': {} } }), apiVersion: 'autoscaling/v1' };
    const current = { ...entry('kubectl-edit', 'Update', { 'f:spec': { 'f:metrics': {} } }), apiVersion: 'autoscaling/v2' };
    const object = { ...live([older, current]), apiVersion: 'autoscaling/v2' };
    expect(joinedManagers(object, { from, tools, into })).toEqual([
      { ...entry(into, 'Apply', { 'f:spec': { 'f:maxReplicas': {}, 'f:metrics': {} } }), apiVersion: 'autoscaling/v2' },
    ]);
  });

  test.each<[string, JsonObject]>([
    ['another manager', entry('somebody', 'Update', { 'f:data': {} })],
    ['the status', entry('kubectl', 'Update', { 'f:status': {} }, { subresource: 'status' })],
    ['our own manager', entry(into, 'Apply', {})],
  ])('does not take over the fields of %s', (_, one) => {
    expect(join(one)).toBeUndefined();
  });
});

describe('replicas that are left to an autoscaler', () => {
  const owned = (fields: JsonObject) => entry(into, 'Apply', fields, { apiVersion: 'apps/v1' });
  const given = (object: JsonObject) => joinedManagers(object, { from, tools, into, leavesReplicas: true });

  test.each<[string, JsonObject, JsonObject]>([
    ['with other fields of the spec', { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } }, { 'f:spec': { 'f:paused': {} } }],
    ['as the only field of the spec, since an empty set would stand for the whole spec', { 'f:metadata': {}, 'f:spec': { 'f:replicas': {} } }, { 'f:metadata': {} }],
  ])('are given up %s', (_, before, after) => {
    const object = live([owned(before)]);
    expect(given(object)).toEqual([owned(after)]);
    expect(ownsReplicas(object, { from, tools, into })).toBe(true);
  });

  test('are not taken over from another manager', () => {
    const object = live([owned({ 'f:spec': { 'f:paused': {} } }), entry('helm', 'Update', { 'f:spec': { 'f:replicas': {} } })]);
    expect(given(object)).toEqual([owned({ 'f:spec': { 'f:paused': {} } })]);
    expect(ownsReplicas(object, { from, tools, into })).toBe(true);
  });

  test.each<[string, JsonObject]>([
    ['nobody owns them', owned({ 'f:spec': { 'f:paused': {} } })],
    ['the autoscaler owns them', entry('kube-controller-manager', 'Update', { 'f:spec': { 'f:replicas': {} } }, { subresource: 'scale' })],
  ])('change nothing when %s', (_, one) => {
    expect(given(live([one]))).toBeUndefined();
    expect(ownsReplicas(live([one]), { from, tools, into })).toBe(false);
  });
});

describe('appliedFields', () => {
  const object = live([entry(into, 'Update', { 'f:data': {} }), entry(into, 'Apply', { 'f:metadata': {} }), entry('kapp', 'Apply', { 'f:data': {} })]);

  test('returns the fields that the manager has applied, and not those that it has updated', () => {
    expect(appliedFields(object, into)).toEqual({ 'f:metadata': {} });
  });

  test('returns nothing for a manager that has applied nothing', () => {
    expect(appliedFields(object, 'helm')).toBeUndefined();
  });
});

test.each<[string[], string | undefined]>([
  [['helm', 'kapp'], 'kapp'],
  [['helm'], undefined],
])('applierAmong finds the one of %j that has applied the object', (managers, expected) => {
  expect(applierAmong(live([entry('helm', 'Update', {}), entry('kapp', 'Apply', {})]), new Set(managers))).toBe(expected);
});

describe('extract', () => {
  test.each<[string, JsonObject, JsonObject, JsonObject]>([
    ['returns some keys of a map', { data: { a: '1', b: '2' } }, { 'f:data': { 'f:a': {} } }, { data: { a: '1' } }],
    ['returns an empty map when the manager owns none of its keys', { data: { b: '2' } }, { 'f:data': { '.': {} } }, { data: {} }],
    ['returns an atomic map as a whole', { spec: { selector: { app: 'web' } } }, { 'f:spec': { 'f:selector': {} } }, { spec: { selector: { app: 'web' } } }],
    ['returns items of a list by their keys', { ports: [{ port: 80, protocol: 'TCP', nodePort: 3 }, { port: 81, protocol: 'TCP' }] },
      { 'f:ports': { '.': {}, 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } } }, { ports: [{ port: 80, protocol: 'TCP' }] }],
    ['returns values of a set', { finalizers: ['a', 'b'] }, { 'f:finalizers': { '.': {}, 'v:"a"': {} } }, { finalizers: ['a'] }],
    ['omits a field that was removed', {}, { 'f:data': { 'f:a': {} } }, {}],
  ])('%s', (_, object, fields, expected) => {
    expect(extract(live([], object), fields)).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'example' }, ...expected });
  });
});

test.each([
  'kubectl', 'kubectl-create', 'kubectl-replace', 'kubectl-set', 'kubectl-edit', 'kubectl-patch', 'kubectl-client-side-apply', 'kubectl.exe', 'before-first-apply', 'helm',
  'Terraform', 'HashiCorp', 'terraform-provider-helm_v2.9.0_x5', 'argocd-controller', 'argocd-application-controller', 'kustomize-controller', 'helm-controller', 'kapp',
  'kapp-server-side-apply', 'pulumi-kubernetes', 'pulumi-kubernetes-0a1b2c3d',
])('%s is a deploy tool', (manager) => expect(isDeployTool(manager)).toBe(true));

test.each([
  'kube-controller-manager', 'kubelet', 'kubectl-neat', 'Go-http-client', 'helm-operator', 'kapp-controller-2', 'argocd-image-updater', 'cdk8s-ci-deploy-web', 'node-fetch', '',
])('%j is not known as a deploy tool', (manager) => expect(isDeployTool(manager)).toBe(false));
