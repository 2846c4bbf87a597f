import type { Gitlab, GitlabOwner, GitlabToken, GitlabVariable, NewVariable, OwnerId, VariableId } from './gitlab';
import { ownerOf, tokenOf, variableOf, variablesOf } from './gitlab-answers';
import { GitlabError, lacksScope, wordsOf } from './gitlab-error';
import { isObject, Json, parseJson } from '../../base/json';
import { HttpError, Unreachable } from '../base/failure';
import type { Host } from '../base/host';
import type { HttpClient, HttpRequest, Trust } from '../http/http';
import { createHttpClient } from '../http/http-client';
import { retrying, RetryOptions, TriedAnswer } from '../http/retry';

/**
 * How GitLab is reached.
 */
export interface GitlabClientOptions extends Pick<Host, 'variables' | 'clock' | 'signal'> {
  /** Its root: `https://gitlab.example.com`. */
  readonly url: string;
  readonly token: string;
  readonly trust: Trust;
  /** Milliseconds for each call, with every attempt. */
  readonly budget: { readonly total: number };
}

/**
 * GitLab's REST API, version 4.
 *
 * @see https://docs.gitlab.com/api/rest/
 */
export function gitlabClient(options: GitlabClientOptions): Gitlab {
  return new Client(options);
}

/** Milliseconds for one exchange. */
const TIMEOUT = 30_000;

/** The largest that GitLab gives. */
const PAGE = 100;

/** More variables than a group may have. */
const PAGES = 400;

/** What is asked for, and how to speak of it. */
interface Ask {
  readonly method: HttpRequest['method'];
  /** Below `/api/v4`, percent-encoded. */
  readonly path: string;
  /** For people: `read project 42`. */
  readonly at: string;
  /** What to do about a 403 that is not about scopes. */
  readonly role?: string;
  readonly body?: { readonly [name: string]: Json };
}

class Client implements Gitlab {
  public readonly url: string;
  readonly #token: string;
  private readonly door: HttpClient;
  private readonly attempts: Pick<RetryOptions, 'budget' | 'clock' | 'signal' | 'repeatable'>;

  public constructor({ url, token, trust, variables, clock, signal, budget }: GitlabClientOptions) {
    this.url = url;
    this.#token = token;
    this.door = createHttpClient(trust, variables, clock);
    // Everything may be repeated: GitLab refuses a second variable of the same key and scope.
    this.attempts = { budget, clock, signal, repeatable: true };
  }

  public async release(): Promise<string | undefined> {
    for (const path of ['/metadata', '/version']) {
      const ask: Ask = { method: 'GET', path, at: 'read the release of GitLab' };
      const answer = await this.exchange(ask);
      const said = parseJson(answer.body);
      if (answer.status === 200 && isObject(said) && typeof said.version === 'string') return said.version;
      // Not to every token, and /metadata not before 15.2; that the token is no good is said all the same.
      if (answer.status !== 404 && answer.status !== 403) throw this.refusal(ask, answer);
    }
    return undefined;
  }

  public async token(): Promise<GitlabToken | undefined> {
    const ask: Ask = { method: 'GET', path: '/personal_access_tokens/self', at: 'ask about the token' };
    const answer = await this.exchange(ask);
    if (answer.status === 404 || answer.status === 400) return undefined;
    return this.read(ask, answer, tokenOf);
  }

  public async owner(kind: GitlabOwner['kind'], name: string): Promise<GitlabOwner> {
    const ask: Ask = { method: 'GET', path: `/${kind}s/${encodeURIComponent(name)}`, at: `look for ${kind} ${name}` };
    return this.read(ask, await this.exchange(ask), (json) => ownerOf(kind, json));
  }

  public async variables(owner: OwnerId): Promise<GitlabVariable[]> {
    const found: GitlabVariable[] = [];
    for (let page = 1; page <= PAGES; page++) {
      const ask: Ask = { method: 'GET', path: `${pathOf(owner)}?per_page=${PAGE}&page=${page}`, at: `read the variables of ${nameOf(owner)}`, role: roleFor(owner) };
      const answer = await this.exchange(ask);
      const variables = this.read(ask, answer, variablesOf);
      found.push(...variables);
      if ((answer.headers['x-next-page'] ?? (variables.length === PAGE ? 'unknown' : '')) === '') return found;
    }
    throw new HttpError(`read the variables of ${nameOf(owner)}: there are more than ${PAGES * PAGE}`, 200);
  }

