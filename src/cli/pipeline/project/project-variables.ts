import { show } from '../../../base/user-error';
import { unreadableGroup } from '../../credentials/destination-warnings';
import type { OwnerName } from '../../gitlab/address';
import { ancestorsOf } from '../../gitlab/ancestors';
import type { Gitlab, GitlabOwner, GitlabVariable } from '../../gitlab/gitlab';

/**
 * The CI/CD variables that a project's jobs may get from GitLab, as far as one could look.
 */
export interface ProjectVariables {
  /** The full path. */
  readonly project: string;
  /** Of the project first, then of the groups around it, the nearest first. */
  readonly variables: readonly OwnedVariable[];
  /** What could not be looked at, in words. */
  readonly unseen: readonly string[];
}

/** A variable and whose it is. */
export interface OwnedVariable extends GitlabVariable {
  /** For people: `project "example-group/site"`. */
  readonly owner: string;
  readonly isOfProject: boolean;
}

/**
 * Asks for all of them.
 *
 * @throws When the variables of the project itself may not be read.
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
