import type { JsonObject } from '../../../../src/base/json';
import type { KubernetesClient } from '../../../../src/cli/cluster/kubernetes-client';
import { ApiError } from '../../../../src/cli/cluster/status';
import { objectStatus } from '../../../../src/cli/deploy/history/object-status';
import { Owner } from '../../../../src/cli/deploy/objects/owner';

const identity = { project: '42', environment: 'production', app: 'web' };
const ours = new Owner(identity, 'example').mark({ metadata: { name: 'settings', uid: 'u1' } });
const theirs = new Owner({ ...identity, app: 'shop' }, 'example').mark({ metadata: { name: 'settings', uid: 'u1' } });
const recorded = { apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', name: 'settings' };

async function statusOf(uid: string | undefined, answer: JsonObject | number): Promise<string> {
  const get = async () => {
    if (typeof answer === 'number') throw new ApiError('get configmaps settings', answer, { kind: 'Status' });
    return answer;
  };
  return objectStatus({ cluster: { get } as unknown as KubernetesClient, namespace: 'example', identity }, { ...recorded, uid });
}

test.each<[string, string, string | undefined, JsonObject | number]>([
  ['there', 'our object with the recorded uid', 'u1', ours],
  ['there', 'our object when no uid is recorded', undefined, ours],
  ['another', 'an object with another uid', 'u2', ours],
  ['another', 'an object of another application', undefined, theirs],
  ['another', 'an object without an owner', undefined, { metadata: { name: 'settings' } }],
  ['missing', 'an object that does not exist', 'u1', 404],
  ['unreadable', 'an object that the credential may not read', 'u1', 403],
])('the status is "%s" for %s', async (expected, _, uid, answer) => {
  expect(await statusOf(uid, answer)).toBe(expected);
});

test('an error of the server is no status', async () => {
  await expect(statusOf('u1', 500)).rejects.toThrow('500');
});
