import type { Gitlab, GitlabOwner, GitlabVariable } from './gitlab';
import { GitlabError } from './gitlab-error';

/**
 * A parent group. `group` and `variables` are missing when the token may not read them.
 */
export interface Ancestor {
  readonly id: number;
  readonly group?: GitlabOwner;
  readonly variables?: readonly GitlabVariable[];
}

/** GitLab allows 20 levels of groups. */
const DEEPEST = 20;

/**
 * The parent groups of a project or group with their variables, the nearest first. Only owners of a group may read its variables.
 * The list ends at a group that the token cannot see, which may have parents.
 */
export async function ancestorsOf(gitlab: Gitlab, { groupId }: GitlabOwner): Promise<Ancestor[]> {
  const ancestors: Ancestor[] = [];
  for (let id = groupId; id !== undefined && ancestors.length < DEEPEST;) {
    const group = await unlessRejected(gitlab.owner('group', `${id}`));
    ancestors.push(group === undefined ? { id } : { id, group, variables: await unlessRejected(gitlab.variables(group)) });
    id = group?.groupId;
  }
  return ancestors;
}

async function unlessRejected<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof GitlabError) return undefined;
    throw error;
  }
}
