/** The parts of yaml that are used: the command's bundle has no others. */
export type Yaml = Pick<typeof import('yaml'),
  'Document' | 'isAlias' | 'isCollection' | 'isMap' | 'isScalar' | 'isSeq' | 'LineCounter' | 'parseAllDocuments' | 'stringify' | 'visit'>;

/** The yaml package, which only some constructs need. The command's bundle has `src/cli/eager-yaml.ts` in its place. */
export function yamlModule(): Yaml {
  return require('yaml');
}
