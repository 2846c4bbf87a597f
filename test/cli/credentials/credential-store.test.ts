import * as fc from 'fast-check';
import { JsonObject } from '../../../src/base/json';
import { CredentialRecord, credentialSecret, recordMetadata, recordOf } from '../../../src/cli/credentials/credential-store';

const NEW = { name: 'gitlab-example-1', namespace: 'example', serviceAccount: 'gitlab-example', destination: 'file ci.conf' } as const;
const CREATED = '2026-11-24T15:00:00Z';

/** The Secret as the API server returns it. */
function returned(secret: object, known: Partial<CredentialRecord> = {}): JsonObject {
  const { metadata, ...rest } = secret as { metadata: { annotations: object } };
  const { annotations } = recordMetadata(known) as { annotations: object };
  return { ...rest, metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations }, uid: 'u-1', creationTimestamp: CREATED } } as unknown as JsonObject;
}

test('a new credential is a Secret without data that has the label of credentials', () => {
  expect(credentialSecret({ ...NEW, kind: 'bound' })).toMatchInlineSnapshot(`
{
  "apiVersion": "v1",
  "kind": "Secret",
  "metadata": {
    "annotations": {
      "cdk8s-ci-deploy/kept-in": "file ci.conf",
      "cdk8s-ci-deploy/service-account": "gitlab-example",
      "cdk8s-ci-deploy/state": "pending",
    },
    "labels": {
      "cdk8s-ci-deploy/credential": "true",
    },
    "name": "gitlab-example-1",
    "namespace": "example",
  },
  "type": "Opaque",
}
`);
});

test('a token Secret names its ServiceAccount', () => {
  expect(credentialSecret({ ...NEW, kind: 'token-secret' })).toMatchObject({
    type: 'kubernetes.io/service-account-token',
    metadata: { annotations: { 'kubernetes.io/service-account.name': 'gitlab-example' } },
  });
});

test('every record survives writing and reading', () => {
  const time = fc.option(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map(Number), { nil: undefined });
  const records = fc.record({
    kind: fc.constantFrom('bound', 'token-secret'), state: fc.constantFrom('pending', 'stored'), expires: time, endAfter: time, destination: fc.string(),
  });
  fc.assert(fc.property(records, ({ kind, state, expires, endAfter, destination }) => {
    const { name, serviceAccount } = NEW;
    expect(recordOf(returned(credentialSecret({ ...NEW, destination, kind }), { state, expires, endAfter })))
      .toEqual({ name, uid: 'u-1', serviceAccount, kind, destination, state, expires, endAfter, created: Date.parse(CREATED) });
  }));
});

test.each<[string, JsonObject]>([
  ['a Secret without annotations', { metadata: { name: 'x', uid: 'u' } }],
  ['a Secret without metadata', {}],
  ['a Secret with an annotation that is no text', { metadata: { name: 'x', uid: 'u', annotations: { 'cdk8s-ci-deploy/service-account': 1 } } }],
])('%s is no credential', (_, secret) => {
  expect(recordOf(secret)).toBeUndefined();
});
