import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, IncomingMessage, request as httpRequest, Server, ServerResponse } from 'node:http';
import { Agent as SecureAgent, createServer as createSecureServer, request as httpsRequest } from 'node:https';
import { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Exchange, Fault } from './faults';
import { TestAuthority } from '../support/x509';

/**
 * The requests that a fault hits.
 */
export interface FaultMatch {
  /** @default - any method */
  readonly method?: string;
  /**
   * A pattern for the path with the query.
   *
   * @default - any path
   */
  readonly path?: RegExp;
  /**
   * The number of the first matching request that the fault hits, counted from 1.
   *
   * @default 1
   */
  readonly nth?: number;
  /**
   * How many matching requests in a row the fault hits.
   *
   * @default 1
   */
  readonly times?: number;
}

/**
 * A fault of the proxy, and how often it has hit a request.
 */
export interface PlacedFault {
  readonly matched: number;
  readonly met: number;
}

/**
 * A request that has reached the proxy.
 */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** The number of the client's connection, counted from 1. */
  readonly connection: number;
  /** The status of the answer, from the server or from a fault. It is missing when the client got no answer. */
  status?: number;
}

/**
 * The server behind the proxy.
 */
export interface FaultProxyOptions {
  /** A URL with `https` or `http`. */
  readonly server: string;
  /** The CA certificate of the server, as PEM. */
  readonly ca?: string;
  /**
   * The client certificate, as PEM, for requests without an Authorization header.
   * The proxy ends the TLS connection of the client, so the server does not see the client's own certificate.
   */
  readonly client?: { readonly cert: string; readonly key: string };
}

/**
 * A proxy in front of an API server or of a stand-in for GitLab. Its faults imitate those of networks and servers.
 * The proxy speaks HTTP/1.1 and streams watches. In front of a server with TLS it uses TLS with its own certificate.
 */
export class FaultProxy {
  /** Starts a proxy in front of the server of a kubeconfig with one cluster. */
  public static async inFrontOf(kubeconfigFile: string): Promise<FaultProxy> {
    const { clusters: [{ cluster }], users: [{ user }] } = parse(readFileSync(kubeconfigFile, 'utf8')) as Kubeconfig;
    const [cert, key] = [decoded(user['client-certificate-data']), decoded(user['client-key-data'])];
    const client = cert !== undefined && key !== undefined ? { cert, key } : undefined;
    return FaultProxy.start({ server: cluster.server, ca: decoded(cluster['certificate-authority-data']), client });
  }

