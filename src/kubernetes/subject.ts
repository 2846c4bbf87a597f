/**
 * A subject of a RoleBinding, as rbac.authorization.k8s.io/v1 writes it.
 */
export interface Subject {
  readonly kind: 'ServiceAccount' | 'Group' | 'User';
  readonly name: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

/** Whose tokens a cluster can make itself. The namespace is always written: without it the binding would mean another account when moved. */
export function serviceAccount(name: string, namespace: string): Subject {
  return { kind: 'ServiceAccount', name, namespace };
}

/** All users that an authenticator puts into a group. */
export function group(name: string): Subject {
  return { kind: 'Group', name, apiGroup: RBAC_GROUP };
}

/** One user of an authenticator. */
export function user(name: string): Subject {
  return { kind: 'User', name, apiGroup: RBAC_GROUP };
}

export const RBAC_GROUP = 'rbac.authorization.k8s.io';
