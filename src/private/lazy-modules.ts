/*
 * Importing the library costs no more than what a program uses of it: cdk8s takes 65 % of Node's own start, cdk8s-plus twice that,
 * so each is loaded by the first construct that needs it.
 */

export function cdk8sModule(): typeof import('cdk8s') {
  return require('cdk8s');
}

export function kplusModule(): typeof import('cdk8s-plus-28') {
  return require('cdk8s-plus-28');
}

export function yamlModule(): typeof import('yaml') {
  return require('yaml');
}

export function cryptoModule(): typeof import('node:crypto') {
  return require('node:crypto');
}
