import type { JsonObject } from '../../../base/json';
import { printable } from '../../../base/printable';
import { show } from '../../../base/user-error';
import { allows, policyRule, RBAC_GROUP, ResourceRequest } from '../../../kubernetes/rbac';
import { serviceAccountUses } from '../../../kubernetes/service-accounts';
import type { AccountRules } from '../../../release/account-rules';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { collectionPath, objectPath } from '../../cluster/paths';
import { ApiError } from '../../cluster/status';
import { listAt, textAt } from '../objects/fields';
import { ObjectProblem, ReleaseRejected } from '../objects/object-problems';
import type { ReleaseObject } from '../objects/release';

export interface BoundAccountOptions {
  readonly namespace: string;
  readonly accounts: AccountRules;
  /** Gets a line when the credential may not read the bindings. */
  readonly say: (line: string) => void;
}

/**
 * Checks that no object of a release uses an account of the namespace with more rights than a workload: one that can become any other account.
 * Accounts of the release itself are not checked, because its manifests show their rights. Nor is `default`, which every pod may use.
 *
 * @throws `ReleaseRejected` with the objects that use such an account.
 */
export async function checkBoundAccounts(cluster: KubernetesClient, objects: readonly ReleaseObject[], options: BoundAccountOptions): Promise<void> {
  const { accounts: { allowed, option }, namespace } = options;
  const known = new Set(['default', ...allowed, ...objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ name }) => name)]);
  const all = objects.flatMap((object) => serviceAccountUses(object.value).map((use) => ({ ...use, object })));
  const uses = all.filter(({ account }) => !known.has(account));
  if (uses.length === 0) return;
  const roles = await new BoundRoles(cluster, options).byAccount(new Set(uses.map(({ account }) => account)));
  const problems = uses.flatMap(({ account, field, object }): ObjectProblem[] => {
    const role = roles.get(account);
    if (role === undefined) return [];
    const given = `${field} is ${show(account)}, which ${role} gives more rights in ${namespace} than a workload needs`;
    return [{ object, given, fix: `use another account, or allow this one by name (${option(account)})` }];
  });
  if (problems.length > 0) throw new ReleaseRejected(problems, objects.length);
}

/** The rights with which an account can get the rights of every other account of the namespace. */
const WORKLOADS: ReadonlyArray<readonly [string, string]> = [
  ['', 'pods'], ['', 'replicationcontrollers'], ['apps', 'deployments'], ['apps', 'statefulsets'], ['apps', 'daemonsets'], ['apps', 'replicasets'],
  ['batch', 'jobs'], ['batch', 'cronjobs'],
];
const ESCALATING: readonly ResourceRequest[] = [
  ...WORKLOADS.flatMap(([group, resource]) => ['create', 'update', 'patch'].map((verb) => ({ verb, group, resource }))),
  ...['get', 'list', 'watch'].map((verb) => ({ verb, group: '', resource: 'secrets' })),
  ...['create', 'update', 'patch'].flatMap((verb) => ['roles', 'rolebindings'].map((resource) => ({ verb, group: RBAC_GROUP, resource }))),
  { verb: 'impersonate', group: '', resource: 'serviceaccounts' },
  { verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token' },
  { verb: 'create', group: '', resource: 'pods', subresource: 'exec' },
];

/** Kubernetes' own ClusterRoles, which a deployer may not read. */
const SHIPPED = new Map([['cluster-admin', true], ['admin', true], ['edit', true], ['view', false]]);

/** Reads the bindings of a namespace and their roles. */
class BoundRoles {
  public constructor(private readonly cluster: KubernetesClient, private readonly options: BoundAccountOptions) {}

  /** For each account with more rights than a workload, the role that gives them. */
  public async byAccount(accounts: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
    const { namespace } = this.options;
    const list = await this.read(collectionPath({ group: RBAC_GROUP, version: 'v1', resource: 'rolebindings', namespace }));
    if (list === 'denied') this.sayUnchecked([...accounts], `list RoleBindings in ${namespace}`);
    const found = new Map<string, string>();
    for (const binding of list === 'denied' ? [] : listAt(list, 'items')) {
      const subjects = listAt(binding, 'subjects').filter((subject) => this.isAccount(subject));
      const named = subjects.map(({ name }) => String(name)).filter((name) => accounts.has(name));
      const role = { kind: textAt(binding, 'roleRef', 'kind'), name: textAt(binding, 'roleRef', 'name') };
      if (named.length === 0 || !await this.isMore(role, named)) continue;
      for (const name of named) found.set(name, `${role.kind} ${role.name}`);
    }
    return found;
  }

  private isAccount({ kind, namespace }: JsonObject): boolean {
    return kind === 'ServiceAccount' && namespace === this.options.namespace;
  }

  private async isMore({ kind, name }: { readonly kind: string; readonly name: string }, accounts: readonly string[]): Promise<boolean> {
    const shipped = kind === 'ClusterRole' ? SHIPPED.get(name) : undefined;
    if (shipped !== undefined) return shipped;
    const place = kind === 'ClusterRole' ? { resource: 'clusterroles' } : { resource: 'roles', namespace: this.options.namespace };
    const role = await this.read(objectPath({ group: RBAC_GROUP, version: 'v1', name, ...place }));
    if (role === 'denied') this.sayUnchecked(accounts, `get ${kind} ${name}`);
    const rules = role === 'denied' ? [] : listAt(role, 'rules').map(policyRule);
    return ESCALATING.some((request) => allows(rules, request));
  }

  private sayUnchecked(accounts: readonly string[], right: string): void {
    const names = accounts.map(printable).sort().join(', ');
    this.options.say(`not checked whether ServiceAccount ${names} has more rights than a workload: the credential may not ${printable(right)}`);
  }

  private async read(path: string): Promise<JsonObject | 'denied' | undefined> {
    try {
      return await find(this.cluster, path);
    } catch (error) {
      if (error instanceof ApiError && error.code === 403) return 'denied';
      throw error;
    }
  }
}
