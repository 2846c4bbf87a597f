/** Node's http, which takes a while to load. */
export function httpModule(): typeof import('node:http') {
  return require('node:http');
}

/** Node's https, likewise. */
export function httpsModule(): typeof import('node:https') {
  return require('node:https');
}

/** Node's net, likewise. */
export function netModule(): typeof import('node:net') {
  return require('node:net');
}

/** Node's tls, likewise. */
export function tlsModule(): typeof import('node:tls') {
  return require('node:tls');
}
