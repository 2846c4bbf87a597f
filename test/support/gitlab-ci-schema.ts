import { readFileSync } from 'node:fs';
import Ajv, { ValidateFunction } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { vectorFile } from './vectors';

/**
 * The path of GitLab's schema for .gitlab-ci.yml.
 */
export const GITLAB_CI_SCHEMA = vectorFile('gitlab-ci-schema.json');

/**
 * Validates each document of a file with GitLab's schema, and gives the errors.
 */
export function schemaProblems(yaml: string): string[] {
  const validate = validator();
  return valuesOf(yaml).flatMap((value) => validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`));
}

let compiled: ValidateFunction | undefined;

function validator(): ValidateFunction {
  // The schema has keywords for editors, such as `markdownDescription`, which strict mode rejects.
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
