import { asMeant } from './answer';
import type { Connection, Presented } from './connection';
import type { Query } from './kubernetes-client';
import { Outage } from './outage';
import { parseWarnings } from './warnings';
import type { CiVariables } from '../../gitlab/ci-variables';
import { Unreachable } from '../base/failure';
import type { Clock } from '../base/host';
import type { HttpResponse, HttpClient, HttpRequest, HttpStream } from '../http/http';
import { createHttpClient } from '../http/http-client';
import { retrying, TriedAnswer } from '../http/retry';

/**
 * What is around a connection.
 */
export interface ClientOptions {
  readonly variables: CiVariables;
  readonly clock: Clock;
  /** Ends everything that is under way. */
  readonly signal: AbortSignal;
  readonly budget?: TimeBudget;
  /** Told of each request: method, path, status, milliseconds; never of a header or a body. */
  readonly debug?: (line: string) => void;
  /** Whether what fails in passing is tried again; by default it is. */
  readonly retries?: boolean;
}

/**
 * Milliseconds.
 */
export interface TimeBudget {
  /** For one exchange, from connecting to the last byte. */
  readonly perCall: number;
  /** For one call, with everything that it tries again. */
  readonly total: number;
}

/**
 * A request to the API, before it is known who asks.
 */
export interface ApiRequest {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly query?: Query;
  readonly accept?: string;
  readonly contentType?: string;
  readonly content?: object;
  /** Whether it does no harm when it is executed twice. */
  readonly repeatable?: boolean;
  /** A user to ask as. */
  readonly as?: string;
  /** Sent once, whatever comes. */
  readonly once?: boolean;
  /** Ends this one; by default that of all. */
  readonly signal?: AbortSignal;
}

export const DEFAULT_BUDGET: TimeBudget = { perCall: 15_000, total: 30_000 };

/**
 * Sends requests to one API server with the credentials of a connection, renewed once when the server does not know them.
 */
export class ApiClient {
  /** What the server warned of, each once. */
  public readonly warnings: string[] = [];
  public readonly budget: TimeBudget;
  /** With the path that all paths of the API follow, for servers behind a proxy of GitLab's agent or the like. */
  public readonly server: string;
  /** What ends everything: the caller's signal, or that it is closed. */
  public readonly signal: AbortSignal;

  /** Seen by this client. */
  public readonly outage: Outage;

  private readonly closing = new AbortController();
  private door?: HttpClient;
  private certificate?: string;
  private readonly before = { connections: 0, requests: 0 };

  public constructor(private readonly connection: Connection, public readonly options: ClientOptions) {
    const { origin, pathname } = new URL(connection.server);
    this.server = `${origin}${pathname.replace(/\/+$/, '')}`;
    this.budget = options.budget ?? DEFAULT_BUDGET;
    this.outage = new Outage(options.clock);
    this.signal = AbortSignal.any([options.signal, this.closing.signal]);
  }

  public get counts(): HttpClient['counts'] {
    const now = this.door?.counts ?? { connections: 0, requests: 0 };
    return { connections: this.before.connections + now.connections, requests: this.before.requests + now.requests };
  }

  /** The answer, whatever its status is. */
  public async send(request: ApiRequest): Promise<TriedAnswer> {
    const { signal } = this;
    const { clock, retries = true } = this.options;
    const { perCall, total } = this.budget;
    let attempt = 0;
    const send = async (remaining: number) => {
      attempt += 1;
      return this.renewing(async (presented) => this.exchange(request, presented, Math.max(1, Math.min(perCall, remaining)), attempt));
    };
    if (!retries || request.once) return { ...await send(perCall), attempts: 1, tried: '' };
    const mayPass = (answer: HttpResponse) => this.outage.explains(answer);
    return retrying(send, { repeatable: request.repeatable ?? true, budget: { total }, clock, signal, mayPass });
  }

  /** The beginning of an answer that goes on, of which nothing is tried again. */
  public async open(request: ApiRequest, timeout: number): Promise<HttpStream> {
    return this.renewing(async (presented) => {
      const http = this.http(request, presented, timeout);
      const stream = await this.timed(request, 1, async () => this.doorFor(presented).stream(http, request.signal ?? this.signal));
      this.warned(stream.headers, presented);
      return stream.status === 200 ? stream : { ...stream, body: withoutToken(stream.body, presented) };
    });
  }

