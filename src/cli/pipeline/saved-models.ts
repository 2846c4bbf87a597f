import { isObject, Json, parseObject } from '../../base/json';
import { userError } from '../../base/user-error';
import type { PipelineModel } from '../../pipeline/model/pipeline-model';

/** The version of the file's format. A command reads exactly one. */
const FORMAT = 1;

/**
 * The pipelines of a program as a file of JSON. A later run checks the project with it, and starts no program.
 */
export function savedModelsText(models: readonly PipelineModel[]): string {
  return `${JSON.stringify({ format: FORMAT, pipelines: models })}\n`;
}

/**
 * Reads such a file. It may come from a job that runs the project's code, so every field is checked.
 *
 * @param at The name of the file, for errors.
 */
export function parseSavedModels(text: string, at: string): PipelineModel[] {
  const file = parseObject(text) ?? {};
  if (file.format === FORMAT && isListOf(file.pipelines, isModel)) return file.pipelines as Json as unknown as PipelineModel[];
  throw userError({
    at, given: 'it holds no pipelines of this release of cdk8s-ci-deploy', expected: 'a file of pipeline --save', fix: 'save it again: npx cdk8s-ci-deploy pipeline --check --save FILE',
  });
}

function isModel(value: Json): boolean {
  return isObject(value) && [value.app, value.variable].every(isText) && isListOf(value.stages, isText) && isListOf(value.jobs, isJob)
    && isListOf(value.targets, isTarget);
}

function isJob(value: Json): boolean {
  return isObject(value) && [value.name, value.stage, value.environment ?? '', value.action].every(isText)
    && [value.manual, value.protected].every(isBoolean)
    && [value.artifacts, value.gives, value.takes].every((list) => isListOf(list, isText)) && isListOf(value.holds, isCredential);
}

function isCredential(value: Json): boolean {
  return isObject(value) && [value.variable, value.kind].every(isText) && ['variable', 'gitlab', 'agent', 'id_token'].includes(value.source as string);
}

function isTarget(value: Json): boolean {
  return isObject(value) && [value.environment, value.namespace].every(isText) && [value.protected, value.review].every(isBoolean);
}

function isListOf(value: Json | undefined, isItem: (item: Json) => boolean): value is Json[] {
  return Array.isArray(value) && value.every(isItem);
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && !/[\0-\x1f\x7f]/.test(value);
}

function isBoolean(value: Json | undefined): boolean {
  return typeof value === 'boolean';
}
