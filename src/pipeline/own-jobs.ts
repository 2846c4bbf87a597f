import { effectiveKeywords, listOf } from './checks/effective-keywords';
import { rulesOf } from './checks/rule-conditions';
import type { PipelineJob } from './jobs/job';
import { isObject, Json, JsonObject } from '../base/json';

/**
 * The jobs of a pipeline.
 */
export interface JobsOfPipeline {
  /** The jobs of this library. */
  readonly jobs: readonly PipelineJob[];
  /** The jobs of the user. */
  readonly added: readonly PipelineJob[];
  /** Global keywords, as GitLab reads them. */
  readonly raw: JsonObject;
}

/** GitLab's own stages. No file has to list them. */
const OUTER = ['.pre', '.post'];

/**
 * The stages of all jobs in their order. A stage of the user comes:
 *
 * - after the stages of the jobs that its own jobs need
 * - after the deployment, when its jobs have an environment, or run after a failure or in any case
 * - otherwise before the image, as tests do
 */
export function stagesOf(pipeline: JobsOfPipeline): string[] {
  const { jobs, added } = pipeline;
  const order = namesOf(jobs);
  const own = namesOf(added).filter((stage) => !order.includes(stage));
  const generated = new Set(order);
  const facts = new Map(own.map((stage) => [stage, stageFacts(stage, pipeline)]));
  while (facts.size > 0) {
    const [stage, found] = [...facts].find(([, { after }]) => !after.some((name) => facts.has(name))) ?? [...facts][0] as [string, StageFacts];
    facts.delete(stage);
    order.splice(placeOf(found, order, generated), 0, stage);
  }
  return order;
}

function namesOf(jobs: readonly PipelineJob[]): string[] {
  return [...new Set(jobs.map(({ keywords }) => keywords.stage))].filter((stage) => !OUTER.includes(stage));
}

interface StageFacts {
  /** The stages of the jobs that its jobs need, without itself. */
  readonly after: readonly string[];
  /** The stages of this library's jobs that need its jobs. */
  readonly before: readonly string[];
  readonly isAfterDeployment: boolean;
  readonly isLast: boolean;
}

function stageFacts(stage: string, pipeline: JobsOfPipeline): StageFacts {
  const all = [...pipeline.jobs, ...pipeline.added];
  const its = pipeline.added.filter(({ keywords }) => keywords.stage === stage);
  const keywords = its.map((job) => effectiveKeywords(job, all, pipeline.raw));
  const needed = new Set(keywords.flatMap((job) => [...neededNames(job.needs), ...listOf(job.dependencies)]));
  const names = new Set(its.map(({ name }) => name));
  return {
    after: all.filter(({ name }) => needed.has(name)).map((job) => job.keywords.stage).filter((other) => other !== stage),
    before: pipeline.jobs.filter((job) => (job.keywords.needs ?? []).some((need) => names.has(need.job))).map((job) => job.keywords.stage),
    isAfterDeployment: keywords.some(({ environment }) => environment !== undefined),
    isLast: keywords.some(({ when }) => when === 'on_failure' || when === 'always'),
  };
}

function neededNames(needs: Json | undefined): string[] {
  const entries = Array.isArray(needs) ? needs.flat() : [needs];
  return entries.flatMap((need) => listOf(isObject(need) ? need.job : need));
}

function placeOf({ after, before, isAfterDeployment, isLast }: StageFacts, order: readonly string[], generated: ReadonlySet<string>): number {
  if (isLast) return order.length;
  const lowest = Math.max(...[...after, ...isAfterDeployment ? ['deploy'] : []].map((stage) => order.indexOf(stage)));
  if (lowest >= 0) {
    const next = order.slice(lowest + 1).findIndex((stage) => generated.has(stage));
    return next < 0 ? order.length : lowest + 1 + next;
  }
  return Math.min(...[...before, 'image', 'synth', 'deploy'].map((stage) => order.indexOf(stage)).filter((index) => index >= 0));
}

/**
 * Lets the first of our jobs after the build wait for the user's jobs in earlier stages. Its `needs` would otherwise start it at once.
 * Jobs that may fail, that run only after a failure, or that a person may leave out, are not waited for.
 */
export function withGates({ jobs, added, raw }: JobsOfPipeline, stages: readonly string[]): PipelineJob[] {
  const order = ['.pre', ...stages, '.post'];
  const gates = added.filter((job) => !job.name.startsWith('.') && mustSucceed(effectiveKeywords(job, [...jobs, ...added], raw)));
  return jobs.map((job) => {
    const { needs, stage } = job.keywords;
    if (!job.isGated || needs === undefined) return job;
    const isEarlier = (gate: PipelineJob): boolean => order.indexOf(gate.keywords.stage) < order.indexOf(stage);
    const others = gates.filter((gate) => isEarlier(gate) && !needs.some((need) => need.job === gate.name));
    const waits = others.map(({ name }) => ({ job: name, artifacts: false, optional: true }));
    return { ...job, keywords: { ...job.keywords, needs: [...needs, ...waits] } };
  });
}

function mustSucceed({ when = 'on_success', allow_failure: mayFail, rules }: JsonObject): boolean {
  const ways = rules === undefined
    ? [{ when, mayFail: mayFail ?? when === 'manual' }]
    : rulesOf(rules).map((rule) => ({ when: rule.when ?? when, mayFail: rule.allow_failure ?? mayFail })).filter((way) => way.when !== 'never');
  return ways.length > 0 && ways.every((way) => way.when !== 'on_failure' && way.mayFail !== true);
}
