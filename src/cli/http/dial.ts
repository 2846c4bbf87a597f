import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { Proxy } from './proxy';
import type { TlsSessions } from './tls-sessions';
import { tunnel } from './tunnel';
import { netModule, tlsModule } from '../io/lazy-modules';

/**
 * How a connection is made.
 */
export interface Route {
  readonly proxy?: Proxy;
  /** What an `https` proxy is verified with; the server is verified with what `secure` holds. */
  readonly authorities?: string[];
  readonly secure: SecureContext;
  /** The name that the server's certificate is for, when it is not the host of the URL. */
  readonly serverName?: string;
  /** Of earlier connections with the same authorities and client certificate. */
  readonly sessions: TlsSessions;
}

/**
 * A connection to the host of a URL that a request can be written to: connected, and for `https` verified.
 */
export async function dial(url: URL, route: Route, signal: AbortSignal): Promise<Duplex> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const socket = route.proxy
    ? await tunnel(route.proxy, `${url.hostname}:${port}`, route.authorities, signal)
    : await connected(host, port, signal);
  return url.protocol === 'https:' ? secured(socket, url.host, { ...route, serverName: route.serverName ?? host }, signal) : socket;
}

async function connected(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
  const socket = netModule().connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
  return ready(socket, 'connect', signal);
}

async function secured(
  socket: Duplex, server: string, { serverName: name, secure: secureContext, sessions }: Route & { readonly serverName: string }, signal: AbortSignal,
): Promise<Duplex> {
  const { connect, checkServerIdentity } = tlsModule();
  const secure = connect({
    socket,
    secureContext,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    // RFC 6066 knows no addresses here.
    servername: netModule().isIP(name) ? '' : name,
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    ALPNProtocols: ['http/1.1'],
    session: sessions.of(server),
  });
  secure.on('session', (session) => sessions.note(server, session));
  return ready(secure, 'secureConnect', signal);
}

async function ready(socket: Duplex, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<Duplex> {
  try {
    await new Promise<void>((resolve, reject) => {
      const aborted = () => reject(signal.reason);
      const settled = (end: () => void) => () => {
        signal.removeEventListener('abort', aborted);
        end();
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
