import type { AuthInfo, Connection } from './connection';
import type { Query } from './kubernetes-client';
import { correctStatus } from './status';
import { secrets } from '../../base/secrets';
import type { CiVariables } from '../../gitlab/ci-variables';
import { Unreachable } from '../base/failure';
import type { Clock } from '../base/host';
import type { HttpClient, HttpRequest, HttpResponse, HttpStream } from '../http/http';
import { createHttpClient } from '../http/http-client';
import { RetriedResponse, retry, TimeBudget } from '../http/retry';
import { WaitNotice } from '../io/wait-notice';

/**
 * The environment of an API client.
 */
export interface ClientOptions {
  readonly variables: CiVariables;
  readonly clock: Clock;
  /** Ends all requests and watches. */
  readonly signal: AbortSignal;
  /** @default 15 s per call, 30 s in total */
  readonly budget?: TimeBudget;
  /** Gets a line for each request: method, path, status, milliseconds. It contains no headers and no bodies. */
  readonly debug?: (line: string) => void;
  /** Whether to retry temporary errors. @default true */
  readonly retries?: boolean;
  /** Reports that the server does not answer. @default - no report */
  readonly waiting?: WaitNotice;
}

/**
 * A request to the API, without credentials.
 */
export interface ApiRequest {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly query?: Query;
  readonly accept?: string;
  readonly contentType?: string;
  readonly content?: object;
  /** Whether the request is safe to execute twice. @default true */
  readonly repeatable?: boolean;
  /** The user to impersonate. */
  readonly as?: string;
  /** Whether to send the request once, without retries. */
  readonly once?: boolean;
  /** Ends this request. @default the client's signal */
  readonly signal?: AbortSignal;
}

export const DEFAULT_BUDGET: TimeBudget = { perCall: 15_000, total: 30_000 };

/**
 * Sends requests to one API server with the credentials of a connection. After a 401 it renews them once.
 */
export class ApiClient {
  /** The server's warnings so far, without duplicates. */
  public readonly warnings: string[] = [];
  public readonly budget: TimeBudget;
  /** The URL without a trailing slash. It may have a path, for example behind the proxy of GitLab's agent. */
  public readonly server: string;
  /** Aborted by the caller's signal or by `close`. */
  public readonly signal: AbortSignal;
  public readonly outage: OutageTracker;
  public readonly waiting: WaitNotice;

  private readonly closing = new AbortController();
  private http?: HttpClient;
  private certificate?: string;
  /** The counts of earlier HTTP clients. */
  private readonly earlier = { connections: 0, requests: 0 };

  public constructor(private readonly connection: Connection, public readonly options: ClientOptions) {
    const { origin, pathname } = new URL(connection.server);
    this.server = `${origin}${pathname.replace(/(?<!\/)\/+$/, '')}`;
    this.budget = options.budget ?? DEFAULT_BUDGET;
    this.outage = new OutageTracker(options.clock);
    this.waiting = options.waiting ?? WaitNotice.silent(options.clock);
    this.signal = AbortSignal.any([options.signal, this.closing.signal]);
  }

  public get counts(): HttpClient['counts'] {
    const current = this.http?.counts ?? { connections: 0, requests: 0 };
    return { connections: this.earlier.connections + current.connections, requests: this.earlier.requests + current.requests };
  }

  /** Sends a request, with retries. Returns the response whatever its status is. */
  public async send(request: ApiRequest): Promise<RetriedResponse> {
    return this.waiting.during(async () => this.sendWithRetries(request));
  }

  /** Opens a stream, without retries. */
  public async open(request: ApiRequest, timeout: number): Promise<HttpStream> {
    return this.waiting.during(async () => this.withAuth(timeout, async (auth, remaining) => {
      const httpRequest = this.httpRequest(request, auth, remaining);
      const stream = await this.observed(request, 1, async () => this.clientFor(auth).stream(httpRequest, request.signal ?? this.signal));
      this.noteWarnings(stream.headers);
      return stream;
    }));
  }

  /** Ends all requests. A request that nobody waits for any more must neither be retried nor keep the process running. */
  public close(): void {
    this.closing.abort(new Error('the connection was closed'));
    this.http?.close();
  }

  private async sendWithRetries(request: ApiRequest): Promise<RetriedResponse> {
    const { budget, signal } = this;
    const { clock, retries = true } = this.options;
    let attempt = 0;
    const send = async (timeout: number) => {
      attempt += 1;
      return this.withAuth(timeout, async (auth, remaining) => this.exchange(request, auth, remaining, attempt));
    };
    if (!retries || request.once) return { ...await send(budget.perCall), attempts: 1, tried: '' };
    const alsoTransient = (response: HttpResponse) => this.outage.explains(response);
    const retrying = (reason: string) => this.waiting.failed(reason);
    return retry(send, { repeatable: request.repeatable ?? true, budget, clock, signal, alsoTransient, retrying });
  }

