import { once } from 'node:events';
import { createServer, IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { AddressInfo } from 'node:net';
import { Answer, Rejection } from './answer';
import { authenticate, authorizeVariables, checkScope, findOwner } from './authentication';
import { Fault, FaultMatch, Faults } from './faults';
import { Owner, shownGroup, shownProject, Token } from './owner';
import { Parameters } from './parameters';
import { Release } from './release';
import { VariablesApi } from './variables-api';
import { Certified } from '../support/x509';

export interface GitlabOptions {
  /** By default a recent one. */
  readonly version?: string;
  /** Whether variables of groups have environments; by default they have. */
  readonly premium?: boolean;
  /** Variables that one project or group may have; by default as many as on GitLab.com. */
  readonly limit?: number;
  /** To speak https. */
  readonly tls?: Certified;
}

/**
 * What came in. Neither the token nor the body is kept.
 */
export interface RecordedRequest {
  readonly method: string;
  /** With its query, as it was sent. */
  readonly path: string;
  readonly hasBody: boolean;
  readonly status: number | 'none';
}

/**
 * As much of GitLab's API as storing a credential needs, with GitLab's own rules and words.
 */
export class Gitlab {
  /** Starts it on a free port of 127.0.0.1. */
  public static async start(options: GitlabOptions = {}): Promise<Gitlab> {
    const gitlab = new Gitlab(options);
    gitlab.server.listen(0, '127.0.0.1');
    await once(gitlab.server, 'listening');
    return gitlab;
  }

  public readonly requests: RecordedRequest[] = [];
  private readonly owners: Owner[] = [];
  private readonly tokens: Token[] = [];
  private readonly faults = new Faults();
  private readonly release: Release;
  private readonly server: Server;

  private constructor(private readonly options: GitlabOptions) {
    this.release = new Release(options.version ?? '18.5.1-ee');
    const listener: RequestListener = (request, response) => void this.handle(request, response);
    const { tls } = options;
    this.server = tls ? createTlsServer({ key: tls.key, cert: tls.certificate }, listener) : createServer(listener);
  }

  public get url(): string {
    return `${this.options.tls ? 'https' : 'http'}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  public addGroup(id: number, path: string, parent?: Owner): Owner {
    return this.add({ kind: 'group', id, path, isPublic: false, ...(parent ? { parent } : {}), variables: [] });
  }

  public addProject(id: number, path: string, parent?: Owner, isPublic = false): Owner {
    return this.add({ kind: 'project', id, path, isPublic, ...(parent ? { parent } : {}), variables: [] });
  }

  public addToken(text: string, roles: Token['roles'], more: Partial<Token> = {}): void {
    this.tokens.push({ text, roles, name: 'administrator', scopes: ['api'], expiresAt: '2027-06-30', state: 'active', ...more });
  }

  public project(id: number): Owner {
    return this.owner('project', id);
  }

  public group(id: number): Owner {
    return this.owner('group', id);
  }

  /** Lets something else happen to the requests that match. */
  public fail(match: FaultMatch, fault: Fault): void {
    this.faults.add(match, fault);
  }

  /** Ends every fault. */
  public heal(): void {
    this.faults.clear();
  }

  private add(owner: Owner): Owner {
    this.owners.push(owner);
    return owner;
  }

  private owner(kind: Owner['kind'], id: number): Owner {
    const owner = this.owners.find((one) => one.kind === kind && one.id === id);
    if (!owner) throw new Error(`there is no ${kind} ${id}`);
    return owner;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request;
    const body = await textOf(request);
    const fault = this.faults.next(method, path);
    const answer = fault === 'cut before' || fault === 'hang' ? undefined : typeof fault === 'object' ? fault : this.answer(request, body);
    this.requests.push({ method, path, hasBody: body !== '', status: answer && fault !== 'cut after' ? answer.status : 'none' });
    if (fault === 'cut before' || fault === 'cut after') request.socket.destroy();
    else if (answer) write(response, answer);
  }

  private answer({ method = '', url = '', headers }: IncomingMessage, body: string): Answer {
    try {
      const [path = '', query] = url.split('?', 2);
      const parameters = new Parameters(new URLSearchParams(query), body, String(headers['content-type'] ?? ''));
      return this.route(method, path, headers, parameters);
    } catch (error) {
      if (error instanceof Rejection) return error.answer;
      throw error;
    }
  }

  private route(method: string, path: string, headers: IncomingMessage['headers'], parameters: Parameters): Answer {
    const [, resource, id, collection, key, ...rest] = /^\/api\/v4\//.test(path) ? path.slice('/api/v4'.length).split('/').map(decodeURIComponent) : [];
    const token = () => authenticate(headers, this.tokens);
    if (method === 'GET' && (resource === 'version' || resource === 'metadata' && this.release.atLeast('15.2')) && id === undefined) {
      return this.metadata(token());
    }
    if (method === 'GET' && resource === 'personal_access_tokens' && id === 'self' && collection === undefined && this.release.atLeast('15.5')) {
      return self(token());
    }
    const kind = resource === 'projects' ? 'project' : resource === 'groups' ? 'group' : undefined;
    if (kind === undefined || id === undefined || rest.length > 0) throw Rejection.error(404, '404 Not Found');
    const asking = token();
    checkScope(asking, method);
    const owner = findOwner(asking, kind, id, this.owners);
    if (collection === 'variables') {
      authorizeVariables(asking, owner);
      return this.variables(method, path, key, owner, parameters);
    }
    if (method !== 'GET' || collection !== undefined) throw Rejection.error(404, '404 Not Found');
    return { status: 200, body: kind === 'project' ? shownProject(owner) : shownGroup(owner) };
  }

  private variables(method: string, path: string, key: string | undefined, owner: Owner, parameters: Parameters): Answer {
    const { premium = true, limit = owner.kind === 'project' ? 8_000 : 30_000 } = this.options;
    const api = new VariablesApi({ release: this.release, premium, limit, url: this.url }, owner, parameters);
    if (method === 'GET') return key === undefined ? api.list(path) : api.get(key);
    if (method === 'POST' && key === undefined) return api.create();
    if (method === 'PUT' && key !== undefined) return api.update(key);
    if (method === 'DELETE' && key !== undefined) return api.delete(key);
    throw Rejection.error(405, '405 Not Allowed');
  }

  /** lib/api/metadata.rb: since 15.2, and before as `/version`; `read_user` opens it too. */
  private metadata(token: Token): Answer {
    checkScope(token, 'GET', ['read_user']);
    return { status: 200, body: { version: this.release.version, revision: 'c0ffee00', enterprise: this.release.version.endsWith('-ee') } };
  }
}

/** lib/api/personal_access_tokens/self_information.rb: since 15.5, open to every scope. */
function self({ name, scopes, expiresAt, state }: Token): Answer {
  return { status: 200, body: { id: 1, name, revoked: state === 'revoked', scopes, user_id: 2, active: state === 'active', expires_at: expiresAt } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function write(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  if (body === undefined) return void response.writeHead(status, headers).end();
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json', ...headers }).end(text);
}
