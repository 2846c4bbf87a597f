import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { BoundIdentity } from './bound-identity';
import { DeployerIdentity } from './deployer-identity';
import { DeployerRole } from './deployer-role';
import { Manifest } from './least-privilege';
import { located, userError } from '../base/user-error';
import { checkLabels } from '../kubernetes/labels';
import { checkNamespace } from '../kubernetes/namespace';
import { RBAC_GROUP } from '../kubernetes/subject';

/**
 * Who may deploy where.
 */
export interface NamespaceDeployerProps {
  /**
   * The one namespace.
   */
  readonly namespace: string;

  /**
   * Who deploys.
   *
   * @default DeployerIdentity.serviceAccount()
   */
  readonly identity?: DeployerIdentity;

  /**
   * What it may do in the namespace.
   *
   * @default DeployerRole.admin()
   */
  readonly role?: DeployerRole;

  /**
   * Whether the Namespace itself is among the manifests. The deployer can never change or delete it.
   *
   * @default - the namespace exists
   */
  readonly createNamespace?: boolean;

  /**
   * Labels of the Namespace, such as the level of Pod Security that it enforces. Needs `createNamespace`.
   *
   * @default - none
   */
  readonly namespaceLabels?: { [key: string]: string };

  /**
   * Whether `default` and `kube-*` may be given away.
   *
   * The price: `kube-*` holds what runs the cluster, and everybody's objects end up in `default`.
   *
   * @default false
   */
  readonly allowProtectedNamespace?: boolean;
}

/**
 * The identity that may deploy in one namespace and nowhere else: a ServiceAccount (or a subject that others authenticate) and
 * the RoleBinding of one ClusterRole, or of a Role of its own, in that namespace. An administrator applies it once.
 *
 * @example
 * import { App, Chart } from 'cdk8s';
 * import { NamespaceDeployer } from 'cdk8s-ci-deploy';
 *
 * const app = new App();
 * new NamespaceDeployer(new Chart(app, 'access'), 'gitlab', { namespace: 'example' });
 * app.synth();
 */
export class NamespaceDeployer extends Construct {
  /**
   * The namespace.
   */
  public readonly namespace: string;

  /**
   * The role that is bound.
   */
  public readonly role: DeployerRole;

  /**
   * Who deploys, for people: `ServiceAccount example/gitlab-example`.
   */
  public readonly subject: string;

  /**
   * The name of the RoleBinding. The role is part of it, since a RoleBinding cannot be pointed at another role.
   */
  public readonly roleBindingName: string;

  /**
   * @param scope The chart of the access manifests, which is not the workload's.
   * @param id The construct id.
   * @param props Who, where and what.
   * @throws When Kubernetes would not accept a name or label, or the namespace is protected.
   */
  constructor(scope: Construct, id: string, props: NamespaceDeployerProps) {
    super(scope, id);
    checkNamespace(this.node.path, props.namespace, props.allowProtectedNamespace);
    checkNamespaceLabels(this.node.path, props);
    const identity = this.bind(props.identity ?? DeployerIdentity.serviceAccount(), props.namespace);
    this.namespace = props.namespace;
    this.role = props.role ?? DeployerRole.admin();
    this.subject = identity.description;
    this.roleBindingName = `${identity.name}-${this.role.name}`;

    if (props.createNamespace) this.defineNamespace(props.namespaceLabels);
    if (identity.serviceAccount) this.defineServiceAccount(identity.serviceAccount.name);
    if (identity.serviceAccount?.tokenSecret) this.defineTokenSecret(identity.serviceAccount.name, identity.serviceAccount.tokenSecret);
    this.defineLeastPrivilege();
    this.defineRoleBinding(identity);
  }

  private bind(identity: DeployerIdentity, namespace: string): BoundIdentity {
    try {
      return identity._bind(namespace);
    } catch (error) {
      throw located(this.node.path, error);
    }
  }

  private defineNamespace(labels?: { [key: string]: string }): void {
    const object = new ApiObject(this, 'Namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace, labels } });
    if (Chart.of(this).namespace !== undefined) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }

  private defineServiceAccount(name: string): void {
    new ApiObject(this, 'ServiceAccount', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace: this.namespace },
      // No pod runs as the deployer, and none gets its token by mistake.
      automountServiceAccountToken: false,
    });
  }

  // The Secret stays out of the ServiceAccount's `secrets`: what is listed there counts as auto-generated, and the cluster's
  // legacy token cleaner deletes it when it was not used for a year.
  private defineTokenSecret(serviceAccount: string, name: string): void {
    new ApiObject(this, 'TokenSecret', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: this.namespace, annotations: { 'kubernetes.io/service-account.name': serviceAccount } },
      type: 'kubernetes.io/service-account-token',
    });
  }

  private defineLeastPrivilege(): void {
    for (const manifest of this.leastPrivilegeManifests()) new ApiObject(this, `${manifest.kind}-${manifest.metadata.name}`, manifest);
  }

  private leastPrivilegeManifests(): Manifest[] {
    try {
      return this.role._leastPrivilege()?.manifestsIn(this.namespace, this.roleBindingName) ?? [];
    } catch (error) {
      throw located(this.node.path, error);
    }
  }

  private defineRoleBinding(identity: BoundIdentity): void {
    const role = this.role._leastPrivilege() ? { kind: 'Role', name: this.roleBindingName } : { kind: 'ClusterRole', name: this.role.name };
    new ApiObject(this, 'RoleBinding', {
      apiVersion: `${RBAC_GROUP}/v1`,
      kind: 'RoleBinding',
      metadata: { name: this.roleBindingName, namespace: this.namespace, annotations: { ...identity.annotations } },
      roleRef: { apiGroup: RBAC_GROUP, ...role },
      subjects: [identity.subject],
    });
  }
}

function checkNamespaceLabels(at: string, { createNamespace, namespaceLabels }: NamespaceDeployerProps): void {
  checkLabels(at, 'label', namespaceLabels);
  if (createNamespace || !namespaceLabels) return;
  throw userError({ at, given: 'namespaceLabels is given without createNamespace', expected: 'both', fix: 'set createNamespace, or label the namespace yourself' });
}
