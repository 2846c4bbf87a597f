import type { Cause, Grace, GracePeriods } from './diagnosis';
import type { JsonObject } from '../../../base/json';
import { kindName, resourceOf } from '../../../kubernetes/kinds';
import type { Clock } from '../../base/host';
import type { OwnedObject } from '../objects/release';

/**
 * An applied object that becomes ready some time later: a Deployment, StatefulSet, DaemonSet, Job or custom resource.
 */
export interface WaitedObject extends OwnedObject {
  /**
   * The status that the object had when this release changed it. Until its controller has written another one, the status may be of the spec before.
   *
   * @default - the status is believed: the object is new, or has not changed
   */
  readonly statusBefore?: JsonObject;
}

/**
 * Whether an object is ready.
 */
export interface Readiness {
  readonly ready: boolean;
  /** The first requirement that is not met, or the final state: `1 of 2 updated replicas are available`. */
  readonly message: string;
  /** Whether the status says nothing about the readiness. The object is not waited for then, and does not count as ready in reports. */
  readonly isUnjudged?: boolean;
  /** The error that the object reports, and how long it may last. */
  readonly failure?: { readonly reason: string; readonly message: string; readonly grace: Grace };
}

/**
 * Whether an object becomes ready some time after it is applied.
 * This is so for workloads, and for custom resources: their conditions say when.
 */
export function isWaitedFor({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return WORKLOADS.has(kindName(apiVersion, kind)) || resourceOf(apiVersion, kind) === undefined;
}

/** The kinds of workloads that are waited for. Each of them creates pods. */
export const WORKLOADS: ReadonlySet<string> = new Set(['Deployment.apps', 'StatefulSet.apps', 'DaemonSet.apps', 'Job.batch']);

/**
 * The name of an object in messages: `Deployment web`.
 */
export function titleOf({ kind, name }: Pick<WaitedObject, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/**
 * How long to wait, and where to report.
 */
export interface WaitOptions {
  readonly namespace: string;
  /** A label selector that matches all objects. The watch then leaves out other objects of the namespace. */
  readonly selector?: string;
  /** The time limit for all objects together, in milliseconds. */
  readonly budget: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called for every change. */
  readonly progress: (progress: Progress) => void;
  /** @default DEFAULT_GRACE_PERIODS */
  readonly gracePeriods?: Partial<GracePeriods>;
}

/**
 * A change in the state of one object.
 */
export interface Progress {
  /** `Deployment web`. */
  readonly workload: string;
  /** `problem`: an error that may still go away. `not judged`: the status of the object says nothing about its readiness. */
  readonly state: 'waiting' | 'ready' | 'problem' | 'not judged';
  /** `1 of 2 updated replicas are available`. */
  readonly message: string;
  /** The number of ready objects. */
  readonly ready: number;
  /** The number of objects whose readiness is judged. */
  readonly total: number;
  /** Milliseconds since the wait began. */
  readonly elapsed: number;
}

/**
 * How a wait ended.
 */
export interface RolloutResult {
  readonly outcome: 'ready' | 'failed' | 'timed out';
  /** Milliseconds. */
  readonly elapsed: number;
  /** The last state of each object, in the order of the objects. */
  readonly workloads: ReadonlyArray<Omit<Readiness, 'failure'> & { readonly object: WaitedObject }>;
  /** Missing when all objects are ready. */
  readonly cause?: Cause;
  /** The log of the container that the cause names. */
  readonly log?: ContainerLog;
  /** The latest warnings about the failed workload and its pod, oldest first. */
  readonly events: readonly RecentEvent[];
  /** What the credential was not allowed to read, and logs that the node has deleted. */
  readonly notes: readonly string[];
}

/**
 * The last lines that a container has written.
 */
export interface ContainerLog {
  readonly pod: string;
  readonly container: string;
  /** Whether the log is of the run before the last restart. */
  readonly previous: boolean;
  /** Escaped and masked. */
  readonly lines: readonly string[];
}

/**
 * A warning event, escaped and masked.
 */
export interface RecentEvent {
  /** `Pod web-6d4f-x7k2p`. */
  readonly object: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** The server's time, in UTC. */
  readonly at: string;
}
