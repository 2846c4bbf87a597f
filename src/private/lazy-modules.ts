/*
 * Importing the library, or starting the command, costs no more than what is used of it: what takes long to load is loaded by the first that needs it.
 * cdk8s-plus stands in a file of its own, so that the bundle of the command does not take it in.
 */

export function yamlModule(): typeof import('yaml') {
  return require('yaml');
}

export function cryptoModule(): typeof import('node:crypto') {
  return require('node:crypto');
}
