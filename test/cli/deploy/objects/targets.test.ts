import type { ApiResource, KubernetesClient } from '../../../../src/cli/cluster/kubernetes-client';
import { Owner } from '../../../../src/cli/deploy/objects/owner';
import { ReleaseObject } from '../../../../src/cli/deploy/objects/release';
import { pathOf, targetsOf } from '../../../../src/cli/deploy/objects/targets';

const owner = new Owner({ project: '42', environment: 'production', app: 'web' }, 'example');

function object(apiVersion: string, kind: string): ReleaseObject {
  return { at: 'app.yaml:1:1', apiVersion, kind, name: 'web', value: { apiVersion, kind, metadata: { name: 'web' } } };
}

const resource = (version: string, kind: string, namespaced = true): ApiResource => ({
  group: 'example.com', version, kind, resource: `${kind.toLowerCase()}s`, namespaced, verbs: ['get'],
});

function serving(...served: ApiResource[]): { readonly cluster: KubernetesClient; readonly calls: () => number } {
  let calls = 0;
  const resources = async () => {
    calls += 1;
    return served;
  };
  return { cluster: { resources } as unknown as KubernetesClient, calls: () => calls };
}

describe('targetsOf', () => {
  test('knows the paths of built-in kinds without a request, and marks the objects', async () => {
    const { cluster, calls } = serving();
    const targets = await targetsOf(cluster, [object('apps/v1', 'Deployment'), object('v1', 'ConfigMap')], 'example', owner);
    expect(targets.map(({ path }) => path)).toEqual(['/apis/apps/v1/namespaces/example/deployments/web', '/api/v1/namespaces/example/configmaps/web']);
    expect(targets.map(({ applied }) => owner.of(applied))).toEqual(['ours', 'ours']);
    expect(calls()).toBe(0);
  });

  test('asks the server for the paths of custom resources', async () => {
    const { cluster, calls } = serving(resource('v1', 'Widget'));
    const targets = await targetsOf(cluster, [object('example.com/v1', 'Widget'), object('example.com/v1', 'Widget')], 'example', owner);
    expect(targets.map(({ path }) => path)).toEqual(Array(2).fill('/apis/example.com/v1/namespaces/example/widgets/web'));
    expect(calls()).toBe(1);
  });

  test('rejects kinds that the cluster does not serve, and suggests a version that it serves', async () => {
    const { cluster } = serving(resource('v1', 'Widget'), resource('v1', 'Node', false));
    await expect(targetsOf(cluster, ['Widget', 'Gadget', 'Node'].map((kind) => object(kind === 'Node' ? 'example.com/v1' : 'example.com/v2', kind)), 'example', owner)).rejects.toThrow([
      '3 of 3 objects cannot be applied, so nothing was written',
      '  app.yaml:1:1: Widget web: the cluster has no Widget in example.com/v2; use example.com/v1, or let an administrator install its custom resource definition',
      '  app.yaml:1:1: Gadget web: the cluster has no Gadget in example.com/v2; correct a misspelled kind or apiVersion, or let an administrator install its custom resource definition',
      '  app.yaml:1:1: Node web: Node.example.com is cluster-scoped; move it to the manifests that an administrator applies',
    ].join('\n'));
  });
});

test('the path of an object distinguishes the core group from the others', () => {
  expect(pathOf({ apiVersion: 'v1', kind: 'Secret', resource: 'secrets', name: 'a' }, 'n')).toBe('/api/v1/namespaces/n/secrets/a');
  expect(pathOf({ apiVersion: 'batch/v1', kind: 'Job', resource: 'jobs', name: 'a' }, 'n')).toBe('/apis/batch/v1/namespaces/n/jobs/a');
});
