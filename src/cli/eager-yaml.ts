import { Document, isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, stringify, visit } from 'yaml';
import type { Yaml } from '../base/lazy-yaml';

/** The yaml package for the bundle, which has it in place of `require('yaml')`: every command needs it, and only these parts. */
export const YAML: Yaml = { Document, isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, stringify, visit };
