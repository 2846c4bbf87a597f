import type { Grace } from './diagnosis';
import type { Readiness } from './rollout';
import type { JsonObject } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { kindName } from '../../../kubernetes/kinds';
import { conditionOf, fieldAt, isTrue, listAt, numberAt, textAt } from '../objects/fields';

/**
 * Reads from the status of a custom resource whether it is ready. The base are the rules of kstatus, with more conditions:
 *
 * - The status must be of the current generation.
 * - No condition such as Ready, Available, Synced or Healthy may be False or Unknown, and no condition such as Stalled or Reconciling True.
 * - Progressing=False with the reason of a failure, and a phase such as Degraded, are failures.
 * - Without a condition, a phase such as Running counts, or else the observed generation.
 *
 * A status that says none of this is not judged.
 *
 * @see https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 */
export function customReadiness(object: JsonObject): Readiness {
  if (fieldAt(object, 'status') === undefined) return notJudged('it has no status');
  const observed = generationAt(fieldAt(object, 'status', 'observedGeneration'));
  const judged = judge(object);
  return observed !== undefined && observed < generationOf(object) ? ofEarlierGeneration(judged) : judged;
}

/**
 * Whether the status of a custom resource says which generation it describes. Otherwise it may be of the spec before a change.
 */
export function saysGeneration(object: JsonObject): boolean {
  const conditions = [...listAt(object, 'status', 'conditions'), ...listAt(object, 'status', 'parents').flatMap((parent) => listAt(parent, 'conditions'))];
  const observed = [fieldAt(object, 'status'), ...conditions].map((part) => generationAt(fieldAt(part, 'observedGeneration')));
  return observed.some((generation) => generation !== undefined) || syncedGeneration(object) === generationOf(object);
}

/**
 * A generation as a number. Some controllers write it as a text (Argo Rollouts). `undefined` for other texts, such as a hash.
 */
