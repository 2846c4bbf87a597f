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
 * Which requests meet a fault.
 */
export interface FaultMatch {
  /** By default any. */
  readonly method?: string;
  /** Tested with the path and the query. By default any. */
  readonly path?: RegExp;
  /** The first that does; by default 1, the first that matches. */
  readonly nth?: number;
  /** How many in a row; by default 1. */
  readonly times?: number;
}

/**
 * A fault in place, and how often it was met.
 */
export interface PlacedFault {
  readonly matched: number;
  readonly met: number;
}

/**
 * A request that came to the proxy.
 */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** Counted from 1. */
  readonly connection: number;
  /** What was answered, by the server or in its place; nothing when the client got no answer. */
  status?: number;
}

/**
 * Where the requests go.
 */
export interface FaultProxyOptions {
  /** `https` or `http`. */
  readonly server: string;
  /** PEM of the server's CA. */
  readonly ca?: string;
  /** PEM, shown to the server for requests that bring no Authorization: the proxy ends the client's TLS, and with it a client certificate. */
  readonly client?: { readonly cert: string; readonly key: string };
}

/**
 * A proxy in front of an API server, or of a stand-in for GitLab, that does to requests what networks and servers do to them.
 * It speaks HTTP/1.1, over TLS with a certificate of its own when the server does, and streams watches.
 */
export class FaultProxy {
  /** In front of the server of a kubeconfig's only cluster. */
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
  /** PEM of the CA that signed the proxy's certificate, and its file. */
  public readonly certificateAuthority: string;
  public readonly certificateAuthorityFile: string;
  public connections = 0;

  private readonly folder = mkdtempSync(join(tmpdir(), 'fault-proxy-'));
  private readonly authority = new TestAuthority('fault proxy');
  private readonly server: Server;
  /** To the server. A handshake for each request would take longer than the request. */
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

  /** Where clients are to go. */
  public get url(): string {
    return `${this.isSecure ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  /** The same kubeconfig with the proxy in place of its server, as a new file. */
  public kubeconfig(kubeconfigFile: string): string {
    const content = parse(readFileSync(kubeconfigFile, 'utf8')) as Kubeconfig;
    const data = Buffer.from(this.certificateAuthority).toString('base64');
    const clusters = content.clusters.map(({ name, cluster }) => ({ name, cluster: { ...cluster, 'server': this.url, 'certificate-authority-data': data } }));
    const file = join(this.folder, `kubeconfig-${Date.now().toString(36)}`);
    writeFileSync(file, stringify({ ...content, clusters }, { lineWidth: 0 }), { mode: 0o600 });
    return file;
  }

  /** Requests that match meet the fault. Of several the one placed first counts. */
  public place(fault: Fault, match: FaultMatch = {}): PlacedFault {
    const placed = { fault, match, matched: 0, met: 0 };
    this.placed.push(placed);
    return placed;
  }

  /** Forgets faults and records. */
  public reset(): void {
    this.placed.length = 0;
    this.requests.length = 0;
    this.connections = 0;
  }

  /** Refuses every connection, and ends those there are. */
  public async refuse(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    for (const socket of this.sockets.keys()) socket.destroy();
    await once(this.server, 'close');
  }

  /** Takes connections again, on the same port. */
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
      // The server has gone, or the client: either way there is nobody to tell.
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
    // The client may go when the answer has begun.
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
