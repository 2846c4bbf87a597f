import { userError } from '../../base/user-error';
import type { CiVariables } from '../../gitlab/ci-variables';
import { netModule } from '../io/lazy-modules';

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
  if (url && url.host !== '' && ['http:', 'https:'].includes(url.protocol)) return { url, source };
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
