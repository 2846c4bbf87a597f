import { show } from '../../../base/user-error';
import { scopesOverlap } from '../../../gitlab/environments';
import { unreadableGroup } from '../../credentials/destination-warnings';
import { ancestorsOf } from '../../gitlab/ancestors';
import type { OwnerName } from '../../gitlab/connection-options';
import type { Gitlab, GitlabOwner, GitlabVariable } from '../../gitlab/gitlab';

/**
 * The CI/CD variables that GitLab may pass to a project's jobs, as far as the token may read them.
 */
export interface ProjectVariables {
  /** The full path. */
  readonly project: string;
  /** The project's variables first, then those of its groups, the nearest group first. */
  readonly variables: readonly OwnedVariable[];
  /** One sentence for each group whose variables the token may not read. */
  readonly unseen: readonly string[];
}

/** A variable and its owner. */
export interface OwnedVariable extends GitlabVariable {
  /** For messages: `project "example-group/site"`. */
  readonly owner: string;
  readonly isOfProject: boolean;
}

/**
 * Reads the variables of a project and of its groups.
 *
 * @throws When the token may not read the variables of the project itself.
 */
export async function projectVariables(gitlab: Gitlab, { name }: OwnerName): Promise<ProjectVariables> {
  const project = await gitlab.owner('project', name);
  const own = await gitlab.variables(project);
  const ancestors = await ancestorsOf(gitlab, project);
  return {
    project: project.path,
    variables: [...owned(project, own), ...ancestors.flatMap(({ group, variables = [] }) => (group ? owned(group, variables) : []))],
    unseen: ancestors.flatMap(unreadableGroup),
  };
}

function owned({ kind, path }: GitlabOwner, variables: readonly GitlabVariable[]): OwnedVariable[] {
  return variables.map((variable) => ({ ...variable, owner: `${kind} ${show(path)}`, isOfProject: kind === 'project' }));
}

/** A reference to a variable in the name of an environment. */
const REFERENCE = /\$(?:\w+|\{\w+\})/g;

/**
 * Whether a scope matches every environment of a name. A job without an environment gets only variables with the scope `*`.
 *
 * @param environment As in the pipeline's file. A variable in it may have any value.
 */
export function matchesAll(scope: string, environment: string | undefined): boolean {
  // No scope contains a zero byte, so only a "*" of the scope matches it.
  return environment === undefined ? scope === '*' : scopesOverlap(scope, environment.replace(REFERENCE, '\0'));
}

/**
 * Whether a scope matches some environments of a name.
 */
export function matchesSome(scope: string, environment: string): boolean {
  return scopesOverlap(scope, asScope(environment));
}

/**
 * The scope of all environments of a name.
 */
export function asScope(environment: string): string {
  return environment.replace(REFERENCE, '*');
}

/**
 * The variable of a key that a job gets. The nearest owner wins. Among its variables, the exact scope wins, then a matching one, then `*`
 * (app/models/concerns/has_environment_scope.rb in github.com/gitlabhq/gitlabhq).
 *
 * @param variables Those of the nearest owner first.
 */
export function effectiveVariable(key: string, environment: string | undefined, variables: readonly OwnedVariable[]): OwnedVariable | undefined {
  const candidates = variables.filter((variable) => variable.key === key && matchesAll(variable.environmentScope, environment));
  const nearest = candidates.filter(({ owner }) => owner === candidates[0]?.owner);
  const rank = ({ environmentScope: scope }: OwnedVariable) => (scope === '*' ? 2 : scope.includes('*') ? 1 : 0);
  return [...nearest].sort((one, other) => rank(one) - rank(other))[0];
}
