import { checkProjectId } from './bound-identity';
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
   * What may be done: `get`, `create`, `patch`.
   */
  readonly verbs: string[];

  /**
   * The API groups of the resources; the core group is the empty text.
   */
  readonly apiGroups: string[];

  /**
   * The resources, in the plural: `deployments`.
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
 * What a deployer with few rights is for.
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
   * The application (the option `--app`). A second one in the namespace gets a deployer of its own.
   */
  readonly app: string;

  /**
   * The text of what is deployed, as it is synthesized: what counts are the kinds and the names. What the next release removes must still be in it
   * when that is deployed.
   *
   * @default - nothing, see `rules`
   */
  readonly manifests?: string;

  /**
   * The plurals of custom kinds in the manifests, by `Kind.group`: `{ 'Certificate.cert-manager.io': 'certificates' }`.
   *
   * @default - none
   */
  readonly customResources?: { [kind: string]: string };

  /**
   * The Secret that images are pulled with, when the job makes it (the option `--pull-secret`). The deployer may then make, read, change and remove
   * the Secret of this name. Several deployers of a namespace may share one.
   *
   * An administrator who makes it ahead need not let it be made or removed: an empty one of type `kubernetes.io/dockerconfigjson`, and the verbs
   * `get` and `patch` for it by `rules`.
   *
   * @default - none
   */
  readonly pullSecret?: string;

  /**
   * Rights beside those that the manifests and the command `deploy` need: for objects with names that change from release to release, for instance.
   *
   * @default - none
   */
  readonly rules?: DeployerRule[];
}

/**
 * What a deployer may do in its namespace.
 */
export class DeployerRole {
  /**
   * ClusterRole `admin`: nearly everything in the namespace, including Secrets, Roles and the tokens of its ServiceAccounts;
   * not the namespace itself, its quota, nor anything outside.
   *
   * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
   */
  public static admin(): DeployerRole {
    return new DeployerRole('admin', ADMIN_RULES);
  }

  /**
   * ClusterRole `edit`: as `admin`, but without Roles and RoleBindings.
   * It can still run pods as any ServiceAccount of the namespace and read every Secret in it.
   */
  public static edit(): DeployerRole {
    return new DeployerRole('edit', EDIT_RULES);
  }

  /**
   * Another ClusterRole, which must exist in the cluster. It is bound in the one namespace only.
   * What it allows is not known here, so nothing is refused on its account.
   *
   * @param name The ClusterRole.
   * @throws When Kubernetes would not accept the name.
   */
  public static clusterRole(name: string): DeployerRole {
    const expected = pathSegment(name);
    if (expected) throw userError({ at: 'role', given: `clusterRole is ${show(name)}`, expected, fix: 'name an existing ClusterRole' });
    return new DeployerRole(name);
  }

  /**
   * A Role that allows what it takes to deploy one application, and nothing else: to apply and remove the objects of its manifests by their names,
   * to keep the record of its releases, and to see how its pods do. The Secrets of the record and the lock are among the access manifests, so that
   * the deployer reads and writes these Secrets, those of its manifests and its pull secret, and cannot make another one.
   *
   * The manifests must be applied by `cdk8s-ci-deploy deploy` or another tool that uses server-side apply. Whatever runs in the pods that it may
   * write can still be any ServiceAccount of the namespace.
   *
   * @param options The application, and what it is made of.
   * @throws When the manifests have something in them that gives rights away, is cluster-scoped, or of a kind that is not known.
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
    /** The ClusterRole; `least-privilege` stands for a Role of the deployer's own. */
    public readonly name: string,
    private readonly rules?: readonly PolicyRule[],
    private readonly least?: LeastPrivilege,
  ) {}

  /**
   * What it allows, if that is known.
   *
   * @internal
   */
  public _rules(): readonly PolicyRule[] | undefined {
    return this.rules;
  }

  /**
   * The Role of its own, and what comes with it.
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
  throw userError({ at: 'role', given: `${prop} is ${show(value)}`, expected, fix: 'give the one that the job deploys with' });
}

/** RBAC has no negative rules, and a wildcard is never the least. */
function checkedRule({ verbs, apiGroups, resources, resourceNames }: DeployerRule, index: number): PolicyRule {
  const wrong = [...verbs, ...apiGroups, ...resources].find((entry) => entry.includes('*'));
  const names = resourceNames && { resourceNames: [...resourceNames] };
  if (wrong === undefined) return { apiGroups: [...apiGroups], resources: [...resources], ...names, verbs: [...verbs] };
  throw userError({ at: 'role', given: `${show(wrong)} in rules[${index}]`, expected: 'the rights that are needed, one by one', fix: 'name them, or choose DeployerRole.edit()' });
}
