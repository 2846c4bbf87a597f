import { once } from 'node:events';
import { Agent, createServer, IncomingHttpHeaders, IncomingMessage, request as httpRequest, Server, ServerResponse } from 'node:http';
import { Agent as SecureAgent, createServer as createSecureServer, request as httpsRequest } from 'node:https';
import { AddressInfo, Socket } from 'node:net';
import { Turns } from './turns';
import { TestAuthority } from '../../support/x509';

/**
 * A request and its response.
 */
export interface Exchange {
  readonly server: 'kubernetes' | 'gitlab';
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The id of the request in the API server's audit log. */
  readonly auditId: string;
  /** Undefined when the command stopped waiting. */
  status?: number;
  /** Undefined for a watch. */
  answer?: string;
}

/** The response in place of the server's. `cut` ends the connection after the server's response. */
export type Fault = { readonly status: number; readonly body: object } | 'cut';

/**
 * The request that meets a fault. Each fault is used once.
 */
export interface PlacedFault {
  readonly method: string;
  readonly path: RegExp;
  readonly fault: Fault;
}

export interface ProxyOptions {
  readonly name: Exchange['server'];
  /** `https` or `http`. */
  readonly server: string;
  /** PEM of the server's CA. */
  readonly ca?: string;
  /** The client certificate for requests without a token, because the proxy terminates the client's TLS. */
  readonly client?: { readonly cert: string; readonly key: string };
  readonly turns: Turns;
}

/**
 * A proxy in front of a server. It passes each request to `Turns`.
 */
export class RecordingProxy {
  public static async start(options: ProxyOptions): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(options);
    proxy.listener.listen(0, '127.0.0.1');
    await once(proxy.listener, 'listening');
    return proxy;
  }

  private static audited = 0;

  /** PEM. */
  public readonly certificateAuthority: string;
  /** The faults that are not used yet. */
  public faults: PlacedFault[] = [];

  private readonly listener: Server;
  private readonly agent: Agent;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly options: ProxyOptions) {
    const authority = new TestAuthority('recording proxy');
    const { certificate: cert, key } = authority.issue();
    this.certificateAuthority = authority.certificate;
    const answer = (request: IncomingMessage, response: ServerResponse) => void this.accept(request, response);
    this.listener = this.isSecure ? createSecureServer({ cert, key }, answer) : createServer(answer);
    this.listener.keepAliveTimeout = 0;
    this.agent = this.isSecure ? new SecureAgent({ keepAlive: true }) : new Agent();
    for (const event of ['connection', 'secureConnection']) this.listener.on(event, () => options.turns.happened());
    this.listener.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket));
    });
    this.listener.on('tlsClientError', () => undefined);
  }

  /** Called for each request after the responses to its group. */
  public taken: (exchange: Exchange) => void = () => undefined;

  public get url(): string {
    return `${this.isSecure ? 'https' : 'http'}://127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.listener.close();
    for (const socket of this.sockets) socket.destroy();
    this.agent.destroy();
    await once(this.listener, 'close');
  }

  private get isSecure(): boolean {
    return this.options.server.startsWith('https:');
  }

  private async accept(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    response.on('error', () => undefined);
    request.on('error', () => undefined);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const body = Buffer.concat(chunks).toString();
      RecordingProxy.audited += 1;
      const exchange: Exchange = { server: this.options.name, method, path, headers, body, auditId: `contract-${process.pid}-${RecordingProxy.audited}` };
      this.hand(exchange, response);
    });
  }

  private hand(exchange: Exchange, response: ServerResponse): void {
    const { method, path, body, headers } = exchange;
    const isWatch = /[?&]watch=true/.test(path);
    let give: () => void = () => undefined;
    this.options.turns.ask({
      authorization: headers.authorization,
      order: [method, path, headers['content-type'] ?? '', body].join('\n'),
      forward: async () => {
        this.taken(exchange);
        if (response.destroyed) return;
        give = await (isWatch ? this.stream(exchange, response) : this.whole(exchange, response)).catch(() => () => response.destroy());
      },
      give: () => give(),
    });
  }

  private async whole(exchange: Exchange, response: ServerResponse): Promise<() => void> {
    const at = this.faults.findIndex(({ method, path }) => method === exchange.method && path.test(exchange.path));
    const [placed] = at < 0 ? [] : this.faults.splice(at, 1);
    if (placed && placed.fault !== 'cut') {
      const { status, body } = placed.fault;
      exchange.status = status;
      return () => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }
    const answer = await this.send(exchange);
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    if (placed) return () => response.destroy();
    const content = Buffer.concat(chunks);
    exchange.status = answer.statusCode;
    exchange.answer = content.toString();
    return () => response.writeHead(answer.statusCode ?? 0, withoutConnection(answer.headers)).end(content);
  }

  private async stream(exchange: Exchange, response: ServerResponse): Promise<() => void> {
    const abort = new AbortController();
    response.once('close', () => abort.abort());
    const answer = await this.send(exchange, abort.signal);
    exchange.status = answer.statusCode;
    return () => {
      response.writeHead(answer.statusCode ?? 0, withoutConnection(answer.headers));
      response.flushHeaders();
      answer.on('data', (chunk: Buffer) => {
        this.options.turns.happened();
        response.write(chunk);
      });
      answer.on('error', () => response.destroy()).once('end', () => response.end());
    };
  }

  private async send({ method, path, headers, body, auditId }: Exchange, signal?: AbortSignal): Promise<IncomingMessage> {
    const { server, ca, client } = this.options;
    const target = new URL(server);
    const identity = headers.authorization === undefined ? client : {};
    const passedOn = { ...headers, 'host': target.host, 'audit-id': auditId };
    const options = { method, path, headers: passedOn, host: target.hostname, port: target.port, agent: this.agent, signal };
    const sending = this.isSecure ? httpsRequest({ ...options, ca, ...identity }) : httpRequest(options);
    sending.on('error', () => undefined);
    sending.end(body);
    const [answer] = await once(sending, 'response') as [IncomingMessage];
    return answer;
  }
}

/** Headers of one connection, which a proxy does not forward. */
function withoutConnection({ connection, 'keep-alive': keepAlive, 'transfer-encoding': encoding, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
  return headers;
}
