/** Node's crypto, which takes a while to load. */
export function cryptoModule(): typeof import('node:crypto') {
  return require('node:crypto');
}
