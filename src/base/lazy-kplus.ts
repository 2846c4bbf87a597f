/** cdk8s-plus, which takes longer to load than Node and cdk8s together. */
export function kplusModule(): typeof import('cdk8s-plus-28') {
  return require('cdk8s-plus-28');
}
