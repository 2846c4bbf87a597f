import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ConnectionError } from './connection-error';
import type { Proxy } from './proxy';
import { show } from '../../base/user-error';
import { httpModule, httpsModule, netModule } from '../io/lazy-modules';

/**
 * A connection to a host through a proxy, by CONNECT. The user name and password in the proxy's address go to the proxy alone.
 *
 * @param authorities What an `https` proxy is verified with, as `ca` of `tls.connect`.
 */
export async function tunnel(proxy: Proxy, host: string, authorities: string[] | undefined, signal: AbortSignal): Promise<Duplex> {
  const { hostname, port, protocol } = proxy.url;
  const proxyHost = hostname.replace(/^\[|\]$/g, '');
  const request = (protocol === 'https:' ? httpsModule() : httpModule()).request({
    host: proxyHost,
    // Not the host of the header, which is the server's.
    servername: netModule().isIP(proxyHost) ? '' : proxyHost,
    port: port || (protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: host,
    headers: { host, ...authorization(proxy.url) },
    agent: false,
    ca: authorities,
    minVersion: 'TLSv1.2',
    signal,
  });
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('connect', (answer: IncomingMessage, socket: Duplex) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      return reject(refusedBy(answer));
    });
    // An answer that Node does not take for one to CONNECT.
    request.once('response', (answer: IncomingMessage) => {
      request.destroy();
      reject(refusedBy(answer));
    });
    request.end();
  });
}

function authorization({ username, password }: URL): { readonly 'proxy-authorization'?: string } {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function refusedBy({ statusCode = 0, statusMessage = '' }: IncomingMessage): ConnectionError {
  const answer = statusMessage ? `${statusCode} ${show(statusMessage)}` : String(statusCode);
  return new ConnectionError(`the proxy answered ${answer} to CONNECT`, { sent: false, lasting: statusCode !== 429 && statusCode < 500 });
}
