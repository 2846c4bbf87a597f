import { show } from '../../base/user-error';
import { scopesOverlap } from '../../gitlab/masking';
import { Ancestor, ancestorsOf } from '../gitlab/ancestors';
import type { Gitlab, GitlabOwner, GitlabVariable } from '../gitlab/gitlab';

/**
 * Which groups around a project or group have a variable of the same key, for people. The nearest wins: a project over its group, a group over its parent.
 * Only an owner of a group may read its variables, so often it can only be said that nobody could look.
 */
export async function ancestorNotes(gitlab: Gitlab, owner: GitlabOwner, key: string): Promise<string[]> {
  return (await ancestorsOf(gitlab, owner)).flatMap((ancestor) => [...unreadableGroup(ancestor), ...notesOn(ancestor, owner, key)]);
}

/**
 * What could not be looked at.
 */
export function unreadableGroup({ id, group, variables }: Ancestor): string[] {
  if (group === undefined) return [`could not look at group ${id} and the groups around it`];
  return variables === undefined ? [`could not look at the variables of group ${show(group.path)}: that takes the role Owner there`] : [];
}

function notesOn({ group, variables = [] }: Ancestor, { kind }: GitlabOwner, key: string): string[] {
  return variables.filter((variable) => variable.key === key).map(({ environmentScope }) => (
    `group ${show(group?.path)} has ${key} for environment ${show(environmentScope)}: where both are for a job, that of the ${kind} wins; other jobs get that of the group`));
}

/**
 * What other variables of the same key mean for jobs. GitLab gives a job the one whose scope is the very name of its environment,
 * else one whose scope matches it, else that of scope `*` (app/models/concerns/has_environment_scope.rb).
 */
export function scopeWarnings(key: string, scope: string, others: readonly GitlabVariable[]): string[] {
  return others
    .filter((other) => other.key === key && other.environmentScope !== scope && scopesOverlap(scope, other.environmentScope))
    .map((other) => `${key} is there for environment ${show(other.environmentScope)} too: ${winner(scope, other.environmentScope)}`);
}

/**
 * Whether a scope is wider than one environment, in words.
 */
export function widthWarnings(scope: string): string[] {
  if (scope === '*') return ['environment "*": every job gets the credential, also one without an environment'];
  return scope.includes('*') ? [`environment ${show(scope)}: the jobs of every environment that matches get the credential`] : [];
}

function winner(scope: string, other: string): string {
  if (!scope.includes('*')) return `jobs of ${show(scope)} get this one, those of others that match get that one`;
  if (!other.includes('*')) return `jobs of ${show(other)} get that one`;
  if (scope === '*') return 'jobs of an environment that matches get that one';
  return other === '*' ? 'jobs of an environment that matches get this one' : 'where both match, GitLab does not say which one a job gets';
}
