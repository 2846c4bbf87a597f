import type { JsonObject } from '../../base/json';
import type { PolicyRule, Subject } from '../../kubernetes/rbac';

/**
 * The content of access manifests: one deployer gets one role in one namespace.
 */
export interface Access {
  /** The file that held the manifests, for messages. */
  readonly file: string;
  readonly namespace: string;
  readonly subject: Subject;
  readonly role: AccessRole;
  readonly roleBinding: string;
  /** Missing for subjects that have no credential of the cluster: a GitLab agent, or a job with an id_token. */
  readonly serviceAccount?: AccessServiceAccount;
  /** How the API server must be configured to accept the subject's id_tokens. */
  readonly oidc?: OidcTrust;
  /** Every object of the manifests, in the order in which to apply them. */
  readonly objects: readonly JsonObject[];
}

/**
 * The role that the RoleBinding binds.
 */
export interface AccessRole {
  readonly kind: 'ClusterRole' | 'Role';
  readonly name: string;
  /**
   * The rules of the role: those in the manifests for a Role, those that Kubernetes ships for ClusterRoles admin and edit.
   * Missing for any other ClusterRole, whose rules only the cluster knows.
   */
  readonly rules?: readonly PolicyRule[];
}

/**
 * The ServiceAccount whose token GitLab stores.
 */
export interface AccessServiceAccount {
  readonly name: string;
  /** The Secret that the cluster fills with a token. Without one, `grant` requests a token. */
  readonly tokenSecret?: string;
}

/**
 * The id_tokens that identify a deployer, as the annotations of its RoleBinding describe them.
 */
export interface OidcTrust {
  readonly issuer: string;
  readonly audience: string;
  readonly projectId: number;
  readonly usernamePrefix: string;
  /** The protected environment that a job must deploy to. */
  readonly environment?: string;
}
