import { Gitlab, GitlabOwner, GitlabToken, GitlabVariable, NewVariable, OwnerId, ownerOf, tokenOf, VariableId, variableOf, variablesOf } from './gitlab';
import { GitlabError, lacksScope, messageOf } from './gitlab-error';
import { isObject, Json, parseJson } from '../../base/json';
import { secrets } from '../../base/secrets';
import { HttpError, Unreachable } from '../base/failure';
import type { Host } from '../base/host';
import type { HttpClient, HttpRequest } from '../http/http';
import { createHttpClient } from '../http/http-client';
import { RetriedResponse, retry, RetryOptions } from '../http/retry';
import type { TransportConfig } from '../http/tls';
import { WaitNotice } from '../io/wait-notice';

/**
 * How to reach GitLab.
 */
export interface GitlabClientOptions extends Pick<Host, 'variables' | 'clock' | 'signal'> {
  /** The root: `https://gitlab.example.com`. */
  readonly url: string;
  readonly token: string;
  readonly transport: TransportConfig;
  /** Milliseconds for each call with its retries. */
  readonly budget: { readonly total: number };
  /** Reports that GitLab does not answer. @default - no report */
  readonly waiting?: WaitNotice;
}

/**
 * Creates a client for GitLab's REST API, version 4.
 *
 * @see https://docs.gitlab.com/api/rest/
 */
export function gitlabClient(options: GitlabClientOptions): Gitlab {
  return new RestClient(options);
}

/** Milliseconds for one attempt. */
const PER_CALL = 30_000;

/** The most entries that GitLab returns per page. */
const PAGE_SIZE = 100;

/** Bytes. A page of variables has at most 100 values of 10,000 characters. */
const LARGEST_BODY = 16 * 1024 * 1024;

/** A group may have fewer variables than fit on these pages. */
const MOST_PAGES = 400;

/** A request, and its description for errors. */
interface GitlabRequest {
  readonly method: HttpRequest['method'];
  /** Below `/api/v4`, percent-encoded. */
  readonly path: string;
  /** `read project 42`. */
  readonly at: string;
  /** The hint for a 403 that is not about scopes. */
  readonly role?: string;
  readonly body?: { readonly [name: string]: Json };
}

class RestClient implements Gitlab {
  public readonly url: string;
  readonly #token: string;
  private readonly http: HttpClient;
  private readonly retries: Pick<RetryOptions, 'budget' | 'clock' | 'signal' | 'repeatable' | 'retrying'>;
  private readonly waiting: WaitNotice;

  public constructor({ url, token, transport, variables, clock, signal, budget, waiting = WaitNotice.silent(clock) }: GitlabClientOptions) {
    this.url = url;
    this.#token = token;
    // A server or a proxy may repeat the request in its response.
    secrets.add(token);
    this.http = createHttpClient(transport, variables, clock);
    // Every request is repeatable: GitLab rejects a second variable with the same key and scope.
    this.retries = { budget: { perCall: PER_CALL, ...budget }, clock, signal, repeatable: true, retrying: (reason) => waiting.failed(reason) };
    this.waiting = waiting;
  }

  public async release(): Promise<string | undefined> {
    for (const path of ['/metadata', '/version']) {
      const request: GitlabRequest = { method: 'GET', path, at: 'read the release of GitLab' };
      const response = await this.exchange(request);
      const json = parseJson(response.body);
      if (response.status === 200 && isObject(json) && typeof json.version === 'string') return json.version;
      // GitLab hides the version from some tokens, and has /metadata since 15.2. Other errors matter: the token may be invalid.
      if (response.status !== 404 && response.status !== 403) throw this.errorOf(request, response);
    }
    return undefined;
  }

  public async token(): Promise<GitlabToken | undefined> {
    const request: GitlabRequest = { method: 'GET', path: '/personal_access_tokens/self', at: 'ask about the token' };
    const response = await this.exchange(request);
    if (response.status === 404 || response.status === 400) return undefined;
    return this.read(request, response, tokenOf);
  }

  public async owner(kind: GitlabOwner['kind'], name: string): Promise<GitlabOwner> {
    const request: GitlabRequest = { method: 'GET', path: `/${kind}s/${encodeURIComponent(name)}`, at: `look for ${kind} ${name}` };
    return this.read(request, await this.exchange(request), (json) => ownerOf(kind, json));
  }

