import { credentialVariables, PlannedVariable, plannedVariables, planText, propertiesText, VariableSettings } from './credential-variables';
import type { Destination, DestinationState, StepReporter } from './destination';
import { ancestorNotes, destinationWarnings, precedenceNotes } from './destination-warnings';
import { VariableStore, WrittenVariable } from './variable-store';
import { userError, show } from '../../base/user-error';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { HttpError } from '../base/failure';
import type { OwnerName } from '../gitlab/connection-options';
import { Gitlab, GitlabOwner, GitlabToken, isAtLeast, NewVariable } from '../gitlab/gitlab';
import { GitlabError } from '../gitlab/gitlab-error';

/**
 * The state of the variables in GitLab before a credential is stored.
 */
export interface GitlabDestinationState extends DestinationState {
  readonly variables: readonly PlannedVariable[];
}

/**
 * The two variables of a GitLab project or group that store one credential.
 */
export class GitlabDestination implements Destination {
  private ownerRequest: Promise<GitlabOwner> | undefined;
  private releaseRequest: Promise<string | undefined> | undefined;
  private path: string;

  public constructor(private readonly gitlab: Gitlab, private readonly ownerName: OwnerName, private readonly settings: VariableSettings) {
    this.path = ownerName.name;
  }

  /** `variable KUBECONFIG of project example-group/site on gitlab.example.com for environment production`. */
  public get description(): string {
    const { key, environmentScope } = this.settings;
    const scope = environmentScope === '*' ? 'every environment' : `environment ${environmentScope}`;
    return `variable ${key} of ${this.ownerName.kind} ${this.path} on ${this.address} for ${scope}`;
  }

  /** The identity holds the numeric id, so it stays the same when the project is renamed. */
  public async identity(): Promise<string> {
    const { kind, id } = await this.owner();
    const { key, environmentScope } = this.settings;
    return `${this.address}/${kind}s/${id}/variables/${key}?environment_scope=${encodeURIComponent(environmentScope)}`;
  }

  /**
   * Checks that GitLab can store the credential, before the credential is created.
   *
   * @throws When the GitLab token lacks a scope or a role, or when GitLab is too old for the settings.
   */
  public async check(): Promise<GitlabDestinationState> {
    checkToken(await this.gitlab.token());
    const [release, owner] = [await this.release(), await this.owner()];
    this.checkMasksJson(release);
    const store = new VariableStore(this.gitlab, owner, release);
    const { key, tokenKey, environmentScope } = this.settings;
    const all = await store.listFor([{ key, environmentScope }, { key: tokenKey, environmentScope }]);
    const variables = plannedVariables(this.settings, all, release);
    return {
      variables,
      hasCredential: variables.some((variable) => variable.key === this.settings.key && variable.existing !== undefined),
      plan: planText(variables),
      notes: [...precedenceNotes(this.settings, owner), ...await ancestorNotes(this.gitlab, owner, key)],
      warnings: destinationWarnings(this.settings, owner, variables, all),
    };
  }

  /**
   * Stores a credential, and replaces the one that is there. Another call after a failure completes the work.
   *
   * @throws A `UserError` before the first request when GitLab would not mask the credential.
   */
  public async store(kubeconfig: Kubeconfig, report: StepReporter): Promise<WrittenVariable[]> {
    const [token, file] = credentialVariables(kubeconfig, this.settings);
    const store = await this.variables();
    await store.listFor([token, file]);
    const first = await store.write(token);
    report(stepText(first));
    try {
      const second = await store.write(file);
      report(stepText(second));
      return [first, second];
    } catch (error) {
      if (error instanceof HttpError && first.created) report(await removeAgain(store, token));
      throw this.withHint(error);
    }
  }

  /** Removes the two variables of this environment, if they exist. */
  public async remove(report: StepReporter): Promise<void> {
    const { key, tokenKey, environmentScope } = this.settings;
    const store = await this.variables();
    for (const name of [key, tokenKey]) {
      const removed = await store.remove({ key: name, environmentScope });
      report(`variable ${name}: ${removed ? 'removed' : 'did not exist'}`);
    }
  }

  public close(): void {
    this.gitlab.close();
  }

  private get address(): string {
    return this.gitlab.url.replace(/^https?:\/\//, '');
  }

  private async variables(): Promise<VariableStore> {
    return new VariableStore(this.gitlab, await this.owner(), await this.release());
  }

  private async owner(): Promise<GitlabOwner> {
    this.ownerRequest ??= this.gitlab.owner(this.ownerName.kind, this.ownerName.name);
    const owner = await this.ownerRequest;
    this.path = /^[\w./-]+$/.test(owner.path) ? owner.path : show(owner.path);
    return owner;
  }

  private async release(): Promise<string | undefined> {
    this.releaseRequest ??= this.gitlab.release();
    return this.releaseRequest;
  }

  private checkMasksJson(release: string | undefined): void {
    if (this.settings.type !== 'file' || isAtLeast(release, '15.7') !== false) return;
    throw userError({
      at: '--variable-type',
      given: `GitLab ${show(release)} expands every variable, so it cannot mask JSON`,
      expected: 'GitLab 15.7 or newer for a variable of type file',
      fix: USE_BASE64,
    });
  }

  /** Some old releases support unexpanded variables, but do not mask all of them. */
  private withHint(error: unknown): unknown {
    const isMasking = error instanceof GitlabError && this.settings.type === 'file' && /value is invalid/.test(error.words);
    return isMasking ? new GitlabError(error.at, error.code, error.words, `it does not mask JSON: ${USE_BASE64}`) : error;
  }
}

const USE_BASE64 = 'use --variable-type env_var, which stores base64 that the job decodes into a file';

/** The only scope of a fine-grained token, whose permissions the API does not list. */
const FINE_GRAINED = 'granular';

function stepText(written: WrittenVariable): string {
  return `variable ${written.key}: ${written.created ? 'created' : 'updated'}, ${propertiesText(written)}`;
}

/** Never throws, since the error of the other variable matters more. */
async function removeAgain(store: VariableStore, variable: NewVariable): Promise<string> {
  try {
    await store.remove(variable);
    return `variable ${variable.key}: removed again`;
  } catch (error) {
    return `variable ${variable.key}: not removed, since the removal failed (${error instanceof Error ? error.message : String(error)})`;
  }
}

function checkToken(token: GitlabToken | undefined): void {
  if (token === undefined) return;
  if (!token.active) throw new HttpError(`the GitLab token ${show(token.name)} is not active: it has expired or was revoked`, 401);
  if (token.scopes.includes('api') || token.scopes.includes(FINE_GRAINED)) return;
  const scopes = token.scopes.map((scope) => show(scope)).join(', ') || 'none';
  throw new HttpError(`the GitLab token ${show(token.name)} has the scopes ${scopes}, but needs the scope api to write variables`, 403);
}
