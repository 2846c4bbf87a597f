import { userError } from '../../base/user-error';
import type { CiVariables } from '../../gitlab/ci-variables';
import { netModule } from '../io/lazy-modules';

/**
 * A proxy, and who named it.
 */
export interface Proxy {
  readonly url: URL;
  /** `HTTPS_PROXY`. */
  readonly source: string;
}

/**
 * The proxy that the environment names for an address, as kubectl and every other program in Go decide it; ALL_PROXY is taken where
 * they know none, as curl and git do. Of two spellings the one in capitals counts.
 *
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
export function environmentProxy(address: URL, variables: CiVariables): Proxy | undefined {
  const scheme = address.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const source = [scheme, scheme.toLowerCase(), 'ALL_PROXY', 'all_proxy'].find((name) => variables[name]);
  if (source === undefined || isLoopback(address)) return undefined;
  const exceptions = variables.NO_PROXY || variables.no_proxy || '';
  if (exceptions.split(',').some((exception) => excepts(exception.trim().toLowerCase(), address))) return undefined;
  return proxyOf(variables[source] ?? '', source);
}

/**
 * Reads the address of a proxy. It may hold a password, so errors do not repeat it.
 *
 * @param source Who named it.
 */
export function proxyOf(text: string, source: string): Proxy {
  const address = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && url.host !== '' && ['http:', 'https:'].includes(url.protocol)) return { url, source };
  throw userError({
    at: source,
    given: url && /^socks/.test(url.protocol) ? 'it is a SOCKS proxy, which this command does not speak' : 'it is not the address of a proxy',
    expected: 'a proxy with the scheme http or https',
    fix: 'write it as http://host:port, or name the server in NO_PROXY if it is reached without one',
  });
}

/**
 * Whether an address is on this machine itself.
 */
export function isLoopback(address: URL): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(address.hostname);
}

function excepts(exception: string, address: URL): boolean {
  if (exception === '*') return true;
  const host = address.hostname.replace(/^\[|\]$/g, '');
  if (exception.includes('/')) return isInNetwork(host, exception);
  const { name, port } = hostAndPort(exception);
  if (name === '' || (port !== undefined && port !== portOf(address))) return false;
  return isInNetwork(host, name) || isDomain(host, name);
}

/** `example.com` is also its subdomains; `.example.com` and `*.example.com` are only those. */
function isDomain(host: string, name: string): boolean {
  const domain = name.replace(/^\*\./, '.');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function isInNetwork(host: string, network: string): boolean {
  const { isIP, BlockList } = netModule();
  const [address = '', length] = network.split('/');
  const [wanted, given] = [isIP(address), isIP(host)];
  const bits = length === undefined ? (wanted === 4 ? 32 : 128) : /^\d{1,3}$/.test(length) ? Number(length) : Infinity;
  if (wanted === 0 || given === 0 || bits > (wanted === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, bits, wanted === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, given === 4 ? 'ipv4' : 'ipv6');
}

function hostAndPort(exception: string): { readonly name: string; readonly port?: string } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(exception) ?? [];
  const name = bracketed ?? plain ?? exception;
  return port ? { name, port } : { name };
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}
