import { checkProjectId } from './deployer-identity';
import { LeastPrivilege } from './least-privilege';
import { userError, show } from '../base/user-error';
import { pathSegment } from '../kubernetes/names';
import { PolicyRule } from '../kubernetes/rbac';
import { ADMIN_RULES, EDIT_RULES } from '../kubernetes/user-facing-roles';
import { releasePart } from '../release/release-names';

/**
 * A rule of a Role.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export interface DeployerRule {
  /**
   * The verbs: `get`, `create`, `patch`.
   */
  readonly verbs: string[];

  /**
   * The API groups of the resources. The core group is an empty text.
   */
  readonly apiGroups: string[];

  /**
   * The plurals of the resources: `deployments`.
   */
  readonly resources: string[];

  /**
   * The names of the objects.
   *
   * @default - all of them
   */
  readonly resourceNames?: string[];
}

/**
 * The application of a deployer with the least privilege.
 */
export interface LeastPrivilegeOptions {
  /**
   * The id of the GitLab project whose jobs deploy (CI_PROJECT_ID).
   */
  readonly projectId: number;

  /**
   * The name of the environment (CI_ENVIRONMENT_NAME, or the option `--environment`).
   */
  readonly environment: string;

  /**
   * The name of the application (the option `--app`). Each application in the namespace gets its own deployer.
   */
  readonly app: string;

  /**
   * The text of the synthesized manifests. Only the kinds and names of their objects matter. Keep an object in it until the release
   * that removes the object is deployed.
   *
   * @default - no objects, see `rules`
   */
  readonly manifests?: string;

  /**
   * The plurals of custom resources in the manifests, by `Kind.group`: `{ 'Certificate.cert-manager.io': 'certificates' }`.
   *
   * @default - none
   */
  readonly customResources?: { [kind: string]: string };

  /**
   * The name of the pull secret, when `deploy` creates it (the option `--pull-secret`). The deployer may then create, read, change and delete
   * this Secret. Several deployers of a namespace may share one.
   *
   * The deployer needs fewer rights when an administrator creates an empty Secret of type `kubernetes.io/dockerconfigjson` in advance.
   * Then leave `pullSecret` out: the verbs `get` and `patch` for the Secret in `rules` are enough.
   *
   * @default - none
   */
  readonly pullSecret?: string;

  /**
   * Additional rights, for instance for objects whose names change with each release.
   *
   * @default - none
   */
  readonly rules?: DeployerRule[];
}

/**
 * The rights of a deployer in its namespace.
 */
export class DeployerRole {
  /**
   * ClusterRole `admin`: nearly all rights in the namespace, including Secrets, Roles and the tokens of its ServiceAccounts.
   * It cannot change the namespace itself, its quota, or anything outside.
   *
   * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
   */
  public static admin(): DeployerRole {
    return new DeployerRole('admin', ADMIN_RULES);
  }

  /**
   * ClusterRole `edit`: the rights of `admin` without Roles and RoleBindings.
   * It can still run pods as any ServiceAccount of the namespace and read every Secret in the namespace.
   */
  public static edit(): DeployerRole {
    return new DeployerRole('edit', EDIT_RULES);
  }

  /**
   * Another ClusterRole, which must exist in the cluster. It is bound in this namespace only.
   * Its rights are not known at synthesis, so a chart does not check its objects against them.
   *
   * @param name The name of the ClusterRole.
   * @throws When the name is invalid.
   */
  public static clusterRole(name: string): DeployerRole {
    const expected = pathSegment(name);
    if (expected) throw userError({ at: 'role', given: `clusterRole is ${show(name)}`, expected, fix: 'name an existing ClusterRole' });
    return new DeployerRole(name);
  }

  /**
   * A Role with only the rights to deploy one application: apply and delete the objects of its manifests by their names,
   * write the record of its releases, and watch its pods. The access manifests contain the lock and the Secrets of the record.
   * So the deployer can use those, the Secrets of its manifests and its pull secret, and cannot create others.
   *
   * Apply the manifests with `cdk8s-ci-deploy deploy`, or with another tool that uses server-side apply. Pods in the manifests can still run as
   * any ServiceAccount of the namespace.
   *
   * @param options The application and its manifests.
   * @throws When the manifests contain an RBAC object, a cluster-scoped object, or an object of an unknown kind.
   */
  public static leastPrivilege(options: LeastPrivilegeOptions): DeployerRole {
    const { projectId, manifests, customResources = {}, pullSecret, rules = [] } = options;
    checkProjectId(projectId, 'role');
    const least = new LeastPrivilege({
      project: String(projectId),
      environment: checkedName('environment', options.environment),
      app: checkedName('app', options.app),
      manifests,
      customResources,
      pullSecret,
      rules: rules.map(checkedRule),
    });
    return new DeployerRole('least-privilege', least.rules, least);
  }

  private constructor(
    /** The name of the ClusterRole, or `least-privilege` for a Role of the deployer's own. */
    public readonly name: string,
    private readonly rules?: readonly PolicyRule[],
    private readonly least?: LeastPrivilege,
  ) {}

  /**
   * The rules of the role, if they are known.
   *
   * @internal
   */
  public _rules(): readonly PolicyRule[] | undefined {
    return this.rules;
  }

  /**
   * The Role of the deployer's own, with the record and the lock.
   *
   * @internal
   */
  public _leastPrivilege(): LeastPrivilege | undefined {
    return this.least;
  }
}

function checkedName(prop: string, value: string): string {
  const expected = typeof value === 'string' ? releasePart(value) : 'text';
  if (expected === undefined) return value;
  throw userError({ at: 'role', given: `${prop} is ${show(value)}`, expected, fix: `set ${prop} to the value that the deploy job uses` });
}

/** Checks a rule for wildcards, which would exceed the least privilege. */
function checkedRule({ verbs, apiGroups, resources, resourceNames }: DeployerRule, index: number): PolicyRule {
  const wrong = [...verbs, ...apiGroups, ...resources].find((entry) => entry.includes('*'));
  const names = resourceNames && { resourceNames: [...resourceNames] };
  if (wrong === undefined) return { apiGroups: [...apiGroups], resources: [...resources], ...names, verbs: [...verbs] };
  throw userError({ at: 'role', given: `${show(wrong)} in rules[${index}]`, expected: 'no wildcard', fix: 'list each verb, group and resource, or choose DeployerRole.edit()' });
}
