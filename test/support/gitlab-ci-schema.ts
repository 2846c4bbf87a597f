import { readFileSync } from 'node:fs';
import Ajv, { ValidateFunction } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { vectorFile } from './vectors';

/**
 * The path of GitLab's own schema for .gitlab-ci.yml.
 */
export const GITLAB_CI_SCHEMA = vectorFile('gitlab-ci-schema.json');

/**
 * What GitLab's schema finds wrong in each document of a file.
 */
export function schemaProblems(yaml: string): string[] {
  const validate = validator();
  return valuesOf(yaml).flatMap((value) => validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`));
}

let compiled: ValidateFunction | undefined;

function validator(): ValidateFunction {
  // Not strict: the schema has the keyword `markdownDescription` for editors. They read `format`, too.
  compiled ??= new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(JSON.parse(readFileSync(GITLAB_CI_SCHEMA, 'utf8')));
  return compiled;
}

/**
 * The values of the documents of a file, read as YAML 1.1.
 */
export function valuesOf(yaml: string): unknown[] {
  return parseAllDocuments(yaml, { version: '1.1' }).map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) throw problem;
    return document.toJS() as unknown;
  });
}
