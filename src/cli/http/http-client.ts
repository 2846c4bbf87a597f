import type { Agent, ClientRequest, ClientRequestArgs, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { authorities, authoritiesName } from './authorities';
import { ConnectionError } from './connection-error';
import { Deadline } from './deadline';
import { dial, Route } from './dial';
import type { HttpResponse, HttpClient, HttpRequest, HttpStream, Trust } from './http';
import { HttpExchange } from './http-exchange';
import { environmentProxy, isLoopback, proxyOf } from './proxy';
import { Semaphore } from './semaphore';
import { TlsSessions } from './tls-sessions';
import { userError, show } from '../../base/user-error';
import type { CiVariables } from '../../gitlab/ci-variables';
import type { Clock } from '../base/host';
import { systemClock } from '../io/clock';
import { httpModule, httpsModule, tlsModule } from '../io/lazy-modules';

/**
 * The door to servers, over Node's own https.
 *
 * @param variables Name the proxy, unless `trust` does.
 * @throws When the certificates or the key of `trust` are none.
 */
export function createHttpClient(trust: Trust, variables: CiVariables, clock: Clock = systemClock): HttpClient {
  return new Door(trust, variables, clock);
}

/** Requests at a time, apart from streams. */
const EXCHANGES = 4;

/** Milliseconds after which a connection that nobody uses is closed: before servers and what lies between do it, in the middle of a request. */
const IDLE = 15_000;

/** An API server answers no list of such a size; a broken one must not exhaust the memory. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** Requests carry how their connection is made to the agent, which hands it to `createConnection`. */
interface Dialled extends ClientRequestArgs {
  readonly dial: () => Promise<Duplex>;
}

class Door implements HttpClient {
  public readonly counts = { connections: 0, requests: 0 };

  private readonly route: Omit<Route, 'proxy'>;
  private readonly agents = new Map<string, Agent>();
  private readonly slots = new Semaphore(EXCHANGES);

  public constructor(private readonly trust: Trust, private readonly variables: CiVariables, private readonly clock: Clock) {
    const ca = authorities(trust);
    this.route = { authorities: ca, secure: secureContext(trust, ca), serverName: trust.serverName, sessions: trust.sessions ?? new TlsSessions() };
  }

  public async exchange(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    const call = this.call(request, signal);
    return call.bounded(() => this.slots.run(async () => {
      const response = await this.send(request, call);
      return { ...headOf(response), body: await whole(response) };
    }, call.deadline.signal));
  }

  public async stream(request: HttpRequest, signal?: AbortSignal): Promise<HttpStream> {
    const call = this.call(request, signal);
    const response = await call.guarded(() => this.send(request, call));
    return { ...headOf(response), body: call.pieces(response) };
  }

  public close(): void {
    for (const agent of this.agents.values()) agent.destroy();
  }

  private call(request: HttpRequest, signal: AbortSignal | undefined): HttpExchange {
    signal?.throwIfAborted();
    checkAddress(request.url);
    const { proxy, proxyName = 'the proxy' } = this.trust;
    const used = proxy === undefined ? environmentProxy(request.url, this.variables) : proxyOf(proxy, proxyName);
    return new HttpExchange(request, authoritiesName(this.trust), new Deadline(this.clock, request.timeout, signal), signal, used);
  }

  private async send(request: HttpRequest, call: HttpExchange): Promise<IncomingMessage> {
    const { url, method, headers, body, permit } = request;
    const { signal } = call.deadline;
    permit?.();
    const options: Dialled = {
      method,
      protocol: url.protocol,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: `${url.pathname}${url.search}`,
      headers: { 'user-agent': 'cdk8s-ci-deploy', ...lengthOf(body), ...headers },
      agent: this.agent(url.protocol),
      signal,
      dial: async () => {
        const socket = await dial(url, { ...this.route, proxy: call.proxy }, signal);
        this.counts.connections += 1;
        return permitted(socket, permit);
      },
    };
    this.counts.requests += 1;
    const sending = (url.protocol === 'https:' ? httpsModule() : httpModule()).request(options);
    return answered(sending, body, call);
  }

  private agent(protocol: string): Agent {
    const known = this.agents.get(protocol);
    if (known) return known;
    const { Agent } = protocol === 'https:' ? httpsModule() : httpModule();
    const agent = new Agent({ keepAlive: true, maxFreeSockets: EXCHANGES, timeout: IDLE });
    agent.createConnection = (options, created) => {
      (options as Dialled).dial().then((socket) => created?.(null, socket), (error) => created?.(error, undefined as never));
      return undefined;
    };
    this.agents.set(protocol, agent);
    return agent;
  }
}

function permitted(socket: Duplex, permit: HttpRequest['permit']): Duplex {
  try {
    permit?.();
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function answered(sending: ClientRequest, body: string | undefined, call: HttpExchange): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sending.once('socket', () => {
      call.phase = 'waiting';
    });
    sending.once('response', (response) => {
      call.phase = 'reading';
      resolve(response);
    });
    // It stays: an error may come after the answer, and the body then tells of it.
    sending.on('error', reject);
    sending.end(body);
  });
}

/** Node itself says no length when the method is DELETE, and the server then takes the body for another request. */
function lengthOf(body: string | undefined): { readonly 'content-length'?: string } {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

function headOf({ statusCode = 0, headersDistinct }: IncomingMessage): Omit<HttpResponse, 'body'> {
  const headers = Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, values?.join(', ')]));
  return { status: statusCode, headers };
}

async function whole(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw new ConnectionError('its answer is larger than 64 MiB', { sent: true, lasting: true });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function secureContext({ clientCertificate }: Trust, ca: string[] | undefined) {
  try {
    return tlsModule().createSecureContext({ ca, cert: clientCertificate?.certificate, key: clientCertificate?.key, minVersion: 'TLSv1.2' });
  } catch {
    // Neither the error nor what it quotes is shown: it may be a key.
    throw userError({
      at: clientCertificate ? 'client certificate' : 'CA certificates',
      given: clientCertificate ? 'it does not go with its key, or one of the two is not PEM' : 'they are not PEM',
      expected: clientCertificate ? 'a certificate and its own key, without a passphrase' : 'certificates in PEM',
      fix: 'give the right files',
    });
  }
}

function checkAddress(url: URL): void {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return;
  throw userError({
    at: show(url.origin === 'null' ? url.protocol : url.origin),
    given: 'it is not https',
    expected: 'https, since anyone in between could take the credential (http only on this machine itself)',
    fix: 'give the https address',
  });
}
