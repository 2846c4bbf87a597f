import { causeOf, RolloutProblem } from './diagnosis';
import { eventTime, NamespaceSnapshot } from './namespace-snapshot';
import { containerStatuses, COULD_NOT_START } from './pod-findings';
import type { ContainerLog, RecentEvent, RolloutResult } from './rollout';
import type { JsonObject } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { secrets } from '../../../base/secrets';
import { Failure, HttpError } from '../../base/failure';
import type { KubernetesClient, Query } from '../../cluster/kubernetes-client';
import { objectPath } from '../../cluster/paths';
import { fieldAt, numberAt, textAt } from '../objects/fields';

/**
 * Where logs are read from.
 */
export interface DiagnosticsSource {
  readonly cluster: KubernetesClient;
  readonly namespace: string;
}

/**
 * Collects the cause, the log and the events of the problem that ended a wait.
 *
 * @param workload The workload in the cluster, or `undefined` when it no longer exists.
 * @param watched The pods and events that the wait has seen.
 */
export async function collectDiagnostics(
  problem: RolloutProblem,
  workload: JsonObject | undefined,
  watched: { readonly snapshot: NamespaceSnapshot; readonly notes: readonly string[] },
  source: DiagnosticsSource,
): Promise<Pick<RolloutResult, 'cause' | 'log' | 'events' | 'notes'>> {
  const { snapshot, notes } = watched;
  const { namespace } = source;
  const pod = snapshot.pod(problem.pod);
  const [log, isTerminating] = await Promise.all([pod && logOf(problem, pod, source), workload ? false : isNamespaceTerminating(source)]);
  return {
    cause: causeOf(isTerminating ? { ...problem, reason: 'NamespaceTerminating', message: `the namespace ${namespace} is being deleted` } : problem),
    ...typeof log === 'object' && { log },
    events: recentEvents(workload, pod, snapshot),
    notes: [...notes, ...typeof log === 'string' ? [log] : []],
  };
}

/** The most log lines and events that are shown. */
const LOG_LINES = 20;
const EVENTS = 8;

/** In characters. */
const LONGEST_LINE = 400;

async function isNamespaceTerminating({ cluster, namespace }: DiagnosticsSource): Promise<boolean> {
  try {
    const path = objectPath({ group: '', version: 'v1', resource: 'namespaces', name: namespace });
    return textAt(await cluster.get(path), 'metadata', 'deletionTimestamp') !== '';
  } catch (error) {
    // If the credential may not read the namespace, the cause stays that the object was deleted.
    if (error instanceof Failure) return error instanceof HttpError && error.code === 404;
    throw error;
  }
}

/** The last log lines of the problem's container, or a note that says why there are none. It is `undefined` if the container never ran. */
async function logOf(
  { container }: RolloutProblem, pod: JsonObject, { cluster, namespace }: DiagnosticsSource,
): Promise<ContainerLog | string | undefined> {
  const status = containerStatuses(pod).find(({ name }) => name === container);
  const previous = fieldAt(status, 'state', 'waiting') !== undefined && fieldAt(status, 'lastState', 'terminated') !== undefined;
  const run = fieldAt(status, ...previous ? ['lastState', 'terminated'] : ['state', 'terminated']) ?? fieldAt(status, 'state', 'running');
  if (container === undefined || run === undefined || COULD_NOT_START.has(textAt(run, 'reason'))) return undefined;

  const name = textAt(pod, 'metadata', 'name');
  const path = objectPath({ group: '', version: 'v1', resource: 'pods', namespace, name, subresource: 'log' });
  const query = { container, previous: previous ? 'true' : undefined, tailLines: String(LOG_LINES), limitBytes: '65536' };
  try {
    const text = await readLog(cluster, path, query);
    if (text === undefined) return `the log of pod ${printableText(name)} is missing: its node has already deleted it`;
    return { pod: printableText(name), container: printableText(container), previous, lines: logLines(text) };
  } catch (error) {
    if (error instanceof HttpError && error.code === 403) return `the credential may not read the log of pod ${printableText(name)}`;
    if (error instanceof Failure) return `the log of pod ${printableText(name)} cannot be read: ${printableText(secrets.mask(error.message))}`;
    throw error;
  }
}

/**
 * Reads the log of a container, or `undefined` if the kubelet has deleted it: the kubelet then answers with a sentence in place of the log.
 * While no container runs, the log without `previous` is that of the last run, so it is tried second.
 */
async function readLog(cluster: KubernetesClient, path: string, query: Query): Promise<string | undefined> {
  for (const its of query.previous ? [query, { ...query, previous: undefined }] : [query]) {
    const text = await cluster.text(path, its);
    if (!text.startsWith('unable to retrieve container logs for ')) return text;
  }
  return undefined;
}

/** Colours are removed, as they would only be escaped. */
function logLines(text: string): string[] {
  const lines = secrets.mask(text.replace(/\u001b\[[\d;]*m/g, '')).replace(/\r?\n$/, '').split(/\r?\n/);
  const shortened = (line: string) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line);
  return lines.slice(-LOG_LINES).map((line) => printableText(shortened(line))).filter((line, index) => line !== '' || index > 0);
}

/** The latest warnings about a workload, its current ReplicaSet and a pod. */
function recentEvents(
  workload: JsonObject | undefined, pod: JsonObject | undefined, snapshot: NamespaceSnapshot,
): RecentEvent[] {
  const replicaSet = workload && snapshot.currentReplicaSet(workload);
  const events = [workload, replicaSet, pod].flatMap((object) => (object ? snapshot.eventsOf(object) : []));
  const times = events.map((event) => ({ event, at: eventTime(event) })).sort((one, other) => one.at.localeCompare(other.at));
  return times.slice(-EVENTS).map(({ event, at }) => ({
    object: printableText(`${textAt(event, 'involvedObject', 'kind')} ${textAt(event, 'involvedObject', 'name')}`),
    reason: printableText(textAt(event, 'reason')),
    message: printableText(secrets.cut(textAt(event, 'message').trim(), LONGEST_LINE, '')),
    count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
    at: printableText(at),
  }));
}
