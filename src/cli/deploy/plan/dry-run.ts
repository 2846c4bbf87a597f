import type { JsonObject } from '../../../base/json';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { ApiError } from '../../cluster/status';
import { concurrently } from '../objects/concurrently';
import { fieldAt } from '../objects/fields';
import { checkReplacement, hasEnded, isGenerated, isJob, isToBeReplaced } from '../objects/jobs';
import { appliedFields, applierAmong, EARLIER_MANAGERS } from '../objects/managed-fields';
import { explain, ObjectProblem, ReleaseRejected } from '../objects/object-problems';
import { Owner, ownerInWords } from '../objects/owner';
import { changesBetween, PlannedChange } from '../objects/planned-change';
import type { Target } from '../objects/targets';

/**
 * How far an apply may go.
 */
export interface DryRunOptions {
  readonly owner: Owner;
  /** Whether objects without an owner become ours. */
  readonly adopt: boolean;
  /** Whether fields of other managers are taken over. */
  readonly forceConflicts: boolean;
}

/**
 * Has the whole set checked by the server, as if it was applied: schema, admission, immutable fields, conflicts, access. Nothing is written.
 *
 * @throws `ReleaseRejected` with all that is refused.
 */
export async function dryRun(cluster: KubernetesClient, targets: readonly Target[], options: DryRunOptions): Promise<PlannedChange[]> {
  const findings = await concurrently(targets, async (target) => new Examination(cluster, target, targets, options).find());
  const refusals = findings.filter(isRefusal);
  if (refusals.length > 0) throw new ReleaseRejected(refusals, targets.length);
  return findings.filter((finding): finding is PlannedChange => !isRefusal(finding));
}

type Finding = PlannedChange | ObjectProblem;

function isRefusal(finding: Finding): finding is ObjectProblem {
  return !('action' in finding);
}

class Examination {
  public constructor(
    private readonly cluster: KubernetesClient,
    private readonly target: Target,
    private readonly all: readonly Target[],
    private readonly options: DryRunOptions,
  ) {}

  public async find(): Promise<Finding> {
    const [live, result] = await Promise.all([this.live(), this.dryRun(this.options.forceConflicts)]);
    if (live instanceof ApiError) return explain(this.target.object, result instanceof ApiError ? result : live);
    const refusal = live && this.refusalOfOwner(live);
    if (refusal) return refusal;
    const former = live && applierAmong(live, this.options.owner.formerManagers);
    // Its fields are ours before it is applied, so the one who has them now is asked.
    return this.judge(live, former === undefined ? result : await this.dryRun(this.options.forceConflicts, former));
  }

  private async judge(live: JsonObject | undefined, result: JsonObject | ApiError): Promise<Finding> {
    if (live && isJob(this.target.object) && isToBeReplaced(live, result instanceof ApiError ? result : undefined)) return this.replaced(live);
    if (!(result instanceof ApiError)) return this.step(live, result);
    // The fields that the earlier managers have are ours before it is applied.
    if (live && this.options.adopt && areEarlier(result)) return this.judge(live, await this.dryRun(true));
    return this.waitsFor(result) ? this.step(live, this.target.applied) : explain(this.target.object, result);
  }

  /** What may not be read is not written either: whose it is could not be told. */
  private async live(): Promise<JsonObject | ApiError | undefined> {
    try {
      return await find(this.cluster, this.target.path);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code === 401) throw error;
      return error;
    }
  }

  private async dryRun(force: boolean, fieldManager = this.options.owner.manager): Promise<JsonObject | ApiError> {
    try {
      return await this.cluster.apply(this.target.path, this.target.applied, { dryRun: true, force, fieldManager });
    } catch (error) {
      if (error instanceof ApiError && error.code !== 401) return error;
      throw error;
    }
  }

  private refusalOfOwner(live: JsonObject): ObjectProblem | undefined {
    const { object } = this.target;
    if (fieldAt(live, 'metadata', 'deletionTimestamp') !== undefined) {
      return { object, given: 'it is being deleted', fix: 'run this again when it is gone' };
    }
    switch (this.options.owner.of(live)) {
      case 'ours':
      case 'released': return undefined;
      case 'another\'s': return { object, given: `it belongs to ${ownerInWords(live)}`, fix: OF_ANOTHER };
      default: return this.options.adopt ? undefined : { object, given: 'it exists already, and no release has made it', fix: 'make it part of this one (--adopt), or give it another name' };
    }
  }

  private step(live: JsonObject | undefined, after: JsonObject): PlannedChange {
    const { owner } = this.options;
    const adopted = live !== undefined && owner.of(live) === 'nobody\'s';
    if (!live) return { ...this.target, action: 'create', after, changes: [], adopted };
    const changes = changesBetween(live, after);
    // Fields that are ours only from now on must be written, or they could not be removed later.
    const isOurs = applierAmong(live, owner.formerManagers) === undefined
      && JSON.stringify(appliedFields(live, owner.manager)) === JSON.stringify(appliedFields(after, owner.manager));
    return { ...this.target, action: isOurs && changes.length === 0 ? 'keep' : 'change', live, after, changes, adopted };
  }

  private async replaced(live: JsonObject): Promise<Finding> {
    const { target } = this;
    if (!hasEnded(live)) return { object: target.object, given: 'its template has changed, and the Job still runs', fix: 'run this again when it has ended, or delete it' };
    const after = await checkReplacement(this.cluster, target, this.options.owner.manager);
    if (after instanceof ApiError) return explain(target.object, after);
    return { ...this.step(live, after), changes: changesBetween(live, after).filter(({ field }) => !isGenerated(field)), action: 'replace' };
  }

  /** Whether what the server misses comes with the same release: it is there when this is applied. */
  private waitsFor({ status }: ApiError): boolean {
    const [, name] = /"([^"]+)" not found$/.exec(status.message ?? '') ?? [];
    return name !== undefined && this.all.some(({ object }) => object !== this.target.object && object.name === name && ['Role', 'ServiceAccount'].includes(object.kind));
  }
}

const OF_ANOTHER = 'give it another name, remove it there first, or continue the releases of that application (--take-over-from)';

function areEarlier({ code, status }: ApiError): boolean {
  const managers = (status.details?.causes ?? []).map(({ message = '' }) => /^conflict with "([^"]*)"/.exec(message)?.[1] ?? '');
  return code === 409 && managers.length > 0 && managers.every((manager) => EARLIER_MANAGERS.has(manager));
}
