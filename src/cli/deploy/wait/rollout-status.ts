import type { Finding } from './diagnosis';
import { NamespaceSnapshot } from './namespace-snapshot';
import { Readiness, readinessOf } from './readiness';
import type { WaitedObject } from './rollout';
import { workloadFindings } from './workload-findings';
import type { JsonObject } from '../../../base/json';
import { scopeOf } from '../../../kubernetes/kinds';
import { fieldAt, textAt, uidOf } from '../objects/fields';

/**
 * How a rollout stands at one moment.
 */
export interface RolloutStatus {
  /** In the order of the objects. */
  readonly workloads: ReadonlyArray<Readiness & { readonly object: WaitedObject }>;
  readonly findings: readonly Finding[];
  /** Milliseconds after which the judgement may be another though nothing happens. */
  readonly valid: number;
}

/**
 * What is known when a rollout is judged.
 */
export interface Situation {
  /** An object as it is in the cluster: nothing as long as it has not been seen, `gone` when it is not there any more. */
  readonly current: (object: WaitedObject) => JsonObject | 'gone' | undefined;
  readonly seen: NamespaceSnapshot;
  /** How many restarts of a container count as crashing. */
  readonly restarts: number;
  /** Milliseconds since 1970, and since the wait began. */
  readonly now: number;
  readonly elapsed: number;
}

/**
 * Judges all objects.
 */
export function rolloutStatus(objects: readonly WaitedObject[], situation: Situation): RolloutStatus {
  const judged = objects.map((object) => ({ object, ...judgeOne(object, situation) }));
  return {
    workloads: judged.map(({ object, ready, words }) => ({ object, ready, words })),
    findings: judged.flatMap(({ findings }) => findings),
    valid: situation.elapsed < FIRST_WORD && judged.some(({ words }) => words === SILENT) ? FIRST_WORD - situation.elapsed : Infinity,
  };
}

/** What there is to say before the first answer. */
export const NOT_SEEN = 'not seen yet';

/**
 * `Deployment web`.
 */
export function titleOf({ kind, name }: Pick<WaitedObject, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

function judgeOne(object: WaitedObject, situation: Situation): Readiness & { readonly findings: readonly Finding[] } {
  const current = situation.current(object);
  if (current === undefined) return { ready: false, words: NOT_SEEN, findings: [] };
  if (current === 'gone') return lost(object, 'Deleted', 'somebody deleted it');
  if (uidOf(current) !== object.uid) return lost(object, 'Replaced', 'somebody deleted it and made another of its name');
  if (isFresh(current, situation)) return { ready: false, words: SILENT, findings: [] };
  return { ...readinessOf(current), findings: workloadFindings(current, situation.seen, situation.restarts) };
}

function lost(object: WaitedObject, reason: string, message: string): Readiness & { readonly findings: readonly Finding[] } {
  return { ready: false, words: message, findings: [{ trouble: { workload: titleOf(object), reason, message }, patience: 'none' }] };
}

/** The first word of a custom resource's controller is given a moment: without any, an object counts as ready. */
function isFresh(object: JsonObject, { now, elapsed }: Situation): boolean {
  if (fieldAt(object, 'status') !== undefined || scopeOf(textAt(object, 'apiVersion'), textAt(object, 'kind')) !== 'unknown') return false;
  const age = now - Date.parse(textAt(object, 'metadata', 'creationTimestamp'));
  return elapsed < FIRST_WORD && age < FRESH;
}

const SILENT = 'its controller has not said anything yet';

/** Milliseconds. The clocks of the server and of this machine may differ. */
const FIRST_WORD = 2_000;
const FRESH = 60_000;
