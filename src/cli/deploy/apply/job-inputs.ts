import { isObject } from '../../../base/json';
import { secrets } from '../../../base/secrets';
import { resourceOf } from '../../../kubernetes/kinds';
import { ConfigReference, PodSpec, requiredReferences } from '../../../kubernetes/pod-spec';
import { pathsOfTexts } from '../../../kubernetes/text-fields';
import { concurrently } from '../../base/concurrency';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { isApiError } from '../../cluster/status';
import { fieldAt } from '../objects/fields';
import type { PlannedChange } from '../objects/planned-change';
import { objectKey } from '../objects/release';
import { findLive } from '../objects/targets';
import { causeOf, DEFAULT_GRACE_PERIODS, Finding, GracePeriodTimer } from '../wait/diagnosis';
import { readinessOf } from '../wait/readiness';
import { RolloutResult, titleOf, WaitOptions } from '../wait/rollout';

/**
 * A Secret or ConfigMap that a Job needs, and that a custom resource of the release creates.
 */
export interface JobInput {
  readonly job: PlannedChange;
  readonly reference: ConfigReference;
  readonly source: PlannedChange;
}

/**
 * Finds the Secrets and ConfigMaps that Jobs need and that custom resources of the release create, such as an ExternalSecret.
 *
 * The pod of a Job waits for them, too, but it counts as failed after some seconds. A reference that no custom resource explains is left to that rule:
 * nothing in the release will create it.
 *
 * @param jobs The Jobs that are applied next.
 * @param changes All changes of the release.
 */
export function inputsOf(jobs: readonly PlannedChange[], changes: readonly PlannedChange[]): JobInput[] {
  const applied = new Set(changes.map(({ object }) => objectKey(object)));
  return jobs.filter(({ action }) => action !== 'keep').flatMap((job) => {
    const pod = fieldAt(job.after, 'spec', 'template', 'spec');
    const references = isObject(pod) && Array.isArray(pod.containers) ? requiredReferences(pod as unknown as PodSpec) : [];
    return references.filter((reference) => !applied.has(objectKey({ apiVersion: 'v1', ...reference }))).flatMap((reference) => {
      const source = sourceOf(reference, changes);
      return source ? [{ job, reference, source }] : [];
    });
  });
}

/** The custom resource that has the name of the missing object, or names it, as `target.name` or `secretName`. Else one whose name is a part of it. */
function sourceOf({ name }: ConfigReference, changes: readonly PlannedChange[]): PlannedChange | undefined {
  const custom = changes.filter(({ object: { apiVersion, kind } }) => resourceOf(apiVersion, kind) === undefined);
  const isPart = (part: string) => `-${name.replace(/\./g, '-')}-`.includes(`-${part.replace(/\./g, '-')}-`);
  return custom.find(({ object }) => object.name === name)
    ?? custom.find(({ object }) => pathsOfTexts(object.value.spec, (text) => text === name).length > 0)
    ?? custom.find(({ object }) => isPart(object.name));
}

/** Milliseconds between two looks. */
const PAUSE = 1_000;

/** Milliseconds for a custom resource to get a status, when only its status says that the input exists. */
const STATUS_WAIT = 10_000;

/**
 * Waits until all inputs exist.
 *
 * @returns The failure: the time is over, or a custom resource reports a permanent error.
 */
export async function waitForInputs(
  cluster: KubernetesClient, inputs: readonly JobInput[], options: WaitOptions,
): Promise<RolloutResult | undefined> {
  return new InputWait(cluster, inputs, options).run();
}

class InputWait {
  private readonly started: number;
  private readonly timer: GracePeriodTimer;
  private readonly told = new Set<string>();

  public constructor(
    private readonly cluster: KubernetesClient,
    private readonly inputs: readonly JobInput[],
    private readonly options: WaitOptions,
  ) {
    this.started = options.clock.now();
    this.timer = new GracePeriodTimer({ ...DEFAULT_GRACE_PERIODS, ...options.gracePeriods });
  }

  public async run(): Promise<RolloutResult | undefined> {
    const { clock, budget, signal } = this.options;
    for (;;) {
      const findings = (await concurrently(this.inputs, async (input) => this.finding(input))).flat();
      if (findings.length === 0) return undefined;
      const now = clock.now();
      this.timer.update(findings, now);
      this.report(findings);
      const [expired, timeLeft] = [this.timer.expired(now), this.started + budget - now];
      if (expired) return this.failure('failed', expired, findings);
      if (timeLeft <= 0) return this.failure('timed out', this.timer.main() ?? findings[0] as Finding, findings);
      await clock.sleep(Math.min(PAUSE, timeLeft), signal);
    }
  }

  /** Nothing when the input exists. A credential that may not read it trusts the custom resource. */
  private async finding({ job, reference: { kind, name }, source }: JobInput): Promise<Finding[]> {
    const exists = await this.exists(kind, name);
    if (exists === true) return [];
    const live = await find(this.cluster, source.path);
    const readiness = live && readinessOf(live);
    if (exists === 'unknown' && readiness?.ready && (!readiness.isUnjudged || this.elapsed() >= STATUS_WAIT)) return [];
    const missing = `it needs ${kind} ${name}, which ${exists === 'unknown' ? 'this credential may not read' : 'does not exist yet'}`;
    const message = `${missing}; ${titleOf(source.object)} should create it: ${readiness?.message ?? 'it does not exist'}`;
    return [{ problem: { workload: titleOf(job.object), reason: 'Missing', message }, grace: readiness?.failure?.grace ?? 'timeout' }];
  }

  private async exists(kind: ConfigReference['kind'], name: string): Promise<boolean | 'unknown'> {
    const resource = kind === 'Secret' ? 'secrets' : 'configmaps';
    try {
      return await findLive(this.cluster, this.options.namespace, { apiVersion: 'v1', kind, resource, name }) !== undefined;
    } catch (error) {
      if (!isApiError(error, 403)) throw error;
      return 'unknown';
    }
  }

  private report(findings: readonly Finding[]): void {
    const total = this.jobs().length;
    for (const { problem: { workload, message } } of findings) {
      if (this.told.has(message)) continue;
      this.told.add(message);
      this.options.progress({ workload, state: 'waiting', message: secrets.mask(message), ready: 0, total, elapsed: this.elapsed() });
    }
  }

  private failure(outcome: 'failed' | 'timed out', { problem }: Finding, findings: readonly Finding[]): RolloutResult {
    const workloads = this.jobs().map(({ object: { apiVersion, kind, name }, resource }) => {
      const message = findings.find(({ problem: { workload } }) => workload === titleOf({ kind, name }))?.problem.message ?? '';
      return { object: { apiVersion, kind, name, resource, uid: '' }, ready: false, message };
    });
    const cause = causeOf(problem);
    return { outcome, elapsed: this.elapsed(), workloads, cause, events: [], notes: [] };
  }

  private elapsed(): number {
    return this.options.clock.now() - this.started;
  }

  private jobs(): PlannedChange[] {
    return [...new Set(this.inputs.map(({ job }) => job))];
  }
}
