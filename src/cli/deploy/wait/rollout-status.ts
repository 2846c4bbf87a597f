import { notJudged, saysGeneration } from './custom-readiness';
import type { Finding } from './diagnosis';
import type { NamespaceSnapshot } from './namespace-snapshot';
import { isBeingDeleted, readinessOf } from './readiness';
import { Readiness, titleOf, WaitedObject } from './rollout';
import { workloadFindings } from './workload-findings';
import type { JsonObject } from '../../../base/json';
import { scopeOf } from '../../../kubernetes/kinds';
import { fieldAt, textAt, uidOf } from '../objects/fields';

/**
 * The state of a rollout at one moment.
 */
export interface RolloutStatus {
  /** In the order of the objects. */
  readonly workloads: ReadonlyArray<Omit<Readiness, 'failure'> & { readonly object: WaitedObject }>;
  readonly findings: readonly Finding[];
  /** Milliseconds after which the status can be another one although no object changes. */
  readonly validFor: number;
}

/**
 * What the status of a rollout is computed from.
 */
export interface ObservedState {
  /** The object in the cluster: `undefined` before the watch has shown it, `deleted` when it no longer exists. */
  readonly live: (object: WaitedObject) => JsonObject | 'deleted' | undefined;
  readonly snapshot: NamespaceSnapshot;
  /** The number of restarts after which a container counts as crashing. */
  readonly restarts: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds since the wait began. */
  readonly elapsed: number;
}

/**
 * Computes the readiness and the problems of all objects.
 */
export function rolloutStatus(objects: readonly WaitedObject[], state: ObservedState): RolloutStatus {
  const statuses = objects.map((object) => ({ object, ...statusOf(object, state) }));
  return {
    workloads: statuses.map(({ object, ready, message, isUnjudged }) => ({ object, ready, message, ...isUnjudged && { isUnjudged } })),
    findings: statuses.flatMap(({ findings }) => findings),
    validFor: Math.min(Infinity, ...statuses.map(({ message }) => (LIMITS.get(message) ?? Infinity) - state.elapsed)),
  };
}

/** The message of an object that the watch has not shown yet. */
export const NOT_SEEN = 'not seen yet';

function statusOf(object: WaitedObject, state: ObservedState): Readiness & { readonly findings: readonly Finding[] } {
  const live = state.live(object);
  if (live === undefined) return { ready: false, message: NOT_SEEN, findings: [] };
  if (live === 'deleted') return failed(object, 'Deleted', 'somebody deleted it');
  if (uidOf(live) !== object.uid) return failed(object, 'Replaced', 'somebody deleted it and created another one with this name');
  if (mayGetStatus(live, state)) return { ready: false, message: NO_STATUS, findings: [] };
  const readiness = readinessOf(live);
  if (mayBeOfSpecBefore(object, live)) {
    if (state.elapsed < REWRITE_WAIT) return { ready: false, message: STATUS_BEFORE, findings: [] };
    if (readiness.ready) return { ...notJudged(NOT_REWRITTEN), findings: [] };
  }
  return { ...readiness, findings: workloadFindings(live, state.snapshot, state.restarts, readiness) };
}

/** Whether this release has changed a custom resource, and its controller neither says what it has observed nor has written the status since. */
function mayBeOfSpecBefore({ statusBefore }: WaitedObject, live: JsonObject): boolean {
  if (statusBefore === undefined || isBeingDeleted(live) || scopeOf(textAt(live, 'apiVersion'), textAt(live, 'kind')) !== 'unknown') return false;
  return !saysGeneration(live) && JSON.stringify(fieldAt(live, 'status')) === JSON.stringify(statusBefore);
}

function failed(object: WaitedObject, reason: string, message: string): Readiness & { readonly findings: readonly Finding[] } {
  return { ready: false, message, findings: [{ problem: { workload: titleOf(object), reason, message }, grace: 'none' }] };
}

/**
 * Whether the controller of a new custom resource still has time to write the first status.
 * Afterwards an object without a status is not judged.
 */
function mayGetStatus(object: JsonObject, { now, elapsed }: ObservedState): boolean {
  if (fieldAt(object, 'status') !== undefined || scopeOf(textAt(object, 'apiVersion'), textAt(object, 'kind')) !== 'unknown') return false;
  const age = now - Date.parse(textAt(object, 'metadata', 'creationTimestamp'));
  return elapsed < STATUS_WAIT && age < NEW_OBJECT;
}

const NO_STATUS = 'its controller has not written a status yet';

/** Milliseconds since the wait began. */
const STATUS_WAIT = 2_000;

const STATUS_BEFORE = 'its controller has not written its status since the change';

const NOT_REWRITTEN = 'its controller does not write which change it has observed, and has not written its status since this one';

/** Milliseconds since the wait began. */
const REWRITE_WAIT = 10_000;

/** The messages that hold until a time, in milliseconds since the wait began. */
const LIMITS = new Map([[NO_STATUS, STATUS_WAIT], [STATUS_BEFORE, REWRITE_WAIT]]);

/** Milliseconds since the object was created. The bound is wide, as the clocks of the server and of this machine can differ. */
const NEW_OBJECT = 60_000;

/**
 * The time for which all objects must stay ready after a container has crashed.
 * A container without a readiness probe is ready whenever it runs, also between two crashes.
 */
export class StabilizationWindow {
  private hasCrashed = false;
  private readySince: number | undefined;

  /**
   * @param length Milliseconds.
   */
  public constructor(private readonly length: number) {}

  /** The milliseconds for which all objects must still stay ready. It is 0 when the rollout is complete, and Infinity while an object is not ready. */
  public remaining({ workloads, findings }: Pick<RolloutStatus, 'workloads' | 'findings'>, now: number): number {
    // A complete Job stays complete, even if earlier pods of it have failed.
    this.hasCrashed ||= findings.some(({ problem, grace }) => grace === 'restarts' && !problem.workload.startsWith('Job '));
    this.readySince = workloads.every(({ ready }) => ready) ? this.readySince ?? now : undefined;
    if (this.readySince === undefined) return Infinity;
    return this.hasCrashed ? Math.max(0, this.readySince + this.length - now) : 0;
  }
}
