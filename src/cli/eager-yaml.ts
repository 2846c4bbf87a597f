import { Document, isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, stringify, visit } from 'yaml';
import type { Yaml } from '../base/lazy-yaml';

const YAML: Yaml = { Document, isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, stringify, visit };

/** Stands in for `src/base/lazy-yaml.ts`: every command needs yaml, and what is never loaded late need not be compiled twice. */
export function yamlModule(): Yaml {
  return YAML;
}
