import { userError, show } from '../../base/user-error';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import type { Gitlab, GitlabOwner, GitlabVariable, NewVariable, VariableId } from '../gitlab/gitlab';
import { GitlabError } from '../gitlab/gitlab-error';
import { isAtLeast } from '../gitlab/release';

/**
 * A variable as GitLab keeps it now.
 */
export interface WrittenVariable extends GitlabVariable {
  /** Whether it is new. */
  readonly created: boolean;
}

/**
 * The variables of one project or group, written so that none of another scope is hit.
 */
export class VariableStore {
  public constructor(private readonly gitlab: Gitlab, private readonly owner: GitlabOwner, private readonly release: string | undefined) {}

  /**
   * Every variable of the owner, when GitLab can tell from them those that are meant.
   *
   * @throws When it would take one for another: groups had no filter before 16.9.
   */
  public async listFor(meant: readonly VariableId[]): Promise<GitlabVariable[]> {
    const all = await this.gitlab.variables(this.owner);
    for (const variable of meant) this.checkAddressable(variable, all);
    return all;
  }

  /**
   * Creates a variable, or gives the one that there is its new value. What an earlier attempt has left is found and used.
   */
  public async write(variable: NewVariable): Promise<WrittenVariable> {
    // An update in a group hits any variable of the key when there is none of this scope, so it is looked for first, each time.
    if (await this.find(variable)) return this.update(variable);
    try {
      return await this.create(variable);
    } catch (error) {
      if (!(error instanceof GitlabError) || !/has already been taken/.test(error.words)) throw error;
      if (await this.find(variable)) return this.update(variable);
      throw this.withoutScopes(variable);
    }
  }

  /**
   * Resolves to whether there was one.
   */
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

  private problemOf({ environmentScope, masked }: GitlabVariable, meant: NewVariable): Failure | undefined {
    if (environmentScope !== meant.environmentScope) return this.withoutScopes(meant);
    return masked ? undefined : new Failure(`${meant.key}: GitLab has taken it, but does not mask it`, ExitCode.NO);
  }

  private checkAddressable({ key, environmentScope }: VariableId, all: readonly GitlabVariable[]): void {
    const other = all.find((variable) => variable.key === key && variable.environmentScope !== environmentScope);
    if (other === undefined || this.owner.kind === 'project' || isAtLeast(this.release, '16.9') !== false) return;
    throw userError({
      at: key,
      given: `group ${show(this.owner.path)} has it for environment ${show(other.environmentScope)} too, and GitLab ${show(this.release)} cannot tell them apart`,
      expected: 'one variable of a key in a group before 16.9',
      fix: 'use another key (--variable), a project, or a newer GitLab',
    });
  }

  private withoutScopes({ key, environmentScope }: VariableId): Failure {
    return new Failure(
      `${key}: this GitLab knows no environments of variables of a group (they are a feature of Premium), so environment ${show(environmentScope)} `
      + 'cannot be kept apart; nothing is stored: use a project (--project), or --environment "*"', ExitCode.NO);
  }
}
