import { Administrator, Any, until } from './administrator';
import { Exchange } from './proxy';

/**
 * Waits until a cluster is at rest after the writes through the proxy, so that the next request meets the same state in every run. At rest,
 * controllers have reconciled the namespace, deleted objects are gone, the authorizer knows the RoleBindings, and deleted tokens are rejected.
 */
export class Rest {
  private readonly changedNamespaces = new Set<string>();
  private readonly bindings: Any[] = [];
  private readonly deleted = new Set<string>();
  private readonly ended = new Set<string>();

  public constructor(private readonly administrator: Administrator) {}

  /** Notes a request. */
  public note({ method, path, status = 0, answer = '', server }: Exchange): void {
    const isWrite = method !== 'GET' && status >= 200 && status < 300 && !path.includes('dryRun');
    const [, namespace = ''] = /\/namespaces\/([^/?]+)/.exec(path) ?? [];
    if (server !== 'kubernetes' || !isWrite) return;
    if (/\/apis\/(?:apps|batch)\//.test(path)) this.changedNamespaces.add(namespace);
    // A deleted RoleBinding stays in effect for a moment. No command depends on that.
    if (/\/rolebindings/.test(path) && method !== 'DELETE') this.bindings.push(JSON.parse(answer));
    if (method === 'DELETE') this.deleted.add(path.replace(/\?.*/, ''));
    if (method === 'DELETE' && /\/(?:secrets|serviceaccounts)\//.test(path)) {
      const { details, metadata } = JSON.parse(answer);
      this.ended.add(details?.uid ?? metadata.uid);
    }
  }

  /** Resolves when the server is ready for requests with these Authorization headers. */
  public async come(authorizations: ReadonlySet<string>): Promise<void> {
    for (const namespace of this.changedNamespaces) await until(`the workloads in ${namespace} are at rest`, async () => this.isAtRest(namespace));
    this.changedNamespaces.clear();
    for (const path of this.deleted) await until(`${path} is gone`, async () => !(await this.administrator.find(path))?.metadata.deletionTimestamp);
    this.deleted.clear();
    for (const binding of this.bindings.splice(0)) await until('a RoleBinding has effect', async () => this.isAllowed(binding));
    for (const authorization of authorizations) await this.untilForgotten(authorization.replace(/^Bearer /, ''));
  }

  private async untilForgotten(token: string): Promise<void> {
    const claims = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1];
    if (claims === undefined) return;
    const { secret, serviceaccount } = JSON.parse(Buffer.from(claims, 'base64url').toString())['kubernetes.io'] ?? {};
    if ([secret, serviceaccount].some((bound) => this.ended.has(bound?.uid))) await until('a token is forgotten', async () => await this.administrator.statusOf(token) === 401);
  }

  /** Whether the authorizer allows the first subject all rights of the role. */
  public async isAllowed({ metadata: { namespace }, subjects: [subject] = [], roleRef }: Any): Promise<boolean> {
    const scope = roleRef.kind === 'Role' ? `/namespaces/${namespace}/roles` : '/clusterroles';
    const { rules = [] } = await this.administrator.get(`/apis/rbac.authorization.k8s.io/v1${scope}/${roleRef.name}`);
    const user = subject.kind === 'ServiceAccount' ? `system:serviceaccount:${subject.namespace ?? namespace}:${subject.name}` : subject.name;
    for (const { apiGroups: [group] = [], resources: [resource] = [], verbs: [verb], resourceNames: [name] = [] } of rules) {
      if (resource === undefined) continue;
      const [plural, subresource] = resource.split('/');
      const resourceAttributes = { namespace, group, resource: plural, subresource, verb, name };
      const { status } = await this.administrator.create('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user, groups: subject.kind === 'Group' ? [subject.name] : [], resourceAttributes },
      });
      if (!status.allowed) return false;
    }
    return true;
  }

  private async isAtRest(namespace: string): Promise<boolean> {
    const [pods, replicaSets, deployments, statefulSets, jobs] = await Promise.all([
      `/api/v1/namespaces/${namespace}/pods`,
      ...['replicasets', 'deployments', 'statefulsets'].map((resource) => `/apis/apps/v1/namespaces/${namespace}/${resource}`),
      `/apis/batch/v1/namespaces/${namespace}/jobs`,
    ].map(async (path) => this.administrator.list(path))) as [Any[], Any[], Any[], Any[], Any[]];
    const isStuck = (owner: Any) => ownedBy(owner, pods).some(hasWaitingContainer);
    const isNewSetStuck = (deployment: Any) => ownedBy(deployment, replicaSets).some((set) => isOfRevision(set, deployment) && isStuck(set));
    return ![...pods, ...replicaSets, ...deployments, ...statefulSets, ...jobs].some(({ metadata }) => metadata.deletionTimestamp)
      && deployments.every((deployment) => isRolledOut(deployment) || isNewSetStuck(deployment))
      && statefulSets.every((set) => isReady(set) || isStuck(set))
      && jobs.every((job) => hasEnded(job) || isStuck(job));
  }
}

function ownedBy(owner: Any, objects: Any[]): Any[] {
  return objects.filter(({ metadata: { ownerReferences = [] } }) => ownerReferences.some(({ uid }: Any) => uid === owner.metadata.uid));
}

function hasWaitingContainer({ status }: Any): boolean {
  return (status.containerStatuses ?? []).some(({ state }: Any) => state?.waiting);
}

function isReady({ metadata, spec, status }: Any): boolean {
  const { observedGeneration, readyReplicas, currentRevision, updateRevision } = status;
  return observedGeneration === metadata.generation && readyReplicas === spec.replicas && currentRevision === updateRevision;
}

function hasEnded({ status }: Any): boolean {
  return (status?.conditions ?? []).some(({ type, status: isSo }: Any) => ['Complete', 'Failed'].includes(type) && isSo === 'True');
}

const REVISION = 'deployment.kubernetes.io/revision';

function isOfRevision(set: Any, deployment: Any): boolean {
  return deployment.status?.observedGeneration === deployment.metadata.generation
    && set.metadata.annotations?.[REVISION] === deployment.metadata.annotations?.[REVISION];
}

function isRolledOut({ metadata, spec, status = {} }: Any): boolean {
  const { observedGeneration, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  return observedGeneration === metadata.generation && [replicas, updatedReplicas, availableReplicas].every((count) => count === spec.replicas);
}
