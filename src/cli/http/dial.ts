import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { ConnectionError } from './network-errors';
import type { Proxy } from './proxy';
import type { TlsSessionCache } from './tls';
import { show } from '../../base/user-error';
import { httpModule, httpsModule, netModule, tlsModule } from '../io/lazy-modules';

/**
 * How to connect to a server.
 */
export interface DialOptions {
  readonly proxy?: Proxy;
  /** Verify an `https` proxy, as `ca` of `tls.connect`. `secureContext` verifies the server. */
  readonly trusted?: string[];
  readonly secureContext: SecureContext;
  /** The name in the server's certificate, when it is not the host of the URL. */
  readonly serverName?: string;
  readonly sessions: TlsSessionCache;
}

/**
 * Connects to the host of a URL: through the proxy if there is one, and for `https` verified by TLS.
 */
export async function dial(url: URL, options: DialOptions, signal: AbortSignal): Promise<Duplex> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const socket = options.proxy
    ? await tunnel(options.proxy, `${url.hostname}:${port}`, options.trusted, signal)
    : await dialTcp(host, port, signal);
  return url.protocol === 'https:' ? startTls(socket, url.host, options.serverName ?? host, options, signal) : socket;
}

async function dialTcp(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
  const socket = netModule().connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
  return connected(socket, 'connect', signal);
}

async function startTls(
  socket: Duplex, server: string, serverName: string, { secureContext, sessions }: DialOptions, signal: AbortSignal,
): Promise<Duplex> {
  const { connect, checkServerIdentity } = tlsModule();
  const secure = connect({
    socket,
    secureContext,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    // RFC 6066 allows no IP addresses here.
    servername: netModule().isIP(serverName) ? '' : serverName,
    checkServerIdentity: (_, certificate) => checkServerIdentity(serverName, certificate),
    ALPNProtocols: ['http/1.1'],
    session: sessions.get(server),
  });
  secure.on('session', (session) => sessions.set(server, session));
  return connected(secure, 'secureConnect', signal);
}

/** Resolves on the event. Destroys the socket when it fails or the signal is aborted first. */
async function connected(socket: Duplex, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<Duplex> {
  try {
    await new Promise<void>((resolve, reject) => {
      const aborted = () => reject(signal.reason);
      const settled = (settle: () => void) => () => {
        signal.removeEventListener('abort', aborted);
        settle();
      };
      if (signal.aborted) return aborted();
      signal.addEventListener('abort', aborted, { once: true });
      socket.once(event, settled(resolve));
      socket.once('error', (error) => settled(() => reject(error))());
      socket.once('close', settled(() => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))));
    });
    return socket;
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  }
}

/**
 * Opens a tunnel to a host through a proxy, with CONNECT. Only the proxy gets the user name and password in its address.
 */
async function tunnel(proxy: Proxy, host: string, trusted: string[] | undefined, signal: AbortSignal): Promise<Duplex> {
  const { hostname, port, protocol } = proxy.url;
  const proxyHost = hostname.replace(/^\[|\]$/g, '');
  const request = (protocol === 'https:' ? httpsModule() : httpModule()).request({
    host: proxyHost,
    // By default, Node takes the Host header, which names the server.
    servername: netModule().isIP(proxyHost) ? '' : proxyHost,
    port: port || (protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: host,
    headers: { host, ...proxyAuthorization(proxy.url) },
    agent: false,
    ca: trusted,
    minVersion: 'TLSv1.2',
    signal,
  });
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('connect', (response: IncomingMessage, socket: Duplex) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      return reject(rejectedByProxy(response));
    });
    // Node emits `response` when the proxy's answer does not fit CONNECT.
    request.once('response', (response: IncomingMessage) => {
      request.destroy();
      reject(rejectedByProxy(response));
    });
    request.end();
  });
}

function proxyAuthorization({ username, password }: URL): { readonly 'proxy-authorization'?: string } {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function rejectedByProxy({ statusCode = 0, statusMessage = '' }: IncomingMessage): ConnectionError {
  const status = statusMessage ? `${statusCode} ${show(statusMessage)}` : String(statusCode);
  const hint = statusCode === 407 ? 'Are the user name and password in the proxy\'s address right?' : undefined;
  return new ConnectionError(`the proxy answered ${status} to CONNECT`, { sent: false, permanent: statusCode !== 429 && statusCode < 500, hint });
}
