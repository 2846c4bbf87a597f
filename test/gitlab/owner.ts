import { Variable } from './variable';

/**
 * A project or a group, with its variables.
 */
export interface Owner {
  readonly kind: 'project' | 'group';
  readonly id: number;
  /** The full path: `example-group/site`. */
  readonly path: string;
  /** Whether everybody may see it; its variables stay with its members. */
  readonly isPublic: boolean;
  /** Missing for a project of a user, and for a group at the top. */
  readonly parent?: Owner;
  variables: Variable[];
}

/** Access levels (lib/gitlab/access.rb). */
export const ROLES = { none: 0, guest: 10, reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const;

export type Role = keyof typeof ROLES;

/**
 * Who asks.
 */
export interface Token {
  /** The secret itself. */
  readonly text: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** `YYYY-MM-DD`. */
  readonly expiresAt: string | null;
  readonly state: 'active' | 'expired' | 'revoked';
  /** By full path of a project or group; what is inside a group inherits. */
  readonly roles: { readonly [path: string]: Role };
}

/**
 * The access level of a token in a project or group: the highest of its own and those that are inherited.
 */
export function accessLevel({ roles }: Token, owner: Owner | undefined): number {
  return owner ? Math.max(ROLES[roles[owner.path] ?? 'none'], accessLevel({ roles } as Token, owner.parent)) : ROLES.none;
}

/**
 * A project as the API shows it (lib/api/entities/project.rb), as far as anything here reads it.
 */
export function shownProject({ id, path, parent }: Owner): object {
  const [user = ''] = path.split('/');
  const namespace = parent
    ? { id: parent.id, kind: 'group', full_path: parent.path, parent_id: parent.parent?.id ?? null }
    : { id: 1, kind: 'user', full_path: user, parent_id: null };
  return { id, path_with_namespace: path, namespace, visibility: 'private' };
}

/**
 * A group as the API shows it (lib/api/entities/group.rb).
 */
export function shownGroup({ id, path, parent }: Owner): object {
  return { id, full_path: path, parent_id: parent?.id ?? null, visibility: 'private' };
}
