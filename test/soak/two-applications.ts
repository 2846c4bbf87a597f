import { setTimeout as sleep } from 'node:timers/promises';
import { APPS, AppName } from './interleaving';
import { LiveObject } from './state';
import { Kubeconfig } from '../../src';
import { isObject, JsonObject } from '../../src/base/json';
import { KubernetesClient } from '../../src/cli/cluster/kubernetes-client';
import { collectionPath } from '../../src/cli/cluster/paths';
import { FaultProxy } from '../cluster/fault-proxy';

const RBAC = 'rbac.authorization.k8s.io';

/** The kinds that an application may have. */
const RESOURCES = [
  ...['configmaps', 'secrets', 'serviceaccounts', 'services', 'persistentvolumeclaims'].map((resource) => ({ group: '', resource })),
  { group: RBAC, resource: 'roles' }, { group: 'apps', resource: 'deployments' }, { group: 'batch', resource: 'jobs' },
  { group: 'coordination.k8s.io', resource: 'leases' },
];

const WORKLOADS = RESOURCES.filter(({ resource }) => ['deployments', 'jobs'].includes(resource));

/**
 * A namespace with a ServiceAccount for each of two applications. An administrator's client creates it, because kubectl would block this process.
 */
export class NamespaceOfTwo {
  /** @param proxies Between each application and the server. */
  public static async make(admin: KubernetesClient, name: string, proxies: Readonly<Record<AppName, FaultProxy>>): Promise<NamespaceOfTwo> {
    const core = (resource: string) => collectionPath({ group: '', version: 'v1', resource, namespace: name });
    await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await admin.create(collectionPath({ group: RBAC, version: 'v1', resource: 'rolebindings', namespace: name }), {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'applications' },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'admin' },
      subjects: APPS.map((app) => ({ kind: 'ServiceAccount', name: app, namespace: name })),
    });
    const kubeconfigs = await Promise.all(APPS.map(async (app) => {
      await admin.create(core('serviceaccounts'), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: app } });
      const { status } = await admin.create(`${core('serviceaccounts')}/${app}/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
      const certificateAuthorityData = Buffer.from(proxies[app].certificateAuthority).toString('base64');
      const token = String(isObject(status) ? status.token : '');
      return [app, new Kubeconfig({ server: proxies[app].url, certificateAuthorityData, namespace: name, token }).toYaml()] as const;
    }));
    const namespace = new NamespaceOfTwo(admin, name, Object.fromEntries(kubeconfigs) as Record<AppName, string>);
    await Promise.all(APPS.map(async (app) => namespace.untilAllowed(app)));
    return namespace;
  }

  /** The user name of an application's ServiceAccount. */
  public static user(namespace: string, app: AppName): string {
    return `system:serviceaccount:${namespace}:${app}`;
  }

  private constructor(
    private readonly admin: KubernetesClient, public readonly name: string,
    /** The credential of each application. */
    public readonly kubeconfigs: Readonly<Record<AppName, string>>,
  ) {}

  /** All objects of the kinds that an application may have. */
  public async objects(): Promise<LiveObject[]> {
    const lists = await Promise.all(RESOURCES.map(async (one) => this.admin.get(this.pathOf(one))));
    return lists.flatMap(({ kind, items }) => {
      // The items of a list have no kind.
      return (items as JsonObject[]).map((item) => ({ ...item, kind: String(kind).replace(/List$/, '') }) as unknown as LiveObject);
    });
  }

  /** A node runs a limited number of pods. */
  public async removeWorkloads(): Promise<void> {
    await Promise.all(WORKLOADS.map(async (one) => this.admin.delete(this.pathOf(one), { propagation: 'Background' })));
  }

  private pathOf({ group, resource }: typeof RESOURCES[number]): string {
    return collectionPath({ group, version: 'v1', resource, namespace: this.name });
  }

  /** Waits until the authorizer knows the RoleBinding. */
  private async untilAllowed(app: AppName): Promise<void> {
    const spec = { user: NamespaceOfTwo.user(this.name, app), resourceAttributes: { namespace: this.name, verb: 'patch', group: 'apps', resource: 'deployments' } };
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
    for (;;) {
      const { status } = await this.admin.create('/apis/authorization.k8s.io/v1/subjectaccessreviews', review);
      if (isObject(status) && status.allowed === true) return;
      await sleep(20);
    }
  }
}
