import type { Gitlab, GitlabOwner, GitlabVariable } from './gitlab';
import { GitlabError } from './gitlab-error';

/**
 * A group around a project or group. What nobody could look at is missing.
 */
export interface Ancestor {
  readonly id: number;
  readonly group?: GitlabOwner;
  readonly variables?: readonly GitlabVariable[];
}

/** GitLab nests groups 20 deep. */
const DEEPEST = 20;

/**
 * The groups around a project or group with their variables, the nearest first. Only an owner of a group may read its variables. Behind a group that may not
 * be seen at all there may be more.
 */
export async function ancestorsOf(gitlab: Gitlab, { groupId }: GitlabOwner): Promise<Ancestor[]> {
  const found: Ancestor[] = [];
  for (let id = groupId; id !== undefined && found.length < DEEPEST;) {
    const group = await unlessRefused(gitlab.owner('group', `${id}`));
    found.push(group === undefined ? { id } : { id, group, variables: await unlessRefused(gitlab.variables(group)) });
    id = group?.groupId;
  }
  return found;
}

async function unlessRefused<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GitlabError) return undefined;
    throw error;
  }
}
