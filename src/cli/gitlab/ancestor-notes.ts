import type { Gitlab, GitlabOwner } from './gitlab';
import { GitlabRefusal } from './gitlab-refusal';
import { show } from '../../private/invalid-input';

/** GitLab nests groups 20 deep. */
const DEEPEST = 20;

/**
 * Which groups around a project or group have a variable of the same key, for people. The nearest wins: a project over its group, a group over its parent.
 * Only an owner of a group may read its variables, so often it can only be said that nobody could look.
 */
export async function ancestorNotes(gitlab: Gitlab, { kind, groupId }: GitlabOwner, key: string): Promise<string[]> {
  const notes: string[] = [];
  for (let id = groupId, depth = 0; id !== undefined && depth < DEEPEST; depth++) {
    const group = await unlessRefused(gitlab.owner('group', `${id}`));
    if (group === undefined) return [...notes, `could not look at group ${id} and the groups around it`];
    const variables = await unlessRefused(gitlab.variables(group));
    if (variables === undefined) notes.push(`could not look at the variables of group ${show(group.path)}: that takes the role Owner there`);
    for (const variable of variables ?? []) {
      if (variable.key !== key) continue;
      notes.push(`group ${show(group.path)} has ${key} for environment ${show(variable.environmentScope)}: `
        + `where both are for a job, that of the ${kind} wins; other jobs get that of the group`);
    }
    id = group.groupId;
  }
  return notes;
}

async function unlessRefused<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GitlabRefusal) return undefined;
    throw error;
  }
}