  public async variables(owner: OwnerId): Promise<GitlabVariable[]> {
    const found: GitlabVariable[] = [];
    for (let page = 1; page <= MOST_PAGES; page++) {
      const request: GitlabRequest = { method: 'GET', path: `${pathOf(owner)}?per_page=${PAGE_SIZE}&page=${page}`, at: `read the variables of ${nameOf(owner)}`, role: roleFor(owner) };
      const response = await this.exchange(request);
      const variables = this.read(request, response, variablesOf);
      found.push(...variables);
      if ((response.headers['x-next-page'] ?? (variables.length === PAGE_SIZE ? 'unknown' : '')) === '') return found;
    }
    throw new HttpError(`read the variables of ${nameOf(owner)}: there are more than ${MOST_PAGES * PAGE_SIZE}`, 200);
  }

  public async create(owner: OwnerId, variable: NewVariable): Promise<GitlabVariable> {
    const { key, environmentScope } = variable;
    secrets.add(variable.value);
    const body = { ...attributesOf(variable), key, environment_scope: environmentScope, masked_and_hidden: true };
    return this.write({ method: 'POST', path: pathOf(owner), at: `create the variable ${key} of ${nameOf(owner)}`, role: roleFor(owner), body });
  }

  public async update(owner: OwnerId, variable: NewVariable): Promise<GitlabVariable> {
    secrets.add(variable.value);
    const at = `update the variable ${variable.key} of ${nameOf(owner)}`;
    return this.write({ method: 'PUT', path: pathOf(owner, variable), at, role: roleFor(owner), body: attributesOf(variable) });
  }

  public async delete(owner: OwnerId, variable: VariableId): Promise<boolean> {
    const request: GitlabRequest = { method: 'DELETE', path: pathOf(owner, variable), at: `delete the variable ${variable.key} of ${nameOf(owner)}`, role: roleFor(owner) };
    const response = await this.exchange(request);
    if (response.status === 404 && /Variable/.test(messageOf(response.body))) return false;
    if (response.status >= 300) throw this.errorOf(request, response);
    return true;
  }

  public close(): void {
    this.http.close();
  }

  private async write(request: GitlabRequest): Promise<GitlabVariable> {
    return this.read(request, await this.exchange(request), variableOf);
  }

  private async exchange(request: GitlabRequest): Promise<RetriedResponse> {
    const httpRequest = this.httpRequest(request);
    const attempt = async (timeout: number) => this.http.exchange({ ...httpRequest, timeout, largest: LARGEST_BODY }, this.retries.signal);
    try {
      return await this.waiting.during(async () => retry(attempt, this.retries));
    } catch (error) {
      throw error instanceof Unreachable ? new Unreachable(`${request.at}: ${error.message}`, error.cause) : error;
    }
  }

  private httpRequest({ method, path, body }: GitlabRequest): Omit<HttpRequest, 'timeout'> {
    const headers = { 'private-token': this.#token, 'accept': 'application/json' };
    const request = { method, url: new URL(`${this.url}/api/v4${path}`), headers };
    return body ? { ...request, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) } : request;
  }

  private read<T>(request: GitlabRequest, response: RetriedResponse, parse: (json: Json | undefined) => T | undefined): T {
    if (response.status < 200 || response.status >= 300) throw this.errorOf(request, response);
    const result = parse(parseJson(response.body));
    if (result !== undefined) return result;
    throw new HttpError(`${request.at}: the answer of ${this.url} is not one of GitLab. Is it the address of GitLab?`, response.status);
  }

  private errorOf(request: GitlabRequest, { status, headers, body, tried }: RetriedResponse): GitlabError | Unreachable {
    const error = new GitlabError(request.at, status, secrets.mask(messageOf(body)), hintFor(request, status, headers.location, body));
    const isTransient = status === 408 || status === 429 || status >= 500;
    return isTransient ? new Unreachable(`${error.message}${tried}`, error) : error;
  }
}

function attributesOf({ value, type, protected: isProtected }: NewVariable): { readonly [name: string]: Json } {
  return { value, variable_type: type, protected: isProtected, masked: true, raw: true };
}

/** The scope is a filter: several variables may have the same key. */
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

function hintFor({ role }: GitlabRequest, status: number, location: string | undefined, body: string): string | undefined {
  if (status === 403) return lacksScope(body) ? 'the token needs the scope api' : role;
  if (status === 401) return 'the token is unknown there, has expired or was revoked';
  if (status === 404) return 'it does not exist, or the token may not see it';
  if (status >= 400) return undefined;
  const target = location?.replace(/[?#].*$/, '').replace(/[^\x21-\x7e]/g, '');
  return target ? `it redirects to ${target}: use that address` : 'it redirects to another address: use that one';
}
