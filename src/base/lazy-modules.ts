/**
 * The exports of `yaml` that this project uses. The command's bundle contains no others.
 */
export type Yaml = Pick<typeof import('yaml'),
  'Document' | 'isAlias' | 'isCollection' | 'isMap' | 'isScalar' | 'isSeq' | 'LineCounter' | 'parseAllDocuments' | 'stringify' | 'visit'>;

/**
 * Loads `yaml`, which only some constructs need. In the command's bundle, `src/cli/eager-yaml.ts` replaces this function.
 */
export function yamlModule(): Yaml {
  return require('yaml');
}

/**
 * Loads Node's crypto module, which is slow to load.
 */
export function cryptoModule(): typeof import('node:crypto') {
  return require('node:crypto');
}

/**
 * Loads cdk8s-plus, which takes longer to load than Node and cdk8s together.
 */
export function kplusModule(): typeof import('cdk8s-plus-28') {
  return require('cdk8s-plus-28');
}
