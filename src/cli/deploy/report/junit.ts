import { UserError } from '../../../base/user-error';
import { junitXml, TestCase } from '../../io/junit';
import { wasReady } from '../apply/apply';
import type { PlannedChanges } from '../apply/observer';
import { isJob } from '../objects/jobs';
import { ObjectRejected, ReleaseRejected } from '../objects/object-problems';
import type { ReleaseIdentity, ReleaseObject } from '../objects/release';
import { keptInWords } from '../prune/prune';
import { isWaitedFor, Progress, RolloutResult } from '../wait/rollout';

/**
 * Everything that a report needs about a deployment that has ended.
 */
export interface DeploymentFacts {
  readonly identity: ReleaseIdentity;
  readonly isDryRun: boolean;
  readonly objects: ReadonlyArray<Pick<ReleaseObject, 'apiVersion' | 'kind' | 'name'>>;
  /** Missing when the plan failed. */
  readonly planned?: PlannedChanges;
  /** By `nameOf`. */
  readonly written: ReadonlySet<string>;
  /** The last progress of each workload. */
  readonly progress: ReadonlyMap<string, Progress>;
  readonly waited: readonly RolloutResult[];
  /** The failure of the deployment. */
  readonly error?: unknown;
  /** Milliseconds. */
  readonly elapsed: number;
  readonly endedAt: number;
}

interface Case {
  readonly className: 'apply' | 'rollout' | 'prune' | 'deploy';
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** The cause of a failure in one line, or the reason why the case was skipped. */
  readonly message?: string;
  readonly details?: string;
  readonly seconds?: number;
}

export function nameOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

/**
 * The report as JUnit XML: a test case for each object, and one for the rollout of each workload. Names stay the same from run to run, because GitLab
 * compares them. Cases of unchanged or kept objects, and of those that were not reached, are skipped. A failure without a causing object is one of the case
 * `release`.
 *
 * @see https://docs.gitlab.com/ci/testing/unit_test_reports/
 */
export function junitReport(facts: DeploymentFacts): string {
  const found = [...facts.objects.map((object) => objectCase(object, facts)), ...rolloutCases(facts), ...pruneCases(facts)];
  const cases = [...found, releaseCase(facts, found.some(({ result }) => result === 'failed') && !hasOtherProblem(facts))];
  const { app, environment } = facts.identity;
  return junitXml({
    name: `deploy ${app} to ${environment}`,
    seconds: facts.elapsed / 1000,
    timestamp: facts.endedAt,
    cases: cases.map(testCase),
  });
}

function objectCase(object: DeploymentFacts['objects'][number], facts: DeploymentFacts): Case {
  const { error, planned, written, isDryRun } = facts;
  const one = { className: 'apply' as const, name: nameOf(object) };
  const problems = error instanceof ReleaseRejected ? error.problems : error instanceof ObjectRejected ? [error.problem] : [];
  const problem = problems.find(({ object: its }) => nameOf(its) === one.name);
  if (problem) return { ...one, result: 'failed', message: [problem, ...problem.more ?? []].map(({ given, fix }) => `${given}; ${fix}`).join('\n') };
  const isDone = isDryRun ? planned !== undefined : written.has(one.name);
  return isDone ? { ...one, result: 'passed' } : { ...one, result: 'skipped', message: whySkipped(one.name, facts) };
}

/** The reason why an object was not changed, if it was not a failure. */
function whySkipped(name: string, { planned, written }: DeploymentFacts): string | undefined {
  const change = planned?.changes.find(({ object }) => nameOf(object) === name);
  if (planned && !change) return NOT_RUN;
  if (change?.action !== 'keep' || !written.has(name)) return undefined;
  if (isJob(change.object)) return 'it has not changed, so it does not run again';
  return `it has not changed, and was ${wasReady(change) ? '' : 'not '}ready before the deployment`;
}

const NOT_RUN = 'it has not changed since it ran with an earlier release, and the cluster has deleted it since; or it is a hook that other deployments run';

function rolloutCases(facts: DeploymentFacts): Case[] {
  return facts.isDryRun ? [] : facts.objects.filter(isWaitedFor).map((object) => rolloutCase(nameOf(object), facts));
}

function rolloutCase(name: string, facts: DeploymentFacts): Case {
  const { progress, waited } = facts;
  const last = progress.get(name);
  const one = { className: 'rollout' as const, name, ...last && { seconds: last.elapsed / 1000 } };
  const result = waited.find(({ workloads }) => workloads.some(({ object }) => nameOf(object) === name));
  const workload = result?.workloads.find(({ object }) => nameOf(object) === name);
  if (workload?.isUnjudged) return { ...one, result: 'skipped', message: workload.message };
  if (workload?.ready) return { ...one, result: 'passed' };
  if (result?.cause?.workload === name) return { ...one, result: 'failed', message: result.cause.line };
  if (result?.outcome === 'timed out' && !result.cause) return { ...one, result: 'failed', message: `not ready in time: ${last?.message ?? 'no status was seen'}` };
  // Another workload has ended the deployment.
  if (result) return { ...one, result: 'skipped', message: `not ready when the deployment ended: ${last?.message ?? 'no status was seen'}` };
  return { className: 'rollout', name, result: 'skipped', message: whySkipped(name, facts) };
}

function pruneCases({ planned, error }: DeploymentFacts): Case[] {
  const { remove = [], kept = [] } = planned?.pruning ?? {};
  return [
    ...remove.map((object): Case => ({ className: 'prune', name: nameOf(object), result: error === undefined ? 'passed' : 'skipped' })),
    ...kept.map((object): Case => ({ className: 'prune', name: nameOf(object), result: 'skipped', message: `it stays: ${keptInWords(object)}` })),
  ];
}

function releaseCase({ error, elapsed }: DeploymentFacts, isExplained: boolean): Case {
  const one = { className: 'deploy' as const, name: 'release', seconds: elapsed / 1000 };
  if (error === undefined) return { ...one, result: 'passed' };
  if (isExplained) return { ...one, result: 'skipped' };
  const message = error instanceof Error ? error.message : String(error);
  return { ...one, result: 'failed', message: message.split('\n')[0] ?? '', details: error instanceof UserError ? undefined : message };
}

/** Whether a rejected object is not in the release, such as the pull secret. */
function hasOtherProblem({ error, objects }: DeploymentFacts): boolean {
  const names = new Set(objects.map(nameOf));
  return error instanceof ReleaseRejected && error.problems.some(({ object }) => !names.has(nameOf(object)));
}

function testCase({ className, name, result, message = '', details, seconds }: Case): TestCase {
  const one = { className, name, seconds };
  if (result === 'passed') return one;
  if (result === 'skipped') return { ...one, skipped: { message: message } };
  return { ...one, failure: { message: message, text: details ?? message } };
}