  public async create(owner: OwnerId, variable: NewVariable): Promise<GitlabVariable> {
    const { key, environmentScope } = variable;
    const body = { ...attributesOf(variable), key, environment_scope: environmentScope, masked_and_hidden: true };
    return this.write({ method: 'POST', path: pathOf(owner), at: `create the variable ${key} of ${nameOf(owner)}`, role: roleFor(owner), body });
  }

  public async update(owner: OwnerId, variable: NewVariable): Promise<GitlabVariable> {
    const at = `update the variable ${variable.key} of ${nameOf(owner)}`;
    return this.write({ method: 'PUT', path: pathOf(owner, variable), at, role: roleFor(owner), body: attributesOf(variable) });
  }

  public async delete(owner: OwnerId, variable: VariableId): Promise<boolean> {
    const ask: Ask = { method: 'DELETE', path: pathOf(owner, variable), at: `delete the variable ${variable.key} of ${nameOf(owner)}`, role: roleFor(owner) };
    const answer = await this.exchange(ask);
    if (answer.status === 404 && /Variable/.test(wordsOf(answer.body))) return false;
    if (answer.status >= 300) throw this.refusal(ask, answer);
    return true;
  }

  public close(): void {
    this.door.close();
  }

  private async write(ask: Ask): Promise<GitlabVariable> {
    return this.read(ask, await this.exchange(ask), variableOf);
  }

  private async exchange(ask: Ask): Promise<TriedAnswer> {
    const request = this.request(ask);
    const attempt = (remaining: number) => this.door.exchange({ ...request, timeout: Math.min(TIMEOUT, remaining) }, this.attempts.signal);
    try {
      return await retrying(attempt, this.attempts);
    } catch (error) {
      throw error instanceof Unreachable ? new Unreachable(`${ask.at}: ${error.message}`, error.cause) : error;
    }
  }

  private request({ method, path, body }: Ask): Omit<HttpRequest, 'timeout'> {
    const headers = { 'private-token': this.#token, 'accept': 'application/json' };
    const request = { method, url: new URL(`${this.url}/api/v4${path}`), headers };
    return body ? { ...request, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) } : request;
  }

  private read<T>(ask: Ask, answer: TriedAnswer, form: (json: Json | undefined) => T | undefined): T {
    if (answer.status < 200 || answer.status >= 300) throw this.refusal(ask, answer);
    const result = form(parseJson(answer.body));
    if (result !== undefined) return result;
    throw new HttpError(`${ask.at}: ${this.url} answers something else than GitLab does; is it the address of GitLab?`, answer.status);
  }

  private refusal(ask: Ask, { status, headers, body, tried }: TriedAnswer): GitlabError | Unreachable {
    const words = this.withoutSecrets(wordsOf(body), ask);
    const refusal = new GitlabError(ask.at, status, words, hintFor(ask, status, headers.location, body));
    const mayPass = status === 408 || status === 429 || status >= 500;
    return mayPass ? new Unreachable(`${refusal.message}${tried}`, refusal) : refusal;
  }

  /** What lies between may repeat a request in its answer. */
  private withoutSecrets(words: string, { body }: Ask): string {
    const secrets = [this.#token, body?.value].filter((secret) => typeof secret === 'string');
    return secrets.reduce((text, secret) => text.split(secret).join('[a secret]'), words);
  }
}

function attributesOf({ value, type, protected: isProtected }: NewVariable): { readonly [name: string]: Json } {
  return { value, variable_type: type, protected: isProtected, masked: true, raw: true };
}

/** The scope goes along as a filter: a key alone may be that of several variables. */
function pathOf({ kind, id }: OwnerId, variable?: VariableId): string {
  const variables = `/${kind}s/${id}/variables`;
  return variable ? `${variables}/${variable.key}?${encodeURIComponent('filter[environment_scope]')}=${encodeURIComponent(variable.environmentScope)}` : variables;
}

function nameOf({ kind, id }: OwnerId): string {
  return `${kind} ${id}`;
}

function roleFor({ kind }: OwnerId): string {
  return kind === 'project' ? 'the token needs the role Maintainer in the project' : 'the token needs the role Owner in the group';
}

function hintFor({ role }: Ask, status: number, location: string | undefined, body: string): string | undefined {
  if (status === 403) return lacksScope(body) ? 'the token needs the scope api' : role;
  if (status === 401) return 'the token is not known there, has expired or was revoked';
  if (status === 404) return 'it is not there, or the token may not see it';
  return status < 400 ? `it leads to another address${location ? `, ${location.replace(/[?#].*$/, '').replace(/[^\x21-\x7e]/g, '')}` : ''}: give that one` : undefined;
}
