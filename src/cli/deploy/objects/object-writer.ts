import { fieldAt, textAt, uidOf } from './fields';
import { appliedFields, Join, joinedManagers } from './managed-fields';
import { explain, isFieldConflict, ObjectRejected } from './object-problems';
import { Owner, ownerInWords } from './owner';
import type { OwnedObject, ReleaseObject } from './release';
import type { Target } from './targets';
import { isObject, JsonObject } from '../../../base/json';
import { FIELD_MANAGER } from '../../../release/release-names';
import type { Clock } from '../../base/host';
import { ABSENT_VERSION, find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { ApiError, isApiError } from '../../cluster/status';

/**
 * An object of a release and the object that the plan found under its name.
 */
export interface PlannedObject extends Target {
  /** Undefined when the plan found none. */
  readonly live?: JsonObject;
  /** Whether the object had no owner and becomes ours. */
  readonly adopted: boolean;
}

export interface WriterOptions {
  readonly owner: Owner;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * An object that the writer did not change.
 */
export interface ForeignObject {
  /** The reason, to print after the object's name: `it belongs to application shop, …`. */
  readonly foreign: string;
}

/** Attempts of a write when others change the object at the same time. Controllers write the status at any time. */
const ATTEMPTS = 20;

/** Milliseconds before the second attempt. Each further pause is longer by this time. */
const PAUSE = 20;

const REPLACED = 'another object has its name since the release was planned';

/**
 * Writes objects of one application, and never an object of another owner.
 *
 * Between the plan and the write, another application may create, replace or adopt an object of the same name. So each write has a precondition
 * that the API server checks:
 *
 * - to create: a resourceVersion that no object has
 * - to change: the uid of the planned object
 * - to restore, mark or delete: uid and resourceVersion of an object that was just read and is ours
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export class ObjectWriter {
  public constructor(private readonly cluster: KubernetesClient, private readonly options: WriterOptions) {}

  /**
   * Creates an object.
   *
   * @param before The deleted object that had the same name.
   * @throws `ObjectRejected` when another client has created an object of this name.
   */
  public async create(target: Target, before?: JsonObject): Promise<JsonObject> {
    return this.explaining(target.object, async () => this.retrying(async () => {
      try {
        return await this.apply(target, { resourceVersion: ABSENT_VERSION });
      } catch (error) {
        const live = isConflict(error) ? await find(this.cluster, target.path) : undefined;
        if (!live) throw error;
        // An earlier attempt has created the object, but its response was lost.
        if (this.isApplied(live) && uidOf(live) !== uidOf(before)) return live;
        const creator = this.options.owner.of(live) === 'another\'s' ? ownerInWords(live) : 'another client';
        throw taken(target.object, `${creator} created it after the release was planned`);
      }
    }));
  }

  /**
   * Changes the planned object. Creates the object again when it was deleted since the plan.
   *
   * @param force Whether to take over fields of other managers.
   * @throws `ObjectRejected` when another object has its name, or another application owns it.
   */
  public async change(planned: PlannedObject, { force }: { readonly force: boolean }): Promise<JsonObject> {
    return this.explaining(planned.object, async () => {
      const exists = await this.joinManagers(planned);
      if (!exists) return this.create(planned, planned.live);
      return force ? this.changeByForce(planned) : this.changeUnforced(planned);
    });
  }

  /**
   * Restores a former state of an object, whichever field manager has changed its fields since.
   *
   * @param uids The uids that the object may have. When empty, only its owner is checked.
   * @param adopted Whether the object had no owner before this deployment.
   */
  public async restore(target: Target, uids: readonly string[], adopted = false): Promise<JsonObject | ForeignObject> {
    return this.explaining(target.object, async () => this.retrying(async () => {
      const live = await find(this.cluster, target.path);
      if (!live) return this.apply(target, { resourceVersion: ABSENT_VERSION });
      if (uids.length > 0 && !uids.includes(uidOf(live))) return { foreign: REPLACED };
      if (!this.mayWrite(live, adopted)) return { foreign: `it belongs to ${ownerInWords(live)}` };
      const join = this.options.owner.join({ adopted: false, leavesReplicas: target.leavesReplicas });
      return this.apply(target, versionOf(await this.withJoinedManagers(target.path, live, join)), true);
    }));
  }

  /**
   * Deletes an object in the background.
   *
   * @returns Whether the object is deleted or being deleted. Otherwise it is no longer ours and stays.
   */
  public async delete(path: string, { uid }: Pick<OwnedObject, 'uid'>): Promise<boolean> {
    return this.retrying(async () => {
      const live = await find(this.cluster, path);
      if (!live || uidOf(live) !== uid) return true;
      if (!this.mayWrite(live)) return false;
      await this.cluster.delete(path, { ...versionOf(live), propagation: 'Background' });
      return true;
    });
  }

  /**
   * Gives an object of the former identity the labels, annotations and field manager of the present identity.
   *
   * @returns Whether the object has them now. Otherwise it is gone, or not ours.
   */
  public async mark(path: string, uid: string | undefined): Promise<boolean> {
    const { owner } = this.options;
    return this.retrying(async () => {
      const live = await find(this.cluster, path);
      if (!live || (uid !== undefined && uidOf(live) !== uid) || owner.of(live) !== 'ours') return false;
      const managedFields = joinedManagers(live, { from: owner.formerManagers, into: owner.manager });
      if (managedFields || !owner.isMarked(live)) {
        await this.cluster.merge(path, { metadata: { ...versionOf(live), ...owner.marks, managedFields } }, { fieldManager: owner.manager });
      }
      return true;
    });
  }

  /**
   * Removes the owner's label from an object that stays in the cluster, so that another application can adopt it.
   *
   * The annotation stays, so that a later deployment of this application recognizes the object. Its fields go to the shared field manager, which
   * every application takes over from.
   */
  public async unmark(path: string, { uid }: Pick<OwnedObject, 'uid'>): Promise<void> {
    const { owner } = this.options;
    const labels = Object.fromEntries(Object.keys(owner.marks.labels).map((key) => [key, null]));
    await this.retrying(async () => {
      const live = await find(this.cluster, path);
      if (!live || uidOf(live) !== uid || owner.of(live) !== 'ours') return;
      const managedFields = joinedManagers(live, { from: new Set([owner.manager]), into: FIELD_MANAGER });
      await this.cluster.merge(path, { metadata: { ...versionOf(live), labels, managedFields } }, { fieldManager: owner.manager });
    });
  }

  /** Sends no resourceVersion: controllers write the status of a workload so often that it would rarely match. */
  private async changeUnforced(planned: PlannedObject): Promise<JsonObject> {
    return this.retrying(async () => {
      try {
        return await this.apply(planned, { uid: uidOf(planned.live) });
      } catch (error) {
        if (isDeleted(error)) return this.create(planned, planned.live);
        if (isReplaced(error)) throw taken(planned.object, REPLACED);
        if (!isFieldConflict(error)) throw error;
        const live = await find(this.cluster, planned.path);
        if (live) this.check(planned, live);
        throw this.refused(planned.object, error);
      }
    });
  }

  private async changeByForce(planned: PlannedObject): Promise<JsonObject> {
    return this.retrying(async () => {
      const live = await find(this.cluster, planned.path);
      if (!live) return this.create(planned, planned.live);
      this.check(planned, live);
      return this.apply(planned, versionOf(live), true);
    });
  }

  /**
   * Takes over the fields of earlier managers, so that the apply removes those that its manifest omits. Gives up the replicas of an autoscaled object,
   * so that the apply does not reset them.
   *
   * @returns Whether the object still exists.
   */
  private async joinManagers(planned: PlannedObject): Promise<boolean> {
    const join = this.options.owner.join(planned);
    if (!planned.live || !joinedManagers(planned.live, join)) return true;
    return this.retrying(async () => {
      const live = await find(this.cluster, planned.path);
      if (!live) return false;
      this.check(planned, live);
      await this.withJoinedManagers(planned.path, live, join);
      return true;
    });
  }

  private async withJoinedManagers(path: string, live: JsonObject, join: Join): Promise<JsonObject> {
    const managedFields = joinedManagers(live, join);
    return managedFields ? this.cluster.merge(path, { metadata: { managedFields, ...versionOf(live) } }) : live;
  }

  /** Throws when another object has the name, or another application has adopted the object since the plan. */
  private check({ object, live: before, adopted }: PlannedObject, live: JsonObject): void {
    if (uidOf(live) !== uidOf(before)) throw taken(object, REPLACED);
    if (!this.mayWrite(live, adopted)) throw taken(object, `it belongs to ${ownerInWords(live)} since the release was planned`);
  }

  private mayWrite(live: JsonObject, adopted = false): boolean {
    const owner = this.options.owner.of(live);
    return owner === 'ours' || owner === 'released' || (adopted && owner === 'nobody\'s');
  }

  private isApplied(live: JsonObject): boolean {
    const { owner } = this.options;
    return owner.isMarked(live) && appliedFields(live, owner.manager) !== undefined && fieldAt(live, 'metadata', 'deletionTimestamp') === undefined;
  }

  private async apply({ path, applied }: Target, version: Version, force = false): Promise<JsonObject> {
    const metadata = isObject(applied.metadata) ? applied.metadata : {};
    return this.cluster.apply(path, { ...applied, metadata: { ...metadata, ...version } }, { force, fieldManager: this.options.owner.manager });
  }

  /** Retries on a conflict. After a 409, nothing was written. */
  private async retrying<T>(action: () => Promise<T>): Promise<T> {
    const { clock, signal } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await action();
      } catch (error) {
        if (!isConflict(error) || attempt >= ATTEMPTS) throw error;
        await clock.sleep(PAUSE * attempt, signal);
      }
    }
  }

  private async explaining<T>(object: ReleaseObject, action: () => Promise<T>): Promise<T> {
    return action().catch((error: unknown) => {
      throw this.refused(object, error);
    });
  }

  /** An error about the object. A 401 is about the credential and stays as it is. */
  private refused(object: ReleaseObject, error: unknown): unknown {
    return error instanceof ApiError && error.code !== 401 ? new ObjectRejected(explain(object, error), error) : error;
  }
}

interface Version {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

function versionOf(live: JsonObject): Version {
  return { uid: uidOf(live), resourceVersion: textAt(live, 'metadata', 'resourceVersion') };
}

function isConflict(error: unknown): error is ApiError {
  return isApiError(error, 409);
}

/** The object of the apply's uid does not exist. */
function isDeleted(error: unknown): boolean {
  return isConflict(error) && /\buid mismatch\b/.test(error.status.message ?? '');
}

/** The object has another uid than the apply. */
function isReplaced(error: unknown): boolean {
  return isApiError(error, 422) && (error.status.details?.causes ?? []).some(({ field }) => field === 'metadata.uid');
}

function taken(object: ReleaseObject, given: string): ObjectRejected {
  return new ObjectRejected({ object, given, fix: 'give the object another name, or ask its owner to release it' });
}
