import Ajv from 'ajv';
import { parseAllDocuments } from 'yaml';

export const GITLAB_CI_SCHEMA = 'gitlab-ci-schema.json';

/**
 * What GitLab's own schema for .gitlab-ci.yml says against a file, each document of it.
 */
export type SchemaCheck = (yaml: string) => string[];

/**
 * The check by a schema that is loaded already.
 */
export function schemaCheck(schema: object): SchemaCheck {
  // `markdownDescription` and `format` are for editors.
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
  return (yaml) => valuesOf(yaml).flatMap((value) => validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`));
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
