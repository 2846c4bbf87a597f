import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { ConnectionError } from './network-errors';
import type { TlsSessionCache } from './tls';
import { percentDecoded } from '../../base/plain-text';
import { secrets } from '../../base/secrets';
import { show, userError } from '../../base/user-error';
import type { CiVariables } from '../../gitlab/ci-variables';
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
  const credentials = basicCredentials(username, password);
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function basicCredentials(username: string, password: string): string {
  return `${percentDecoded(username)}:${percentDecoded(password)}`;
}

function rejectedByProxy({ statusCode = 0, statusMessage = '' }: IncomingMessage): ConnectionError {
  const status = statusMessage ? `${statusCode} ${show(statusMessage)}` : String(statusCode);
  const hint = statusCode === 407 ? 'Are the user name and password in the proxy\'s address right?' : undefined;
  return new ConnectionError(`the proxy answered ${status} to CONNECT`, { sent: false, permanent: statusCode !== 429 && statusCode < 500, hint });
}

/**
 * A proxy and the setting that names it.
 */
export interface Proxy {
  readonly url: URL;
  /** `HTTPS_PROXY`. */
  readonly source: string;
}

/**
 * The proxy for an address according to the environment, by the rules of Go's httpproxy package, which kubectl uses.
 * Without a variable for the scheme, ALL_PROXY counts, as in curl and git. Upper-case names go before lower-case ones.
 *
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
export function environmentProxy(address: URL, variables: CiVariables): Proxy | undefined {
  const scheme = address.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const source = [scheme, scheme.toLowerCase(), 'ALL_PROXY', 'all_proxy'].find((name) => variables[name]);
  if (source === undefined || isLoopback(address)) return undefined;
  const exceptions = variables.NO_PROXY || variables.no_proxy || '';
  if (exceptions.split(',').some((exception) => matches(exception.trim().toLowerCase(), address))) return undefined;
  return proxyOf(variables[source] ?? '', source);
}

/**
 * Parses the address of a proxy. Errors do not show the address, since it may contain a password.
 *
 * @param source The setting that names the proxy.
 * @throws `UserError` for a SOCKS proxy or an invalid address.
 */
export function proxyOf(text: string, source: string): Proxy {
  const address = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && url.host !== '' && ['http:', 'https:'].includes(url.protocol)) {
    const { username, password } = url;
    if (password !== '') secrets.add(password, percentDecoded(password), basicCredentials(username, password));
    return { url, source };
  }
  throw userError({
    at: source,
    given: url && /^socks/.test(url.protocol) ? 'it is a SOCKS proxy, which this command does not support' : 'it is not the address of a proxy',
    expected: 'a proxy with the scheme http or https',
    fix: 'write it as http://HOST:PORT, or add the server to NO_PROXY if it needs no proxy',
  });
}

/**
 * Whether an address is on the loopback interface.
 */
export function isLoopback(address: URL): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(address.hostname);
}

function matches(exception: string, address: URL): boolean {
  if (exception === '*') return true;
  const host = address.hostname.replace(/^\[|\]$/g, '');
  if (exception.includes('/')) return isInNetwork(host, exception);
  const { name, port } = hostAndPort(exception);
  if (name === '' || (port !== undefined && port !== portOf(address))) return false;
  return isInNetwork(host, name) || isDomain(host, name);
}

/** `example.com` matches the domain and its subdomains. `.example.com` and `*.example.com` match only subdomains. */
function isDomain(host: string, name: string): boolean {
  const domain = name.replace(/^\*\./, '.');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function isInNetwork(host: string, network: string): boolean {
  const { isIP, BlockList } = netModule();
  const [address = '', length] = network.split('/');
  const [networkVersion, hostVersion] = [isIP(address), isIP(host)];
  const bits = length === undefined ? (networkVersion === 4 ? 32 : 128) : /^\d{1,3}$/.test(length) ? Number(length) : Infinity;
  if (networkVersion === 0 || hostVersion === 0 || bits > (networkVersion === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, bits, networkVersion === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, hostVersion === 4 ? 'ipv4' : 'ipv6');
}

function hostAndPort(exception: string): { readonly name: string; readonly port?: string } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(exception) ?? [];
  const name = bracketed ?? plain ?? exception;
  return port ? { name, port } : { name };
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}
