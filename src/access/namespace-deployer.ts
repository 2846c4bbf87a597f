import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { BoundIdentity, DeployerIdentity } from './deployer-identity';
import { DeployerRole } from './deployer-role';
import { Manifest } from './least-privilege';
import { located, userError } from '../base/user-error';
import { checkLabels, checkNamespace } from '../kubernetes/names';
import { RBAC_GROUP } from '../kubernetes/rbac';
import { TOKEN_ACCOUNT_ANNOTATION, TOKEN_SECRET_TYPE } from '../kubernetes/service-accounts';

/**
 * The identity that may deploy, its namespace and its rights.
 */
export interface NamespaceDeployerProps {
  /**
   * The namespace.
   */
  readonly namespace: string;

  /**
   * The identity that deploys.
   *
   * @default DeployerIdentity.serviceAccount()
   */
  readonly identity?: DeployerIdentity;

  /**
   * The rights of the identity in the namespace.
   *
   * @default DeployerRole.admin()
   */
  readonly role?: DeployerRole;

  /**
   * Whether the manifests contain the Namespace. The deployer cannot change or delete it.
   *
   * @default - the namespace already exists
   */
  readonly createNamespace?: boolean;

  /**
   * The labels of the Namespace, for instance its Pod Security level. Requires `createNamespace`.
   *
   * @default - none
   */
  readonly namespaceLabels?: { [key: string]: string };

  /**
   * Whether the namespaces `default` and `kube-*` are allowed.
   *
   * The risk of `true`: `kube-*` contains the programs of the cluster itself, and `default` the objects of every user who names no namespace.
   *
   * @default false
   */
  readonly allowProtectedNamespace?: boolean;
}

const BRAND = Symbol.for('cdk8s-ci-deploy.NamespaceDeployer');

/**
 * Whether a construct is a NamespaceDeployer, also one of another copy of this library.
 */
export function isNamespaceDeployer(construct: IConstruct): construct is NamespaceDeployer {
  return BRAND in construct;
}

/**
 * The access of one identity to one namespace: a ServiceAccount (or a subject that GitLab authenticates), and a RoleBinding to a ClusterRole
 * or to a Role of its own. An administrator applies these manifests once.
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
   * The role of the identity.
   */
  public readonly role: DeployerRole;

  /**
   * The identity in words, for people: `ServiceAccount example/gitlab-example`.
   */
  public readonly subject: string;

  /**
   * The name of the RoleBinding. It contains the name of the role, because the role of a RoleBinding cannot change.
   */
  public readonly roleBindingName: string;

  /**
   * The identity's ServiceAccount, if it is in the namespace.
   *
   * @internal
   */
  public readonly _account?: string;

  /**
   * @param scope The chart of the access manifests. Do not use the chart of the application.
   * @param id The construct id.
   * @param props The namespace, the identity and its rights.
   * @throws When a name or label is invalid, or the namespace is protected.
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

    const { subject } = identity;
    if (subject.kind === 'ServiceAccount' && subject.namespace === this.namespace) this._account = subject.name;
    Object.defineProperty(this, BRAND, { value: true });

    if (props.createNamespace) this.defineNamespace(props.namespaceLabels);
    if (identity.account) this.defineServiceAccount(identity.account.name);
    if (identity.account?.tokenSecret) this.defineTokenSecret(identity.account.name, identity.account.tokenSecret);
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
      // No pod needs the token of the deployer.
      automountServiceAccountToken: false,
    });
  }

  // The ServiceAccount's `secrets` do not list the Secret: Kubernetes would treat it as auto-generated, and delete it after a year without use.
  private defineTokenSecret(serviceAccount: string, name: string): void {
    new ApiObject(this, 'TokenSecret', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: this.namespace, annotations: { [TOKEN_ACCOUNT_ANNOTATION]: serviceAccount } },
      type: TOKEN_SECRET_TYPE,
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
