import { isObject, Json, JsonObject } from '../../base/json';
import type { PipelineJob } from '../jobs/job';

/** Keywords that a job without them takes from `default`, or from the same keyword at the top of the file. */
const INHERITED = [
  'after_script', 'artifacts', 'before_script', 'cache', 'hooks', 'id_tokens', 'image', 'interruptible', 'retry', 'services', 'tags', 'timeout',
];

/** GitLab follows `extends` this far. */
const DEEPEST = 10;

/**
 * The keywords of a job as GitLab puts them together: its own, those of the jobs of the file that it extends, and the defaults that it inherits.
 * What comes from included files is not seen.
 *
 * @see https://docs.gitlab.com/ci/yaml/#extends
 * @see https://docs.gitlab.com/ci/yaml/#inherit
 */
export function effectiveKeywords(job: PipelineJob, jobs: readonly PipelineJob[], raw: JsonObject): JsonObject {
  const own = extended(job, jobs, DEEPEST);
  return { ...inherited(own, raw), ...own };
}

function extended(job: PipelineJob, jobs: readonly PipelineJob[], depth: number): JsonObject {
  const own = present({ ...job.keywords, ...job.raw });
  if (depth === 0) return own;
  const bases = listOf(own.extends).flatMap((name) => jobs.filter((other) => other.name === name));
  return [...bases.map((base) => extended(base, jobs, depth - 1)), own].reduce(merged, {});
}

/** As GitLab merges hashes: deep, and lists are replaced. */
function merged(below: JsonObject, above: JsonObject): JsonObject {
  const result = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = Object.hasOwn(result, key) ? result[key] : undefined;
    result[key] = isObject(old) && isObject(value) ? merged(old, value) : value;
  }
  return result;
}

function inherited(own: JsonObject, raw: JsonObject): JsonObject {
  const given = present({ ...raw, ...isObject(raw.default) ? raw.default : {} });
  const chosen = isObject(own.inherit) ? own.inherit.default : true;
  const names = Array.isArray(chosen) ? INHERITED.filter((name) => chosen.includes(name)) : INHERITED;
  if (chosen === false) return {};
  return Object.fromEntries(names.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name] as Json]));
}

/** A host in another language sends what is left out as undefined. */
function present(keywords: object): JsonObject {
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined)) as JsonObject;
}

/**
 * A keyword that takes one text or a list of them, as a list.
 */
export function listOf(value: Json | undefined): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((one): one is string => typeof one === 'string');
}
