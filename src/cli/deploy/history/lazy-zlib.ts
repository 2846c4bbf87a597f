/** Node's zlib, which takes a while to load. */
export function zlibModule(): typeof import('node:zlib') {
  return require('node:zlib');
}