  /** What is still under way, since someone gave up waiting for it, must neither be tried again nor keep the process. */
  public close(): void {
    this.closing.abort(new Error('the connection was closed'));
    this.door?.close();
  }

  private async renewing<T extends { readonly status: number }>(attempt: (presented: Presented) => Promise<T>): Promise<T> {
    const { credentials } = this.connection;
    const presented = await credentials.present();
    const answer = await attempt(presented);
    if (answer.status !== 401) return answer;
    const renewed = await credentials.present(true);
    const isSame = renewed.token === presented.token && renewed.clientCertificate?.certificate === presented.clientCertificate?.certificate;
    return isSame ? answer : attempt(renewed);
  }

  private async exchange(request: ApiRequest, presented: Presented, timeout: number, attempt: number): Promise<HttpResponse> {
    const http = this.http(request, presented, timeout);
    const answer = await this.timed(request, attempt, async () => this.doorFor(presented).exchange(http, request.signal ?? this.signal));
    this.warned(answer.headers, presented);
    const isObject = answer.status < 300 && answer.body.startsWith('{');
    return asMeant(isObject ? answer : { ...answer, body: redacted(answer.body, presented) });
  }

  private http(request: ApiRequest, { token }: Presented, timeout: number): HttpRequest {
    const { method, path, query = {}, as, accept = 'application/json', contentType = 'application/json', content } = request;
    const { permit } = this.connection;
    const url = new URL(`${this.server}${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    return {
      method,
      url,
      timeout,
      permit: permit && (() => permit({ writes: method !== 'GET' && query.dryRun === undefined })),
      headers: {
        accept,
        ...token === undefined ? {} : { authorization: `Bearer ${token}` },
        ...as === undefined ? {} : { 'impersonate-user': as },
        ...content === undefined ? {} : { 'content-type': contentType },
      },
      body: content === undefined ? undefined : JSON.stringify(content),
    };
  }

  /** A client certificate belongs to its connections, so another one gets a door of its own. */
  private doorFor({ clientCertificate }: Presented): HttpClient {
    if (this.door && this.certificate === clientCertificate?.certificate) return this.door;
    Object.assign(this.before, this.counts);
    this.door?.close();
    const { certificateAuthority, certificateAuthorityName, tlsServerName: serverName, proxyUrl: proxy } = this.connection;
    const sessions = clientCertificate ? undefined : this.connection.sessions;
    const trust = { certificateAuthority, certificateAuthorityName, serverName, clientCertificate, proxy, proxyName: 'the kubeconfig\'s proxy-url', sessions };
    this.certificate = clientCertificate?.certificate;
    this.door = createHttpClient(trust, this.options.variables, this.options.clock);
    return this.door;
  }

  private async timed<T extends { readonly status: number }>({ method, path }: ApiRequest, attempt: number, action: () => Promise<T>): Promise<T> {
    const { clock, debug } = this.options;
    const begun = clock.now();
    const say = (result: string) => debug?.(`${method} ${path} ${result}, ${clock.now() - begun} ms${attempt === 1 ? '' : `, attempt ${attempt}`}`);
    try {
      const answer = await action();
      say(String(answer.status));
      if (answer.status >= 502 && answer.status <= 504) this.outage.note();
      return answer;
    } catch (error) {
      // What was ended from here says nothing of the server.
      if (error instanceof Unreachable) this.outage.note();
      say(error instanceof Error ? error.message : 'failed');
      throw error;
    }
  }

  private warned({ warning }: HttpResponse['headers'], presented: Presented): void {
    this.warnings.push(...parseWarnings(redacted(warning ?? '', presented)).filter((text) => !this.warnings.includes(text)));
  }
}

/** What is said in errors: a broken server, or a proxy, may show the request that it got. */
function redacted(text: string, { token }: Presented): string {
  return token === undefined ? text : text.replaceAll(token, '[token]');
}

async function* withoutToken(body: AsyncIterable<string>, presented: Presented): AsyncGenerator<string> {
  let text = '';
  for await (const piece of body) text += piece;
  yield redacted(text, presented);
}
