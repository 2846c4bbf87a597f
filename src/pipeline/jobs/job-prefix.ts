import type { PipelineJob } from './job';
import { isObject, Json } from '../../base/json';
import { show, userError } from '../../base/user-error';

/**
 * Puts a prefix in front of the names of all jobs, and of these names in their keywords. A hidden job stays hidden.
 */
export function withJobPrefix(jobs: readonly PipelineJob[], prefix: string): PipelineJob[] {
  const names = new Set(jobs.map(({ name }) => name));
  const prefixed = (name: string): string => name.startsWith('.') ? `.${prefix}${name.slice(1)}` : `${prefix}${name}`;
  const rename = (name: Json): Json => typeof name === 'string' && names.has(name) ? prefixed(name) : name;
  return jobs.map((job) => ({
    ...job,
    name: prefixed(job.name),
    keywords: withNames(job.keywords, rename),
    raw: job.raw && withNames(job.raw, rename),
  }));
}

/**
 * @throws `UserError` when no job may have such a name.
 */
export function checkedJobPrefix(prefix: string): string {
  if (/^(?:\w[\w.:-]*)?$/.test(prefix)) return prefix;
  throw userError({
    at: 'jobPrefix', given: `it is ${show(prefix)}`, expected: 'letters, digits, "_", "-", "." and ":", and a letter, digit or "_" in front', fix: 'use a prefix such as "web-"',
  });
}

function withNames<T extends object>(keywords: T, rename: (name: Json) => Json): T {
  const one = (value: Json): Json => isObject(value) && value.job !== undefined && value.project === undefined && value.pipeline === undefined
    ? { ...value, job: rename(value.job) }
    : rename(value);
  const all = (value: Json): Json => Array.isArray(value) ? value.map(all) : one(value);
  const environment = (value: Json): Json =>
    isObject(value) && value.on_stop !== undefined ? { ...value, on_stop: rename(value.on_stop) } : value;
  const rule = (value: Json): Json => isObject(value) && value.needs !== undefined ? { ...value, needs: all(value.needs) } : value;
  const rules = (value: Json): Json => Array.isArray(value) ? value.map(rules) : rule(value);
  const renamers = new Map([['needs', all], ['dependencies', all], ['extends', all], ['environment', environment], ['rules', rules]]);
  const renamedAt = (key: string, value: Json): Json => (value === undefined ? value : renamers.get(key)?.(value) ?? value);
  return Object.fromEntries(Object.entries(keywords).map(([key, value]) => [key, renamedAt(key, value)])) as T;
}
