import { refusal, show } from './private/invalid-input';
import { pathSegment } from './private/names';
import { PolicyRule } from './private/rbac';
import { ADMIN_RULES, EDIT_RULES } from './private/user-facing-roles';

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
    if (expected) throw refusal({ at: 'role', given: `clusterRole is ${show(name)}`, expected, fix: 'name an existing ClusterRole' });
    return new DeployerRole(name);
  }

  private constructor(
    /** The ClusterRole. */
    public readonly name: string,
    private readonly rules?: readonly PolicyRule[],
  ) {}

  /**
   * What it allows, if that is known.
   *
   * @internal
   */
  public _rules(): readonly PolicyRule[] | undefined {
    return this.rules;
  }
}
