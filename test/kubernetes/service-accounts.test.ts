import { JsonObject } from '../../src/base/json';
import { serviceAccountUses } from '../../src/kubernetes/service-accounts';

const uses = (object: object) => serviceAccountUses(object as JsonObject).map(({ account, field }) => `${account}: ${field}`);

test.each<[string, object, string[]]>([
  ['a Pod', { kind: 'Pod', spec: { serviceAccountName: 'a' } }, ['a: spec.serviceAccountName']],
  ['a Pod with the old field', { kind: 'Pod', spec: { serviceAccount: 'a' } }, ['a: spec.serviceAccount']],
  ['a CronJob', { spec: { jobTemplate: { spec: { template: { spec: { serviceAccountName: 'a' } } } } } }, ['a: spec.jobTemplate.spec.template.spec.serviceAccountName']],
  ['a custom resource with a list of templates', { spec: { templates: [{}, { serviceAccountName: 'a' }] } }, ['a: spec.templates[1].serviceAccountName']],
  ['a custom resource with a reference', { spec: { auth: { serviceAccountRef: { name: 'a', audiences: [] } } } }, ['a: spec.auth.serviceAccountRef.name']],
  [
    'a token Secret',
    { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { annotations: { 'kubernetes.io/service-account.name': 'a' } } },
    ['a: metadata.annotations["kubernetes.io/service-account.name"]'],
  ],
])('the account of %s is found', (_, object, expected) => {
  expect(uses(object)).toEqual(expected);
});

test.each<[string, object]>([
  ['the text of a ConfigMap', { kind: 'ConfigMap', data: { serviceAccountName: 'a' } }],
  ['the subjects of a RoleBinding', { kind: 'RoleBinding', subjects: [{ kind: 'ServiceAccount', serviceAccountName: 'a' }] }],
  ['a Secret of another type with the annotation', { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { annotations: { 'kubernetes.io/service-account.name': 'a' } } }],
  ['an empty name', { kind: 'Pod', spec: { serviceAccountName: '', containers: [] } }],
])('%s uses no account', (_, object) => {
  expect(uses(object)).toEqual([]);
});
