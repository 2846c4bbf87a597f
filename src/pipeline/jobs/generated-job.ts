import type { JobKeywords, PipelineJob } from './job';
import type { JobOptions } from './job-options';
import type { Json } from '../../base/json';
import { userError, show } from '../../base/user-error';

/**
 * A job of this library before its user's options are in it.
 */
export interface GeneratedJob extends Omit<PipelineJob, 'raw'> {
  readonly options: JobOptions;
}

/**
 * A job with what its user has chosen beside: nothing that the job needs can be changed by it.
 */
export function generatedJob({ options, ...job }: GeneratedJob): PipelineJob {
  const { keywords, name } = job;
  const needs = options.needs?.map((needed) => ({ job: needed, artifacts: false })) ?? [];
  const merged: JobKeywords = {
    ...keywords,
    tags: options.tags,
    timeout: options.timeout ?? keywords.timeout,
    needs: keywords.needs === undefined && needs.length === 0 ? undefined : [...keywords.needs ?? [], ...needs],
    variables: variablesOf(name, keywords.variables, options.variables),
  };
  for (const keyword of Object.keys(options.raw ?? {})) checkRaw(name, keyword, merged);
  return { ...job, keywords: merged, raw: options.raw as { readonly [keyword: string]: Json } | undefined };
}

type Variables = JobKeywords['variables'];

function variablesOf(job: string, own: Variables = {}, chosen: Variables = {}): Variables {
  const other = Object.keys(chosen).find((name) => Object.hasOwn(own, name) && own[name] !== chosen[name]);
  if (other !== undefined) {
    throw userError({
      at: `job ${job}`,
      given: `its variable ${other} is to be ${show(chosen[other])}`,
      expected: `${show(own[other])}, with which the job works`,
      fix: 'leave it out',
    });
  }
  const variables = { ...own, ...chosen };
  return Object.keys(variables).length === 0 ? undefined : variables;
}

function checkRaw(job: string, keyword: string, keywords: JobKeywords): void {
  if (new Map<string, unknown>(Object.entries(keywords)).get(keyword) === undefined) return;
  throw userError({ at: `job ${job}`, given: `raw has ${show(keyword)}, which the job has already`, expected: 'keywords that it has not', fix: 'use the option for it, or leave it out' });
}
