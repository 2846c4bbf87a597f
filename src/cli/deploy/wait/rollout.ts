import type { Cause } from './cause';
import type { Clock } from '../../base/host';
import type { OwnedObject } from '../objects/release';

/**
 * An object that was applied and is to become ready: a Deployment, StatefulSet, DaemonSet, Job, or a custom resource.
 */
export type WaitedObject = OwnedObject;

/**
 * How long to wait, and whom to tell.
 */
export interface WaitOptions {
  readonly namespace: string;
  /** A label selector that all objects match, so that others of the namespace are not watched. */
  readonly selector?: string;
  /** Milliseconds for all objects together. */
  readonly budget: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of every change. */
  readonly progress: (progress: Progress) => void;
  readonly patience?: Partial<GracePeriods>;
  /** Hides the secrets that the job knows. By default nothing is hidden. */
  readonly mask?: (text: string) => string;
}

/**
 * How long something may look wrong before the rollout counts as failed, in milliseconds: it may still heal.
 */
export interface GracePeriods {
  /** For what only another manifest or image heals: an image that is not there, a missing key of a ConfigMap, Pod Security. */
  readonly lasting: number;
  /** For what may pass: a registry that does not answer, a quota. */
  readonly passing: number;
  /** For a pod that fits on no node: more of them may be on their way. */
  readonly unschedulable: number;
  /** How many times a container is restarted before it counts as crashing. */
  readonly restarts: number;
  /** How long all must stay ready after a container has crashed: without a readiness probe, one that crashes again is ready for a moment each time. */
  readonly steady: number;
}

export const DEFAULT_GRACE_PERIODS: GracePeriods = { lasting: 3_000, passing: 30_000, unschedulable: 60_000, restarts: 3, steady: 10_000 };

/**
 * A change on the way to the end.
 */
export interface Progress {
  /** `Deployment web`. */
  readonly workload: string;
  /** `trouble`: something looks wrong, and may still heal. */
  readonly state: 'waiting' | 'ready' | 'trouble';
  /** `1 of 2 updated replicas are available`. */
  readonly words: string;
  /** How many of all objects are ready. */
  readonly ready: number;
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
  /** How far each object came, in the order of the objects. */
  readonly workloads: ReadonlyArray<{ readonly object: WaitedObject; readonly ready: boolean; readonly words: string }>;
  /** Missing when all is ready. */
  readonly cause?: Cause;
  /** The last lines of the container that the cause names. */
  readonly log?: ContainerLog;
  /** The latest warnings about the workload that failed and its pods, oldest first. */
  readonly events: readonly RecentEvent[];
  /** What could not be told because the credential may not see it. */
  readonly notes: readonly string[];
}

export interface ContainerLog {
  readonly pod: string;
  readonly container: string;
  /** Whether it is the log of a run that has ended. */
  readonly previous: boolean;
  /** Escaped and masked. */
  readonly lines: readonly string[];
}

/**
 * A warning of the cluster, escaped and masked.
 */
export interface RecentEvent {
  /** `Pod web-6d4f-x7k2p`. */
  readonly object: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** As the server says it, in UTC. */
  readonly at: string;
}