  /** The time limit is for both attempts. The time in which an exec plugin runs does not count. */
  private async withAuth<T extends { readonly status: number }>(
    timeout: number, attempt: (auth: AuthInfo, remaining: number) => Promise<T>,
  ): Promise<T> {
    const { connection: { credentials }, options: { clock } } = this;
    const present = async (renew?: boolean) => remembered(await this.waiting.suspended(async () => credentials.present(renew)));
    const auth = await present();
    const begun = clock.now();
    const response = await attempt(auth, timeout);
    const remaining = Math.max(1, timeout - (clock.now() - begun));
    if (response.status !== 401) return response;
    const renewed = await present(true);
    const isSame = renewed.token === auth.token && renewed.clientCertificate?.certificate === auth.clientCertificate?.certificate;
    return isSame ? response : attempt(renewed, remaining);
  }

  private async exchange(request: ApiRequest, auth: AuthInfo, timeout: number, attempt: number): Promise<HttpResponse> {
    const httpRequest = this.httpRequest(request, auth, timeout);
    const response = await this.observed(request, attempt, async () => this.clientFor(auth).exchange(httpRequest, request.signal ?? this.signal));
    this.noteWarnings(response.headers);
    return correctStatus(response);
  }

  private httpRequest(request: ApiRequest, { token }: AuthInfo, timeout: number): HttpRequest {
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

  /** A client certificate belongs to its connections, so another certificate needs another HTTP client. */
  private clientFor({ clientCertificate }: AuthInfo): HttpClient {
    if (this.http && this.certificate === clientCertificate?.certificate) return this.http;
    Object.assign(this.earlier, this.counts);
    this.http?.close();
    const { certificateAuthority, certificateAuthorityName, tlsServerName: serverName, proxyUrl: proxy } = this.connection;
    const sessions = clientCertificate ? undefined : this.connection.sessions;
    const transport = { certificateAuthority, certificateAuthorityName, serverName, clientCertificate, proxy, proxyName: 'the kubeconfig\'s proxy-url', sessions };
    this.certificate = clientCertificate?.certificate;
    this.http = createHttpClient(transport, this.options.variables, this.options.clock);
    return this.http;
  }

  /** Runs an attempt, prints it for `--debug` and notes an outage. */
  private async observed<T extends { readonly status: number }>({ method, path }: ApiRequest, attempt: number, action: () => Promise<T>): Promise<T> {
    const { clock, debug } = this.options;
    const begun = clock.now();
    const print = (result: string) => debug?.(`${method} ${path} ${result}, ${clock.now() - begun} ms${attempt === 1 ? '' : `, attempt ${attempt}`}`);
    try {
      const response = await action();
      print(String(response.status));
      if (response.status >= 502 && response.status <= 504) this.outage.note();
      return response;
    } catch (error) {
      // Other errors come from this process: they say nothing about the server.
      if (error instanceof Unreachable) this.outage.note();
      print(error instanceof Error ? error.message : 'failed');
      throw error;
    }
  }

  private noteWarnings({ warning = '' }: HttpResponse['headers']): void {
    this.warnings.push(...parseWarnings(warning).map((text) => secrets.mask(text)).filter((text) => !this.warnings.includes(text)));
  }
}

/** Milliseconds after an outage during which the server may still be starting. */
const STARTING = 15_000;

/**
 * Remembers the last outage of the server. An API server that starts accepts requests before it has loaded tokens and RBAC rules: until then it
 * answers 401 or 403 to valid credentials.
 */
export class OutageTracker {
  private last = -Infinity;

  public constructor(private readonly clock: Clock) {}

  /** Call it when a connection failed, or when a load balancer reports that the server is down. */
  public note(): void {
    this.last = this.clock.now();
  }

  /** Whether the response may change when the server has started. */
  public explains({ status }: { readonly status: number }): boolean {
    return (status === 401 || status === 403) && this.clock.now() - this.last < STARTING;
  }
}

/**
 * The texts of a Warning header, for example about deprecated APIs.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7234#section-5.5
 */
function parseWarnings(header: string): string[] {
  return [...header.matchAll(/\b299 \S+ "((?:\\.|[^"\\])*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}

/** A broken server or a proxy may repeat the request, with its credential, in any answer. */
function remembered(auth: AuthInfo): AuthInfo {
  secrets.add(auth.token, auth.clientCertificate?.key);
  return auth;
}
