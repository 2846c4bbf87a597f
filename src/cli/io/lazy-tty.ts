/** Node's tty, which takes a while to load. */
export function ttyModule(): typeof import('node:tty') {
  return require('node:tty');
}