  public static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await proxy.accept();
    return proxy;
  }

  public readonly requests: RecordedRequest[] = [];
  /** The CA certificate of the proxy, as PEM, and the path of its file. */
  public readonly certificateAuthority: string;
  public readonly certificateAuthorityFile: string;
  public connections = 0;

  private readonly folder = mkdtempSync(join(tmpdir(), 'fault-proxy-'));
  private readonly authority = new TestAuthority('fault proxy');
  private readonly server: Server;
  /** Keeps the connections to the server open. A handshake for each request would take longer than the request. */
  private readonly agent: Agent;
  private readonly sockets = new Map<Socket, number>();
  private readonly placed: Placed[] = [];
  private port = 0;

  private constructor(private readonly options: FaultProxyOptions) {
    this.certificateAuthority = this.authority.certificate;
    this.certificateAuthorityFile = join(this.folder, 'ca.crt');
    writeFileSync(this.certificateAuthorityFile, this.certificateAuthority);
    const { certificate: cert, key } = this.authority.issue();
    const answer = (request: IncomingMessage, response: ServerResponse) => void this.answer(request, response);
    this.server = this.isSecure ? createSecureServer({ cert, key }, answer) : createServer(answer);
    this.server.keepAliveTimeout = 0;
    this.agent = this.isSecure ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
    this.server.on(this.isSecure ? 'secureConnection' : 'connection', (socket: Socket) => this.connected(socket));
    this.server.on('tlsClientError', () => undefined);
  }

  /** The URL for clients. */
  public get url(): string {
    return `${this.isSecure ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  /** Writes the kubeconfig to a new file, with the proxy as its server. */
  public kubeconfig(kubeconfigFile: string): string {
    const content = parse(readFileSync(kubeconfigFile, 'utf8')) as Kubeconfig;
    const data = Buffer.from(this.certificateAuthority).toString('base64');
    const clusters = content.clusters.map(({ name, cluster }) => ({ name, cluster: { ...cluster, 'server': this.url, 'certificate-authority-data': data } }));
    const file = join(this.folder, `kubeconfig-${Date.now().toString(36)}`);
    writeFileSync(file, stringify({ ...content, clusters }, { lineWidth: 0 }), { mode: 0o600 });
    return file;
  }

  /** Adds a fault for matching requests. If several faults match, the first one is used. */
  public place(fault: Fault, match: FaultMatch = {}): PlacedFault {
    const placed = { fault, match, matched: 0, met: 0 };
    this.placed.push(placed);
    return placed;
  }

  /** Removes all faults and recorded requests. */
  public reset(): void {
    this.placed.length = 0;
    this.requests.length = 0;
    this.connections = 0;
  }

  /** Refuses new connections and ends the open ones. */
  public async refuse(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    for (const socket of this.sockets.keys()) socket.destroy();
    await once(this.server, 'close');
  }

  /** Accepts connections again, on the same port. */
  public async accept(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  public async stop(): Promise<void> {
    await this.refuse();
    this.agent.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get isSecure(): boolean {
    return this.options.server.startsWith('https:');
  }

  private connected(socket: Socket): void {
    this.connections += 1;
    this.sockets.set(socket, this.connections);
    socket.on('error', () => undefined);
    socket.once('close', () => this.sockets.delete(socket));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', socket } = request;
    const recorded: RecordedRequest = { method, path, connection: this.sockets.get(socket) ?? 0 };
    this.requests.push(recorded);
    response.on('error', () => undefined);
    const exchange = new Exchange(request, response, (body, signal) => this.forward(request, body, signal), (status) => {
      recorded.status = status;
    });
    try {
      await (this.faultOf(recorded) ?? ((undisturbed: Exchange) => undisturbed.pass()))(exchange);
    } catch {
      // The server or the client has closed the connection, so no answer can be sent.
      exchange.cut();
    }
  }

  private faultOf({ method, path }: RecordedRequest): Fault | undefined {
    const matching = this.placed.filter(({ match }) => (match.method ?? method) === method && (match.path?.test(path) ?? true));
    for (const placed of matching) placed.matched += 1;
    const due = matching.find(({ matched, match: { nth = 1, times = 1 } }) => matched >= nth && matched < nth + times);
    if (due) due.met += 1;
    return due?.fault;
  }

  private async forward({ method, url, headers }: IncomingMessage, body: Buffer, signal: AbortSignal): Promise<IncomingMessage> {
    const target = new URL(this.options.server);
    const { ca, client } = this.options;
    const identity = headers.authorization === undefined ? client : {};
    const path = `${target.pathname.replace(/\/$/, '')}${url ?? ''}`;
    const [passedOn, { hostname: host, port }] = [{ ...headers, host: target.host }, target];
    const options = { method, path, headers: passedOn, host, port, agent: this.agent, signal };
    const passing = this.isSecure ? httpsRequest({ ...options, ca, ...identity }) : httpRequest(options);
    // The client may close the connection during the answer.
    passing.on('error', () => undefined);
    passing.end(body);
    const [answer] = await once(passing, 'response') as [IncomingMessage];
    return answer;
  }
}

interface Placed {
  readonly fault: Fault;
  readonly match: FaultMatch;
  matched: number;
  met: number;
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly name: string; readonly cluster: KubeconfigCluster }];
  readonly users: readonly [{ readonly user: KubeconfigUser }];
}

interface KubeconfigUser {
  readonly 'client-certificate-data'?: string;
  readonly 'client-key-data'?: string;
}

interface KubeconfigCluster {
  readonly 'server': string;
  readonly 'certificate-authority-data'?: string;
}

function decoded(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
}
