import { userError, show } from '../../base/user-error';
import { ExitCode, Failure } from '../base/failure';
import { Gitlab, GitlabOwner, GitlabVariable, isAtLeast, NewVariable, VariableId } from '../gitlab/gitlab';
import { GitlabError } from '../gitlab/gitlab-error';

/**
 * A variable after it was written.
 */
export interface WrittenVariable extends GitlabVariable {
  /** Whether it was created, and not updated. */
  readonly created: boolean;
}

/**
 * Writes variables of one project or group, and never changes a variable of another environment scope.
 */
export class VariableStore {
  public constructor(private readonly gitlab: Gitlab, private readonly owner: GitlabOwner, private readonly release: string | undefined) {}

  /**
   * All variables of the owner.
   *
   * @param targets The variables that will be written.
   * @throws A `UserError` when GitLab cannot address a target: before 16.9, the API for groups cannot filter by environment scope.
   */
  public async listFor(targets: readonly VariableId[]): Promise<GitlabVariable[]> {
    const all = await this.gitlab.variables(this.owner);
    for (const variable of targets) this.checkAddressable(variable, all);
    return all;
  }

  /**
   * Creates or updates a variable. If an earlier attempt has created it and its answer was lost, updates that one.
   */
  public async write(variable: NewVariable): Promise<WrittenVariable> {
    // GitLab updates a group's variable of another scope when none has this scope, so each update needs a search first.
    if (await this.find(variable)) return this.update(variable);
    try {
      return await this.create(variable);
    } catch (error) {
      if (!(error instanceof GitlabError) || !/has already been taken/.test(error.words)) throw error;
      if (await this.find(variable)) return this.update(variable);
      throw this.withoutScopes(variable);
    }
  }

  /** Removes a variable. Returns whether it existed. */
  public async remove(variable: VariableId): Promise<boolean> {
    if (!await this.find(variable)) return false;
    await this.gitlab.delete(this.owner, variable);
    return true;
  }

  private async find({ key, environmentScope }: VariableId): Promise<GitlabVariable | undefined> {
    const all = await this.listFor([{ key, environmentScope }]);
    return all.find((variable) => variable.key === key && variable.environmentScope === environmentScope);
  }

  private async create(variable: NewVariable): Promise<WrittenVariable> {
    const created = await this.gitlab.create(this.owner, variable);
    const problem = this.problemOf(created, variable);
    if (problem === undefined) return { ...created, created: true };
    await this.gitlab.delete(this.owner, created);
    throw problem;
  }

  private async update(variable: NewVariable): Promise<WrittenVariable> {
    const updated = await this.gitlab.update(this.owner, variable);
    const problem = this.problemOf(updated, variable);
    if (problem === undefined) return { ...updated, created: false };
    throw problem;
  }

  private problemOf({ environmentScope, masked }: GitlabVariable, target: NewVariable): Failure | undefined {
    if (environmentScope !== target.environmentScope) return this.withoutScopes(target);
    return masked ? undefined : new Failure(`${target.key}: GitLab stored the variable, but does not mask it`, ExitCode.NO);
  }

  private checkAddressable({ key, environmentScope }: VariableId, all: readonly GitlabVariable[]): void {
    const other = all.find((variable) => variable.key === key && variable.environmentScope !== environmentScope);
    if (other === undefined || this.owner.kind === 'project' || isAtLeast(this.release, '16.9') !== false) return;
    throw userError({
      at: key,
      given: `group ${show(this.owner.path)} also has it for environment ${show(other.environmentScope)}, and GitLab ${show(this.release)} cannot tell the two apart`,
      expected: 'one variable of each key in a group before GitLab 16.9',
      fix: 'use another key (--variable), a project (--project), or GitLab 16.9 or newer',
    });
  }

  private withoutScopes({ key, environmentScope }: VariableId): Failure {
    return new Failure(
      `${key}: this GitLab ignores the environment ${show(environmentScope)}, since only Premium supports environments for variables of a group; `
      + 'nothing is stored: use a project (--project), or --environment "*"', ExitCode.NO);
  }
}
