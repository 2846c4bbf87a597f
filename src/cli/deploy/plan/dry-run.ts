import type { JsonObject } from '../../../base/json';
import { concurrently } from '../../base/concurrency';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { ApiError } from '../../cluster/status';
import { fieldAt } from '../objects/fields';
import { checkReplacement, hasEnded, isGenerated, isJob, isToBeReplaced } from '../objects/jobs';
import { appliedFields, applierAmong, EARLIER_MANAGERS } from '../objects/managed-fields';
import { explain, ObjectProblem, ReleaseRejected } from '../objects/object-problems';
import { Owner, ownerInWords } from '../objects/owner';
import { changesBetween, PlannedChange } from '../objects/planned-change';
import type { Target } from '../objects/targets';

export interface DryRunOptions {
  readonly owner: Owner;
  /** Whether the release adopts objects without an owner. */
  readonly adopt: boolean;
  /** Whether fields of other managers are taken over. */
  readonly forceConflicts: boolean;
  /** Hides the secrets that the job knows. @default - nothing is hidden */
  readonly mask?: (text: string) => string;
}

/**
 * Applies all objects as a server-side dry run: the server checks schema, admission, immutable fields, conflicts and access. Nothing is written.
 *
 * @throws `ReleaseRejected` with the problems of all objects.
 */
export async function dryRun(cluster: KubernetesClient, targets: readonly Target[], options: DryRunOptions): Promise<PlannedChange[]> {
  const results = await concurrently(targets, async (target) => new ObjectDryRun(cluster, target, targets, options).run());
  const problems = results.filter(isProblem);
  if (problems.length > 0) throw new ReleaseRejected(problems, targets.length);
  return results.filter((result): result is PlannedChange => !isProblem(result));
}

type DryRunResult = PlannedChange | ObjectProblem;

function isProblem(result: DryRunResult): result is ObjectProblem {
  return !('action' in result);
}

class ObjectDryRun {
  public constructor(
    private readonly cluster: KubernetesClient,
    private readonly target: Target,
    private readonly all: readonly Target[],
    private readonly options: DryRunOptions,
  ) {}

  public async run(): Promise<DryRunResult> {
    const [live, result] = await Promise.all([this.live(), this.apply(this.options.forceConflicts)]);
    if (live instanceof ApiError) return this.problem(result instanceof ApiError ? result : live);
    const problem = live && this.ownershipProblem(live);
    if (problem) return problem;
    const former = live && applierAmong(live, this.options.owner.formerManagers);
    // A take-over moves the fields to the owner's manager before the apply. Until then, only a dry run with the former manager has no conflicts.
    return this.changeOrProblem(live, former === undefined ? result : await this.apply(this.options.forceConflicts, former));
  }

  private async changeOrProblem(live: JsonObject | undefined, result: JsonObject | ApiError): Promise<DryRunResult> {
    if (live && isJob(this.target.object) && isToBeReplaced(live, result instanceof ApiError ? result : undefined)) return this.replacement(live);
    if (!(result instanceof ApiError)) return this.change(live, result);
    // An adoption moves the fields of earlier managers to the owner's manager before the apply.
    if (live && this.options.adopt && areEarlier(result)) return this.changeOrProblem(live, await this.apply(true));
    return this.waitsFor(result) ? this.change(live, this.target.applied) : this.problem(result);
  }

  /** An object that the credential may not read is not written either: its owner is unknown. */
  private async live(): Promise<JsonObject | ApiError | undefined> {
    try {
      return await find(this.cluster, this.target.path);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code === 401) throw error;
      return error;
    }
  }

  private async apply(force: boolean, fieldManager = this.options.owner.manager): Promise<JsonObject | ApiError> {
    try {
      return await this.cluster.apply(this.target.path, this.target.applied, { dryRun: true, force, fieldManager });
    } catch (error) {
      if (error instanceof ApiError && error.code !== 401) return error;
      throw error;
    }
  }

  private problem(error: ApiError): ObjectProblem {
    return explain(this.target.object, error, this.options.mask);
  }

  private ownershipProblem(live: JsonObject): ObjectProblem | undefined {
    const { object } = this.target;
    if (fieldAt(live, 'metadata', 'deletionTimestamp') !== undefined) {
      return { object, given: 'it is being deleted', fix: 'run this job again when it is gone' };
    }
    switch (this.options.owner.of(live)) {
      case 'ours':
      case 'released': return undefined;
      case 'another\'s': return { object, given: `it belongs to ${ownerInWords(live)}`, fix: OF_ANOTHER };
      default: return this.options.adopt ? undefined : { object, given: 'it exists already, and no release created it', fix: 'adopt it (--adopt), or give it another name' };
    }
  }

  private change(live: JsonObject | undefined, after: JsonObject): PlannedChange {
    const { owner } = this.options;
    const adopted = live !== undefined && owner.of(live) === 'nobody\'s';
    if (!live) return { ...this.target, action: 'create', after, changes: [], adopted };
    const changes = changesBetween(live, after);
    // The owner's manager must write fields that it takes over, or a later release could not remove them.
    const isOurs = applierAmong(live, owner.formerManagers) === undefined
      && JSON.stringify(appliedFields(live, owner.manager)) === JSON.stringify(appliedFields(after, owner.manager));
    return { ...this.target, action: isOurs && changes.length === 0 ? 'keep' : 'change', live, after, changes, adopted };
  }

  private async replacement(live: JsonObject): Promise<DryRunResult> {
    const { target } = this;
    if (!hasEnded(live)) return { object: target.object, given: 'its template has changed, and the Job is still running', fix: 'run this job again when the Job has ended, or delete the Job' };
    const after = await checkReplacement(this.cluster, target, this.options.owner.manager);
    if (after instanceof ApiError) return this.problem(after);
    return { ...this.change(live, after), changes: changesBetween(live, after).filter(({ field }) => !isGenerated(field)), action: 'replace' };
  }

  /** Whether the missing object is in the same release: it exists when this object is applied. */
  private waitsFor({ status }: ApiError): boolean {
    const [, name] = /"([^"]+)" not found$/.exec(status.message ?? '') ?? [];
    return name !== undefined && this.all.some(({ object }) => object !== this.target.object && object.name === name && ['Role', 'ServiceAccount'].includes(object.kind));
  }
}

const OF_ANOTHER = 'give it another name, remove it from that application first, or continue the releases of that application (--take-over-from)';

function areEarlier({ code, status }: ApiError): boolean {
  const managers = (status.details?.causes ?? []).map(({ message = '' }) => /^conflict with "([^"]*)"/.exec(message)?.[1] ?? '');
  return code === 409 && managers.length > 0 && managers.every((manager) => EARLIER_MANAGERS.has(manager));
}
