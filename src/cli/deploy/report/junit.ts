import { UserError } from '../../../base/user-error';
import { junitXml, TestCase } from '../../io/junit';
import type { Planned } from '../apply/observer';
import { isJob } from '../objects/jobs';
import { ObjectRejected, ReleaseRejected } from '../objects/object-problems';
import type { ReleaseIdentity, ReleaseObject } from '../objects/release';
import { isWaitedFor, Progress, RolloutResult } from '../wait/rollout';

/**
 * What is known of a deployment when it has ended.
 */
export interface DeploymentFacts {
  readonly identity: ReleaseIdentity;
  readonly isDryRun: boolean;
  readonly objects: ReadonlyArray<Pick<ReleaseObject, 'apiVersion' | 'kind' | 'name'>>;
  /** Missing when it was refused before. */
  readonly planned?: Planned;
  /** Names as in `nameOf`. */
  readonly written: ReadonlySet<string>;
  /** The last that was heard of each workload. */
  readonly progress: ReadonlyMap<string, Progress>;
  readonly waited: readonly RolloutResult[];
  /** What ended it. */
  readonly error?: unknown;
  /** Milliseconds. */
  readonly elapsed: number;
  readonly endedAt: number;
  readonly mask: (text: string) => string;
}

interface Case {
  readonly className: 'apply' | 'rollout' | 'prune' | 'deploy';
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** The cause of a failure in one line, or why it was skipped. */
  readonly says?: string;
  readonly more?: string;
  readonly seconds?: number;
}

export function nameOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

/**
 * The report as JUnit XML: a test case for each object, and one for the rollout of each workload. The names stay the same from run to run, since
 * GitLab compares them. What was not reached is skipped, and so is what nothing was to be done with; what no object is the cause of is a failure of the
 * release itself.
 *
 * @see https://docs.gitlab.com/ci/testing/unit_test_reports/
 */
export function junitReport(facts: DeploymentFacts): string {
  const found = [...facts.objects.map((object) => objectCase(object, facts)), ...rolloutCases(facts), ...pruneCases(facts)];
  const cases = [...found, releaseCase(facts, found.some(({ result }) => result === 'failed') && !isBeyond(facts))];
  const { app, environment } = facts.identity;
  return junitXml({
    name: `deploy ${app} to ${environment}`,
    seconds: facts.elapsed / 1000,
    timestamp: facts.endedAt,
    cases: cases.map((one) => testCase(one, facts.mask)),
  });
}

function objectCase(object: DeploymentFacts['objects'][number], facts: DeploymentFacts): Case {
  const { error, planned, written, isDryRun } = facts;
  const one = { className: 'apply' as const, name: nameOf(object) };
  const refusals = error instanceof ReleaseRejected ? error.problems : error instanceof ObjectRejected ? [error.problem] : [];
  const refused = refusals.find((refusal) => nameOf(refusal.object) === one.name);
  if (refused) return { ...one, result: 'failed', says: `${refused.given}; ${refused.fix}` };
  const isDone = isDryRun ? planned !== undefined : written.has(one.name);
  return isDone ? { ...one, result: 'passed' } : { ...one, result: 'skipped', says: whyLeft(one.name, facts) };
}

/** Why nothing was done with an object, if that is not because of a failure. */
function whyLeft(name: string, { planned, written }: DeploymentFacts): string | undefined {
  const step = planned?.steps.find(({ object }) => nameOf(object) === name);
  if (planned && !step) return 'it has not changed since it ran with an earlier release, and the cluster has removed it since';
  if (step?.action !== 'keep' || !written.has(name)) return undefined;
  return isJob(step.object) ? 'it has not changed, so it is not run again' : 'it has not changed, and was ready';
}

function rolloutCases(facts: DeploymentFacts): Case[] {
  return facts.isDryRun ? [] : facts.objects.filter(isWaitedFor).map((object) => rolloutCase(nameOf(object), facts));
}

function rolloutCase(name: string, facts: DeploymentFacts): Case {
  const { progress, waited } = facts;
  const last = progress.get(name);
  const one = { className: 'rollout' as const, name, ...last && { seconds: last.elapsed / 1000 } };
  const result = waited.find(({ workloads }) => workloads.some(({ object }) => nameOf(object) === name));
  if (result?.workloads.some(({ object, ready }) => ready && nameOf(object) === name)) return { ...one, result: 'passed' };
  if (result?.cause?.workload === name) return { ...one, result: 'failed', says: result.cause.line };
  if (result?.outcome === 'timed out' && !result.cause) return { ...one, result: 'failed', says: `not ready in time: ${last?.message ?? 'nothing is known of it'}` };
  return { className: 'rollout', name, result: 'skipped', says: whyLeft(name, facts) };
}

function pruneCases({ planned, error }: DeploymentFacts): Case[] {
  return (planned?.pruning.remove ?? []).map((object) => ({ className: 'prune', name: nameOf(object), result: error === undefined ? 'passed' : 'skipped' }));
}

function releaseCase({ error, elapsed }: DeploymentFacts, isExplained: boolean): Case {
  const one = { className: 'deploy' as const, name: 'release', seconds: elapsed / 1000 };
  if (error === undefined) return { ...one, result: 'passed' };
  if (isExplained) return { ...one, result: 'skipped' };
  const message = error instanceof Error ? error.message : String(error);
  return { ...one, result: 'failed', says: message.split('\n')[0] ?? '', more: error instanceof UserError ? undefined : message };
}

/** Whether something is refused that is none of the objects. */
function isBeyond({ error, objects }: DeploymentFacts): boolean {
  const names = new Set(objects.map(nameOf));
  return error instanceof ReleaseRejected && error.problems.some(({ object }) => !names.has(nameOf(object)));
}

function testCase({ className, name, result, says = '', more, seconds }: Case, mask: (text: string) => string): TestCase {
  const one = { className, name, seconds };
  if (result === 'passed') return one;
  if (result === 'skipped') return { ...one, skipped: { message: mask(says) } };
  return { ...one, failure: { message: mask(says), text: mask(more ?? says) } };
}
