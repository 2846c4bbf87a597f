import type { Agent, ClientRequest, ClientRequestArgs, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { dial, DialOptions, environmentProxy, isLoopback, proxyOf } from './dial';
import type { HttpClient, HttpRequest, HttpResponse, HttpStream } from './http';
import { HttpExchange } from './http-exchange';
import { createSecureContext, describeTrust, TlsSessionCache, TransportConfig, trustedCertificates } from './tls';
import { userError, show } from '../../base/user-error';
import type { CiVariables } from '../../gitlab/ci-variables';
import { Semaphore } from '../base/concurrency';
import type { Clock } from '../base/host';
import { httpModule, httpsModule } from '../io/lazy-modules';

/**
 * Creates an HTTP client on Node's own https.
 *
 * @param variables The environment, for its proxy variables.
 * @throws `UserError` when the certificates or the key of `transport` are not valid.
 */
export function createHttpClient(transport: TransportConfig, variables: CiVariables, clock: Clock): HttpClient {
  return new NodeHttpClient(transport, variables, clock);
}

/** The number of simultaneous requests, without streams. */
const CONCURRENCY = 4;

/** Milliseconds until an idle connection is closed. A server or load balancer would close it later, perhaps during a request. */
const IDLE_TIMEOUT = 15_000;

/** Request options that carry their `dial` function to the agent's `createConnection`. */
interface DialingRequest extends ClientRequestArgs {
  readonly dial: () => Promise<Duplex>;
}

class NodeHttpClient implements HttpClient {
  public readonly counts = { connections: 0, requests: 0 };

  private readonly dialOptions: Omit<DialOptions, 'proxy'>;
  private readonly agents = new Map<string, Agent>();
  private readonly semaphore = new Semaphore(CONCURRENCY);

  public constructor(private readonly transport: TransportConfig, private readonly variables: CiVariables, private readonly clock: Clock) {
    const { serverName, sessions = new TlsSessionCache() } = transport;
    const trusted = trustedCertificates(transport);
    this.dialOptions = { trusted, secureContext: createSecureContext(transport, trusted), serverName, sessions };
  }

  public async exchange(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    const exchange = this.begin(request, signal);
    return exchange.run(() => this.semaphore.run(async () => {
      const response = await this.send(request, exchange);
      return { ...headOf(response), body: await exchange.text(response) };
    }, exchange.signal));
  }

  public async stream(request: HttpRequest, signal?: AbortSignal): Promise<HttpStream> {
    const exchange = this.begin(request, signal);
    const response = await exchange.start(() => this.send(request, exchange));
    const head = headOf(response);
    return { ...head, body: head.status < 300 ? exchange.pieces(response) : onePiece(await exchange.run(() => exchange.text(response))) };
  }

  public close(): void {
    for (const agent of this.agents.values()) agent.destroy();
  }

  private begin(request: HttpRequest, signal: AbortSignal | undefined): HttpExchange {
    signal?.throwIfAborted();
    checkAddress(request.url);
    const { proxy: address, proxyName = 'the proxy' } = this.transport;
    const proxy = address === undefined ? environmentProxy(request.url, this.variables) : proxyOf(address, proxyName);
    return new HttpExchange(request, { clock: this.clock, trusted: describeTrust(this.transport), proxy, signal });
  }

  private async send(request: HttpRequest, exchange: HttpExchange): Promise<IncomingMessage> {
    const { url, method, headers, body, permit } = request;
    const { signal } = exchange;
    permit?.();
    const options: DialingRequest = {
      method,
      protocol: url.protocol,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: `${url.pathname}${url.search}`,
      headers: { 'user-agent': 'cdk8s-ci-deploy', ...contentLength(body), ...headers },
      agent: this.agentFor(url.protocol),
      signal,
      dial: async () => {
        const socket = await dial(url, { ...this.dialOptions, proxy: exchange.proxy }, signal);
        this.counts.connections += 1;
        return ifPermitted(socket, permit);
      },
    };
    this.counts.requests += 1;
    const sending = (url.protocol === 'https:' ? httpsModule() : httpModule()).request(options);
    return responseTo(sending, body, exchange);
  }

  private agentFor(protocol: string): Agent {
    const known = this.agents.get(protocol);
    if (known) return known;
    const { Agent } = protocol === 'https:' ? httpsModule() : httpModule();
    const agent = new Agent({ keepAlive: true, maxFreeSockets: CONCURRENCY, timeout: IDLE_TIMEOUT });
    agent.createConnection = (options, created) => {
      (options as DialingRequest).dial().then((socket) => created?.(null, socket), (error) => created?.(error, undefined as never));
      return undefined;
    };
    this.agents.set(protocol, agent);
    return agent;
  }
}

/** Asks again, since connecting takes time. */
function ifPermitted(socket: Duplex, permit: HttpRequest['permit']): Duplex {
  try {
    permit?.();
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function responseTo(sending: ClientRequest, body: string | undefined, exchange: HttpExchange): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sending.once('socket', () => {
      exchange.phase = 'waiting';
    });
    sending.once('response', (response) => {
      exchange.phase = 'reading';
      resolve(response);
    });
    // The listener stays: an error after the response also reaches the reader of the body.
    sending.on('error', reject);
    sending.end(body);
  });
}

/** Node sends no length with DELETE. The server would then read the body as the next request. */
function contentLength(body: string | undefined): { readonly 'content-length'?: string } {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

function headOf({ statusCode = 0, headersDistinct }: IncomingMessage): Omit<HttpResponse, 'body'> {
  const headers = Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, values?.join(', ')]));
  return { status: statusCode, headers };
}

async function* onePiece(text: string): AsyncGenerator<string> {
  yield text;
}

function checkAddress(url: URL): void {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return;
  throw userError({
    at: show(url.origin === 'null' ? url.protocol : url.origin),
    given: 'it is not https',
    expected: 'https, so that nobody on the network can read the credential (http only for this machine itself)',
    fix: url.protocol === 'http:' ? `try https://${url.host}` : 'write the address as https://HOST',
  });
}
