import { credentialVariables, VariableSettings } from './credential-variables';
import { DestinationReport, destinationWarnings, plannedVariables, planText, precedenceNotes, propertiesText } from './destination-report';
import { ancestorNotes } from './destination-warnings';
import { VariableStore, WrittenVariable } from './variable-store';
import { userError, show } from '../../base/user-error';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { HttpError } from '../base/failure';
import type { OwnerName } from '../gitlab/address';
import type { Gitlab, GitlabOwner, GitlabToken, NewVariable } from '../gitlab/gitlab';
import { GitlabError } from '../gitlab/gitlab-error';
import { isAtLeast } from '../gitlab/release';

/**
 * What to call out while something is done, so that it is known what was done when the rest fails.
 */
export type Said = (step: string) => void;

/**
 * The variables of a GitLab project or group that keep one credential.
 */
export class GitlabDestination {
  private resolved: Promise<GitlabOwner> | undefined;
  private asked: Promise<string | undefined> | undefined;
  private path: string;

  public constructor(private readonly gitlab: Gitlab, private readonly ownerName: OwnerName, private readonly settings: VariableSettings) {
    this.path = ownerName.name;
  }

  /**
   * For people: `variable KUBECONFIG of project example-group/site on gitlab.example.com for environment production`.
   */
  public get description(): string {
    const { key, environmentScope } = this.settings;
    const scope = environmentScope === '*' ? 'every environment' : `environment ${environmentScope}`;
    return `variable ${key} of ${this.ownerName.kind} ${this.path} on ${this.address} for ${scope}`;
  }

  /**
   * The same for programs: it does not change when the project is renamed.
   */
  public async identity(): Promise<string> {
    const { kind, id } = await this.owner();
    const { key, environmentScope } = this.settings;
    return `${this.address}/${kind}s/${id}/variables/${key}?environment_scope=${encodeURIComponent(environmentScope)}`;
  }

  /**
   * Looks whether the credential can be stored, and what that will mean, before anything is made.
   *
   * @throws When it cannot: the token lacks a scope or a role, or GitLab is too old for these settings.
   */
  public async check(): Promise<DestinationReport> {
    const token = await this.gitlab.token();
    checkToken(token);
    const [release, owner] = [await this.release(), await this.owner()];
    this.checkMasksJson(release);
    const store = new VariableStore(this.gitlab, owner, release);
    const { key, tokenKey, environmentScope } = this.settings;
    const all = await store.listFor([{ key, environmentScope }, { key: tokenKey, environmentScope }]);
    const variables = plannedVariables(this.settings, all, release);
    return {
      destination: this.description,
      url: this.gitlab.url,
      ...(release === undefined ? {} : { release }),
      ...(token ? { token } : {}),
      owner,
      variables,
      hasCredential: variables.some((variable) => variable.key === this.settings.key && variable.existing !== undefined),
      plan: planText(variables),
      notes: [...precedenceNotes(this.settings, owner), ...await ancestorNotes(this.gitlab, owner, key)],
      warnings: destinationWarnings(this.settings, owner, variables, all),
    };
  }

  /**
   * Stores a credential, or puts it in the place of the one that is there. Run again after a failure, it continues.
   *
   * @param said Told of each step that is done.
   * @throws Before anything is sent when GitLab would not mask the credential.
   */
  public async store(kubeconfig: Kubeconfig, said: Said): Promise<WrittenVariable[]> {
    const [token, file] = credentialVariables(kubeconfig, this.settings);
    const store = await this.variables();
    await store.listFor([token, file]);
    const first = await store.write(token);
    said(this.step(first));
    try {
      const second = await store.write(file);
      said(this.step(second));
      return [first, second];
    } catch (error) {
      if (error instanceof HttpError && first.created) said(await takenBack(store, token));
      throw this.withWayOut(error);
    }
  }

  /**
   * Removes both variables of this environment, as far as they are there.
   */
  public async remove(said: Said): Promise<void> {
    const { key, tokenKey, environmentScope } = this.settings;
    const store = await this.variables();
    for (const name of [key, tokenKey]) {
      const removed = await store.remove({ key: name, environmentScope });
      said(`variable ${name}: ${removed ? 'removed' : 'was not there'}`);
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
    this.resolved ??= this.gitlab.owner(this.ownerName.kind, this.ownerName.name);
    const owner = await this.resolved;
    this.path = /^[\w./-]+$/.test(owner.path) ? owner.path : show(owner.path);
    return owner;
  }

  private async release(): Promise<string | undefined> {
    this.asked ??= this.gitlab.release();
    return this.asked;
  }

  private step(written: WrittenVariable): string {
    return `variable ${written.key}: ${written.created ? 'created' : 'updated'}, ${propertiesText(written)}`;
  }

  private checkMasksJson(release: string | undefined): void {
    if (this.settings.type !== 'file' || isAtLeast(release, '15.7') !== false) return;
    throw userError({
      at: '--variable-type',
      given: `GitLab ${show(release)} expands every variable, and masks no JSON then`,
      expected: 'GitLab 15.7 or newer for a variable of type file',
      fix: WAY_OUT,
    });
  }

  /** The oldest releases that know of variables that are not expanded do not mask all of them. */
  private withWayOut(error: unknown): unknown {
    const isMasking = error instanceof GitlabError && this.settings.type === 'file' && /value is invalid/.test(error.words);
    return isMasking ? new GitlabError(error.at, error.code, error.words, `it does not mask JSON: ${WAY_OUT}`) : error;
  }
}

const WAY_OUT = 'use --variable-type env_var, which stores base64 that the job decodes into a file';

/** Fine-grained tokens name no scopes but this one; what they may do shows when it is done. */
const FINE_GRAINED = 'granular';

/** Why the other variable was refused matters more than that this one could not be removed. */
async function takenBack(store: VariableStore, variable: NewVariable): Promise<string> {
  try {
    await store.remove(variable);
    return `variable ${variable.key}: removed again`;
  } catch (error) {
    return `variable ${variable.key}: left, as it could not be removed again (${error instanceof Error ? error.message : String(error)})`;
  }
}

function checkToken(token: GitlabToken | undefined): void {
  if (token === undefined) return;
  if (!token.active) throw new HttpError(`the GitLab token ${show(token.name)} is not active: it has expired or was revoked`, 401);
  if (token.scopes.includes('api') || token.scopes.includes(FINE_GRAINED)) return;
  const scopes = token.scopes.map((scope) => show(scope)).join(', ') || 'none';
  throw new HttpError(`the GitLab token ${show(token.name)} has the scopes ${scopes}, and cannot write variables without api`, 403);
}
