import { show } from '../../base/user-error';
import { Ancestor, ancestorsOf } from '../gitlab/ancestors';
import type { Gitlab, GitlabOwner } from '../gitlab/gitlab';

/**
 * Which groups around a project or group have a variable of the same key, for people. The nearest wins: a project over its group, a group over its parent.
 * Only an owner of a group may read its variables, so often it can only be said that nobody could look.
 */
export async function ancestorNotes(gitlab: Gitlab, owner: GitlabOwner, key: string): Promise<string[]> {
  return (await ancestorsOf(gitlab, owner)).flatMap((ancestor) => [...unseen(ancestor), ...notesOn(ancestor, owner, key)]);
}

/**
 * What could not be looked at.
 */
export function unseen({ id, group, variables }: Ancestor): string[] {
  if (group === undefined) return [`could not look at group ${id} and the groups around it`];
  return variables === undefined ? [`could not look at the variables of group ${show(group.path)}: that takes the role Owner there`] : [];
}

function notesOn({ group, variables = [] }: Ancestor, { kind }: GitlabOwner, key: string): string[] {
  return variables.filter((variable) => variable.key === key).map(({ environmentScope }) => (
    `group ${show(group?.path)} has ${key} for environment ${show(environmentScope)}: where both are for a job, that of the ${kind} wins; other jobs get that of the group`));
}
