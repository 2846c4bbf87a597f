import type { JsonObject } from '../../base/json';
import type { PolicyRule, Subject } from '../../kubernetes/rbac';

/**
 * What access manifests give away: one namespace to one deployer.
 */
export interface Access {
  /** Where it was read, for people. */
  readonly file: string;
  readonly namespace: string;
  readonly subject: Subject;
  readonly role: AccessRole;
  readonly roleBinding: string;
  /** Missing for subjects whose credential is not the cluster's: a GitLab agent, a job's id_token. */
  readonly serviceAccount?: AccessAccount;
  /** What the API server must be told to know the subject by its id_tokens. */
  readonly oidc?: OidcTrust;
  /** Every object of the manifests, in an order in which they can be applied. */
  readonly objects: readonly JsonObject[];
}

/**
 * The role that is bound.
 */
export interface AccessRole {
  readonly kind: 'ClusterRole' | 'Role';
  readonly name: string;
  /** What it allows: of ClusterRoles admin and edit as they ship, of Roles as the manifests say. Of another ClusterRole it is not known here. */
  readonly rules?: readonly PolicyRule[];
}

/**
 * The ServiceAccount whose token GitLab keeps.
 */
export interface AccessAccount {
  readonly name: string;
  /** The Secret that the cluster fills with a token; without one a token is requested. */
  readonly tokenSecret?: string;
}

/**
 * What a deployer's id_tokens are, as its RoleBinding says it.
 */
export interface OidcTrust {
  readonly issuer: string;
  readonly audience: string;
  readonly projectId: number;
  readonly usernamePrefix: string;
  /** The protected environment that a job must deploy to. */
  readonly environment?: string;
}
