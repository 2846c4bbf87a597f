import { Unreachable } from '../../../src/cli/base/failure';
import { connectCluster } from '../../../src/cli/cluster/connect';
import { KubernetesClient } from '../../../src/cli/cluster/kubernetes-client';
import { FakeClock } from '../../support/fake-clock';
import { answerJson, httpsServer } from '../../support/loopback';
import { TestAuthority } from '../../support/x509';

const CA = new TestAuthority();

/** An API server that serves these paths. A number is the status of an error. */
async function serverWith(answers: Record<string, unknown>): Promise<{ readonly cluster: KubernetesClient; readonly asked: string[] }> {
  const asked: string[] = [];
  const { port } = await httpsServer(CA.issue(), ({ url = '' }, response) => {
    asked.push(url);
    const answer = answers[url];
    if (typeof answer === 'number') response.writeHead(answer).end('service unavailable');
    else answerJson(response, answer === undefined ? 404 : 200, answer ?? {});
  });
  const connection = { server: `https://127.0.0.1:${port}`, certificateAuthority: CA.certificate, credentials: { description: '', present: async () => ({}) } };
  const { signal } = new AbortController();
  const cluster = connectCluster(connection, { variables: {}, clock: new FakeClock(), signal });
  return { cluster, asked };
}

const PODS = { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true, verbs: ['get', 'list'] };
const DEPLOYMENTS = { group: 'apps', version: 'v1', kind: 'Deployment', resource: 'deployments', namespaced: true, verbs: ['get'] };
const NODES = { group: '', version: 'v1', kind: 'Node', resource: 'nodes', namespaced: false, verbs: ['get'] };

test('resources are read with two requests by aggregated discovery', async () => {
  const of = (resource: string, kind: string, scope: string, verbs: string[]) => ({ resource, responseKind: { group: '', version: '', kind }, scope, verbs });
  const { cluster, asked } = await serverWith({
    '/api': {
      kind: 'APIGroupDiscoveryList',
      items: [{ metadata: {}, versions: [{ version: 'v1', resources: [of('pods', 'Pod', 'Namespaced', ['get', 'list']), of('nodes', 'Node', 'Cluster', ['get'])] }] }],
    },
    '/apis': {
      kind: 'APIGroupDiscoveryList',
      items: [
        { metadata: { name: 'apps' }, versions: [{ version: 'v1', freshness: 'Current', resources: [of('deployments', 'Deployment', 'Namespaced', ['get'])] }] },
        { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1beta1', freshness: 'Stale' }] },
      ],
    },
  });

  expect(await cluster.resources()).toEqual([PODS, NODES, DEPLOYMENTS]);
  expect(asked.sort()).toEqual(['/api', '/apis']);
  expect(cluster.warnings).toEqual(['the resources of "metrics.k8s.io/v1beta1" are not known: the server behind it does not answer']);
  cluster.close();
});

test('resources of an older server are read per group and version, and a failed group becomes a warning', async () => {
  const { cluster, asked } = await serverWith({
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/api/v1': {
      kind: 'APIResourceList',
      resources: [
        { name: 'pods', kind: 'Pod', namespaced: true, verbs: ['get', 'list'] },
        { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get'] },
        { name: 'nodes', kind: 'Node', namespaced: false, verbs: ['get'] },
      ],
    },
    '/apis': {
      kind: 'APIGroupList',
      groups: [{ name: 'apps', versions: [{ groupVersion: 'apps/v1' }] }, { name: 'metrics.k8s.io', versions: [{ groupVersion: 'metrics.k8s.io/v1beta1' }] }],
    },
    '/apis/apps/v1': { kind: 'APIResourceList', resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['get'] }] },
    '/apis/metrics.k8s.io/v1beta1': 503,
  });

  expect(await cluster.resources()).toEqual([PODS, NODES, DEPLOYMENTS]);
  expect(asked.sort()).toEqual(['/api', '/api/v1', '/apis', '/apis/apps/v1', '/apis/metrics.k8s.io/v1beta1']);
  expect(cluster.warnings).toEqual([expect.stringContaining('the resources of "metrics.k8s.io/v1beta1" are not known: get ')]);
  cluster.close();
});

test('a server without any answer is unreachable, not empty', async () => {
  const { cluster } = await serverWith({ '/api': 503, '/apis': 503 });

  await expect(cluster.resources()).rejects.toThrow(Unreachable);
  cluster.close();
});
