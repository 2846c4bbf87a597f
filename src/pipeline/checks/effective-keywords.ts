import { isObject, Json, JsonObject } from '../../base/json';
import type { PipelineJob } from '../jobs/job';

/** Keywords that a job inherits from `default`, or from the top of the file. */
const INHERITED = [
  'after_script', 'artifacts', 'before_script', 'cache', 'hooks', 'id_tokens', 'image', 'interruptible', 'retry', 'services', 'tags', 'timeout',
];

/** The number of levels of `extends` that GitLab follows. */
const MOST_LEVELS = 10;

/**
 * The keywords that GitLab reads for a job: its own, those of extended jobs, and inherited defaults.
 * Jobs and defaults of included files are unknown here.
 *
 * @see https://docs.gitlab.com/ci/yaml/#extends
 * @see https://docs.gitlab.com/ci/yaml/#inherit
 */
export function effectiveKeywords(job: PipelineJob, jobs: readonly PipelineJob[], raw: JsonObject): JsonObject {
  const own = extended(job, jobs, MOST_LEVELS);
  return { ...inherited(own, raw), ...own };
}

function extended(job: PipelineJob, jobs: readonly PipelineJob[], levels: number): JsonObject {
  const own = withoutUndefined({ ...job.keywords, ...job.raw });
  if (levels === 0) return own;
  const bases = listOf(own.extends).flatMap((name) => jobs.filter((other) => other.name === name));
  return [...bases.map((base) => extended(base, jobs, levels - 1)), own].reduce(merged, {});
}

/** Merges as GitLab does: maps deeply, and a list replaces the other. */
function merged(below: JsonObject, above: JsonObject): JsonObject {
  const result = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = Object.hasOwn(result, key) ? result[key] : undefined;
    result[key] = isObject(old) && isObject(value) ? merged(old, value) : value;
  }
  return result;
}

function inherited(own: JsonObject, raw: JsonObject): JsonObject {
  const defaults = withoutUndefined({ ...raw, ...isObject(raw.default) ? raw.default : {} });
  const chosen = isObject(own.inherit) ? own.inherit.default : true;
  const names = Array.isArray(chosen) ? INHERITED.filter((name) => chosen.includes(name)) : INHERITED;
  if (chosen === false) return {};
  return Object.fromEntries(names.filter((name) => Object.hasOwn(defaults, name)).map((name) => [name, defaults[name] as Json]));
}

/** Programs in other languages pass omitted keywords as undefined. */
function withoutUndefined(keywords: object): JsonObject {
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined)) as JsonObject;
}

/**
 * The value of a keyword that accepts one string or a list of strings, as a list.
 */
export function listOf(value: Json | undefined): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((one): one is string => typeof one === 'string');
}
