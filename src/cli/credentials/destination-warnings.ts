import type { PlannedVariable, VariableSettings } from './credential-variables';
import { show } from '../../base/user-error';
import { scopesOverlap } from '../../gitlab/environments';
import { Ancestor, ancestorsOf } from '../gitlab/ancestors';
import type { Gitlab, GitlabOwner, GitlabVariable } from '../gitlab/gitlab';

/**
 * Warns when more jobs than those of one environment and of protected refs get the credential, or when another variable can replace it.
 *
 * @param all All variables of the project or group.
 */
export function destinationWarnings(
  settings: VariableSettings, owner: GitlabOwner, planned: readonly PlannedVariable[], all: readonly GitlabVariable[],
): string[] {
  const { key, environmentScope, protected: isProtected } = settings;
  const visible = planned.filter(({ existing }) => existing && !existing.hidden).map((variable) => variable.key);
  return [
    ...widthWarnings(environmentScope),
    ...(isProtected ? [] : ['not protected: jobs of every branch get the credential, so everyone with the right to push gets it']),
    ...scopeWarnings(key, environmentScope, all),
    ...(visible.length === 0 ? [] : [`GitLab hides only new variables: it will not hide ${visible.join(' and ')}, unless you remove ${visible.length === 1 ? 'it' : 'them'} first`]),
    ...(owner.kind === 'project' ? [] : groupWarnings(environmentScope, all)),
  ];
}

/**
 * Warns about an environment scope that covers several environments.
 */
export function widthWarnings(scope: string): string[] {
  if (scope === '*') return ['environment "*": every job gets the credential, even a job without an environment'];
  return scope.includes('*') ? [`environment ${show(scope)}: the jobs of every matching environment get the credential`] : [];
}

/**
 * Warns about variables of the same key whose environment scope overlaps. GitLab prefers the variable whose scope is the exact name
 * of the job's environment, then any scope that matches, then `*`.
 *
 * @see app/models/concerns/has_environment_scope.rb of https://gitlab.com/gitlab-org/gitlab
 */
export function scopeWarnings(key: string, scope: string, others: readonly GitlabVariable[]): string[] {
  return others
    .filter((other) => other.key === key && other.environmentScope !== scope && scopesOverlap(scope, other.environmentScope))
    .map((other) => `${key} also exists for environment ${show(other.environmentScope)}: ${precedence(scope, other.environmentScope)}`);
}

function precedence(scope: string, other: string): string {
  if (!scope.includes('*')) return `jobs of ${show(scope)} get the new variable, jobs of other matching environments get that one`;
  if (!other.includes('*')) return `jobs of ${show(other)} get that one`;
  if (scope === '*') return 'jobs of a matching environment get that one';
  return other === '*' ? 'jobs of a matching environment get the new variable' : 'GitLab does not define which one a job gets when both match';
}

/** GitLab without Premium ignores the environment scope of a group's variable. A variable with a scope shows that GitLab supports scopes. */
function groupWarnings(scope: string, all: readonly GitlabVariable[]): string[] {
  const mayLackScopes = scope !== '*' && all.every(({ environmentScope }) => environmentScope === '*');
  return [
    'every project in the group gets the credential, even a project that is added later',
    ...(mayLackScopes ? ['only GitLab Premium supports environments for variables of a group: without Premium, nothing will be stored'] : []),
  ];
}

/**
 * Notes on other sources of the same variable, and which source GitLab prefers.
 */
export function precedenceNotes({ key }: VariableSettings, { kind }: GitlabOwner): string[] {
  return [
    ...(kind === 'group' ? [`a project's variable ${key} takes precedence over that of its group`] : []),
    ...(key === 'KUBECONFIG' ? [`it replaces the ${key} that a GitLab agent gives to jobs`] : []),
  ];
}

/**
 * Notes on the variables of the same key in the groups above a project or group. The nearest owner takes precedence.
 * Only an owner of a group may read its variables, so a note may also say that they could not be read.
 */
export async function ancestorNotes(gitlab: Gitlab, owner: GitlabOwner, key: string): Promise<string[]> {
  return (await ancestorsOf(gitlab, owner)).flatMap((ancestor) => [...unreadableGroup(ancestor), ...sameKeyNotes(ancestor, owner, key)]);
}

/**
 * A note for a group whose variables could not be read.
 */
export function unreadableGroup({ id, group, variables }: Ancestor): string[] {
  if (group === undefined) return [`cannot read group ${id} and the groups above it`];
  return variables === undefined ? [`cannot read the variables of group ${show(group.path)}: this needs the role Owner in the group`] : [];
}

function sameKeyNotes({ group, variables = [] }: Ancestor, { kind }: GitlabOwner, key: string): string[] {
  return variables.filter((variable) => variable.key === key).map(({ environmentScope }) => (
    `group ${show(group?.path)} has ${key} for environment ${show(environmentScope)}: the variable of the ${kind} takes precedence, other jobs get that of the group`));
}
