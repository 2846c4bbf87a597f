import { HttpError } from '../../../src/cli/base/failure';
import { find } from '../../../src/cli/cluster/find';
import { KubernetesClient } from '../../../src/cli/cluster/kubernetes-client';
import { ApiError } from '../../../src/cli/cluster/status';

function clusterWith(answer: () => Promise<object>): KubernetesClient {
  return { get: answer } as unknown as KubernetesClient;
}

function failing(error: Error): KubernetesClient {
  return clusterWith(async () => {
    throw error;
  });
}

test('find returns an object that exists', async () => {
  expect(await find(clusterWith(async () => ({ kind: 'Pod' })), '/a')).toEqual({ kind: 'Pod' });
});

test('find returns undefined after a 404 of the API server', async () => {
  expect(await find(failing(new ApiError('get pods a', 404, { kind: 'Status' })), '/a')).toBeUndefined();
});

test.each([new ApiError('get pods a', 403, { kind: 'Status' }), new HttpError('404 of a proxy', 404)])('find throws other errors: %s', async (error) => {
  await expect(find(failing(error), '/a')).rejects.toBe(error);
});