export function generationAt(value: unknown): number | undefined {
  return typeof value === 'number' ? value : typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** The message of an object whose status is of an earlier generation. */
export const NOT_OBSERVED = 'its controller has not observed the latest change yet';

/**
 * An object whose status says nothing about its readiness.
 */
export function notJudged(reason: string): Readiness {
  return { ready: true, isUnjudged: true, message: `not judged: ${reason}` };
}

function generationOf(object: JsonObject): number {
  return numberAt(object, 'metadata', 'generation') ?? 0;
}

/** A failure of an earlier generation may be what the change repairs, so it counts only when the time is over. */
function ofEarlierGeneration(before: Readiness): Readiness {
  if (before.ready) return waiting(NOT_OBSERVED);
  const message = `${NOT_OBSERVED}; its status before: ${before.message}`;
  return { ready: false, message, ...before.failure && { failure: { reason: before.failure.reason, message, grace: 'timeout' } } };
}

function judge(object: JsonObject): Readiness {
  const kind = kindName(textAt(object, 'apiVersion'), textAt(object, 'kind'));
  const own = /\.k8s\.elastic\.co$/.test(kind) ? elastic(object) : KINDS.get(kind)?.(object);
  return own ?? failing(object, kind) ?? unfinished(object, kind) ?? finished(object);
}

/** Conditions that are True when something is wrong, and how long that may last. */
const BAD = new Map<string, Grace>([
  ['Stalled', 'permanent'], ['InvalidSpec', 'permanent'], ['Failed', 'temporary'], ['Degraded', 'timeout'], ['NotReady', 'timeout'],
]);

/** Conditions that are True while a change is under way. */
const BUSY = ['Reconciling', 'Issuing'];

/** Conditions that are True when an object is ready. The first one that exists is the main one. */
const GOOD = [
  'Ready', 'Available', 'Healthy', 'Succeeded', 'Synced', 'Reconciled', 'ReconcileSuccess', 'ClusterAvailable', 'AllReplicasReady', 'ConfigurationsReady',
  'RoutesReady', 'Accepted', 'Programmed', 'ResolvedRefs', 'Released',
];

/** Reasons of a condition of GOOD that is False. Its controller tries again, but rarely with another result. */
const ERRORS = new Map([
  ['Certificate.cert-manager.io', /^Failed$/],
  ['ExternalSecret.external-secrets.io', /^SecretSyncedError$/],
  ['ScaledObject.keda.sh', /Failed$/],
  ['SealedSecret.bitnami.com', /^/],
  ['Service.serving.knative.dev', /Failed$/],
]);

const FAILED_PHASES = new Set(['failed', 'error', 'degraded', 'invalid', 'createfailed', 'updatefailed', 'syncfailed', 'addfailed', 'unhealthy', 'rejected']);

const BUSY_PHASES = new Set([
  'pending', 'creating', 'updating', 'progressing', 'provisioning', 'initializing', 'reconciling', 'applyingchanges', 'migratingdata', 'deploying', 'upgrading',
  'starting', 'installing', 'terminating', 'deleting', 'waiting', 'inprogress',
]);

const GOOD_PHASES = new Set([
  'ready', 'running', 'active', 'healthy', 'succeeded', 'complete', 'completed', 'available', 'bound', 'online', 'deployed', 'installed', 'synced', 'applied',
]);

const ROLLOUT = 'Rollout.argoproj.io';

/** Kinds that run once: for them, Running means that they have not ended. */
const RUN_ONCE = new Set(['Workflow.argoproj.io', 'AnalysisRun.argoproj.io', 'Experiment.argoproj.io']);

/** A sign of a failure, whatever the other conditions say. */
function failing(object: JsonObject, kind: string): Readiness | undefined {
  const bad = [...BAD].find(([type]) => isTrue(object, type));
  if (bad) return failed(conditionText(object, bad[0]), conditionOf(object, bad[0]), bad[1]);
  const progressing = conditionOf(object, 'Progressing');
  if (progressing?.status === 'False' && /Exceeded|Failed|Error|Abort|Invalid|Degraded/.test(textAt(progressing, 'reason'))) {
    return failed(conditionText(object, 'Progressing'), progressing, 'permanent');
  }
  const phase = phaseOf(object);
  if (!FAILED_PHASES.has(phase.toLowerCase())) return undefined;
  const message = phaseText(object);
  return { ready: false, message, failure: { reason: phase, message, grace: kind === ROLLOUT ? 'permanent' : 'temporary' } };
}

function unfinished(object: JsonObject, kind: string): Readiness | undefined {
  const busy = BUSY.find((type) => isTrue(object, type));
  if (busy) return waiting(conditionText(object, busy));
  const phase = phaseOf(object).toLowerCase();
  if (BUSY_PHASES.has(phase) || (RUN_ONCE.has(kind) && phase === 'running')) return waiting(phaseText(object));
  const main = GOOD.find((type) => conditionOf(object, type));
  if (main !== undefined && isOfEarlierGeneration(object, conditionOf(object, main))) return waiting(NOT_OBSERVED);
  // A controller may leave other conditions as they were before a change.
  const missing = GOOD.find((type) => {
    const its = conditionOf(object, type);
    return its !== undefined && its.status !== 'True' && !isOfEarlierGeneration(object, its);
  });
  if (missing === undefined) return undefined;
  const condition = conditionOf(object, missing);
  const isError = condition?.status === 'False' && ERRORS.get(kind)?.test(textAt(condition, 'reason'));
  return isError ? failed(conditionText(object, missing), condition, 'temporary') : waiting(conditionText(object, missing));
}

function finished(object: JsonObject): Readiness {
  const main = GOOD.find((type) => isTrue(object, type));
  if (main !== undefined) return ready(main);
  if (GOOD_PHASES.has(phaseOf(object).toLowerCase())) return ready(phaseText(object));
  const isObserved = generationAt(fieldAt(object, 'status', 'observedGeneration')) !== undefined;
  return isObserved ? ready('its controller has observed the latest change') : notJudged('its status has no condition such as Ready');
}

/** Kinds whose status needs rules of their own. A rule gives nothing where the general rules apply. */
const KINDS = new Map<string, (object: JsonObject) => Readiness | undefined>([
  [ROLLOUT, rollout],
  ['ExternalSecret.external-secrets.io', externalSecret],
  ['Cluster.postgresql.cnpg.io', cloudNativePg],
  ...['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].map((kind) => [`${kind}.gateway.networking.k8s.io`, route] as const),
]);

/** The pause of a Rollout ends when a person promotes it, so the wait does not go on. */
function rollout(object: JsonObject): Readiness | undefined {
  return phaseOf(object) === 'Paused' ? ready(phaseText(object)) : undefined;
}

/** Its conditions have no generation, but the version that it last synced begins with one: `2-5f3c…`. */
function externalSecret(object: JsonObject): Readiness | undefined {
  const synced = syncedGeneration(object);
  return isTrue(object, 'Ready') && synced !== undefined && synced < generationOf(object) ? waiting(NOT_OBSERVED) : undefined;
}

function syncedGeneration(object: JsonObject): number | undefined {
  return generationAt(/^(\d+)-/.exec(textAt(object, 'status', 'syncedResourceVersion'))?.[1]);
}

/** The phases are sentences. */
function cloudNativePg(object: JsonObject): Readiness | undefined {
  const phase = phaseOf(object);
  if (phase === '' || phase === 'Cluster in healthy state') return undefined;
  const isFailed = /unrecoverable|cannot proceed|unable to create|incomplete or invalid/i.test(phase);
  return { ...waiting(phaseText(object)), ...isFailed && { failure: { reason: 'Failed', message: phaseText(object), grace: 'temporary' } } };
}

function elastic(object: JsonObject): Readiness | undefined {
  const health = textAt(object, 'status', 'health');
  return ['red', 'unknown'].includes(health) ? waiting(`health is ${health}`) : undefined;
}

/** Each Gateway writes conditions of its own. */
function route(object: JsonObject): Readiness {
  const conditions = listAt(object, 'status', 'parents').flatMap((parent) => listAt(parent, 'conditions'));
  if (conditions.length === 0) return notJudged('no Gateway has answered');
  if (conditions.some((condition) => isOfEarlierGeneration(object, condition))) return waiting(NOT_OBSERVED);
  const missing = conditions.find(({ type, status }) => GOOD.includes(String(type)) && status !== 'True');
  return missing ? waiting(textOf(missing)) : ready('accepted by its Gateways');
}

function isOfEarlierGeneration(object: JsonObject, condition: JsonObject | undefined): boolean {
  return (generationAt(fieldAt(condition, 'observedGeneration')) ?? Infinity) < generationOf(object);
}

/** The fields in which operators write one word for the whole state. */
function phaseOf(object: JsonObject): string {
  return ['phase', 'state', 'PostgresClusterStatus'].map((field) => textAt(object, 'status', field)).find((text) => text !== '') ?? '';
}

function phaseText(object: JsonObject): string {
  const message = textAt(object, 'status', 'phaseReason') || textAt(object, 'status', 'message');
  return printableText(`phase is ${phaseOf(object)}${message && `: ${message}`}`);
}

function conditionText(object: JsonObject, type: string): string {
  return textOf(conditionOf(object, type));
}

function textOf(condition: JsonObject | undefined): string {
  const [type, value, reason, message] = ['type', 'status', 'reason', 'message'].map((field) => textAt(condition, field));
  return printableText(`${type} is ${value}${reason && ` (${reason})`}${message && `: ${message}`}`);
}

function failed(text: string, condition: JsonObject | undefined, grace: Grace): Readiness {
  const [reason, message] = [textAt(condition, 'reason'), textAt(condition, 'message')];
  return { ready: false, message: text, failure: { reason: reason || textAt(condition, 'type'), message, grace } };
}

function waiting(message: string): Readiness {
  return { ready: false, message };
}

function ready(message: string): Readiness {
  return { ready: true, message };
}
