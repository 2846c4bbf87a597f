/*
 * Modules of Node that take a while to load. Each is loaded by the first call that needs it.
 */

/** For servers without TLS, such as proxies. */
export function httpModule(): typeof import('node:http') {
  return require('node:http');
}

/** For servers with TLS: the API server and GitLab. */
export function httpsModule(): typeof import('node:https') {
  return require('node:https');
}

/** For addresses and sockets. */
export function netModule(): typeof import('node:net') {
  return require('node:net');
}

/** For certificates and tunnels. */
export function tlsModule(): typeof import('node:tls') {
  return require('node:tls');
}

/** To detect a terminal. */
export function ttyModule(): typeof import('node:tty') {
  return require('node:tty');
}

/** To compress the release history. */
export function zlibModule(): typeof import('node:zlib') {
  return require('node:zlib');
}
