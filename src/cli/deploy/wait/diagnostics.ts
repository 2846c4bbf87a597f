import { causeOf, Trouble } from './cause';
import { COULD_NOT_START } from './container-findings';
import { newReplicaSet } from './generation';
import { NamespaceSnapshot, timeOf } from './namespace-snapshot';
import type { ContainerLog, RecentEvent, RolloutResult } from './rollout';
import type { JsonObject } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { Failure, HttpError } from '../../base/failure';
import type { KubernetesClient, Query } from '../../cluster/kubernetes-client';
import { objectPath } from '../../cluster/paths';
import { fieldAt, listAt, numberAt, textAt } from '../objects/fields';

/**
 * What evidence is taken from.
 */
export interface Source {
  readonly cluster: KubernetesClient;
  readonly namespace: string;
  readonly mask: (text: string) => string;
}

/**
 * What there is to say of a trouble that ended a wait.
 *
 * @param workload Missing when it is not there any more.
 */
export async function evidenceOf(
  trouble: Trouble, workload: JsonObject | undefined, around: { readonly seen: NamespaceSnapshot; readonly notes: readonly string[] }, source: Source,
): Promise<Pick<RolloutResult, 'cause' | 'log' | 'events' | 'notes'>> {
  const { seen, notes } = around;
  const pod = seen.pod(trouble.pod);
  const [log, isEnding] = await Promise.all([pod && logOf(trouble, pod, source), workload ? false : isTerminating(source)]);
  return {
    cause: causeOf(isEnding ? { ...trouble, reason: 'NamespaceTerminating', message: `the namespace ${source.namespace} is being deleted` } : trouble, source.mask),
    ...typeof log === 'object' && { log },
    events: recentEvents(workload, pod, seen, source.mask),
    notes: [...notes, ...typeof log === 'string' ? [log] : []],
  };
}

/** How much is shown. */
const LINES = 20;
const LONGEST_LINE = 400;
const EVENTS = 8;

async function isTerminating({ cluster, namespace }: Source): Promise<boolean> {
  try {
    const path = objectPath({ group: '', version: 'v1', resource: 'namespaces', name: namespace });
    return textAt(await cluster.get(path), 'metadata', 'deletionTimestamp') !== '';
  } catch (error) {
    // Who may not see it is told no more than that the object is gone.
    if (error instanceof Failure) return error instanceof HttpError && error.code === 404;
    throw error;
  }
}

/** The last lines of the container that a trouble is about, or why there are none. Nothing when it never ran. */
async function logOf({ container }: Trouble, pod: JsonObject, { cluster, namespace, mask }: Source): Promise<ContainerLog | string | undefined> {
  const statuses = [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
  const status = statuses.find(({ name }) => name === container);
  const previous = fieldAt(status, 'state', 'waiting') !== undefined && fieldAt(status, 'lastState', 'terminated') !== undefined;
  const run = fieldAt(status, ...previous ? ['lastState', 'terminated'] : ['state', 'terminated']) ?? fieldAt(status, 'state', 'running');
  if (container === undefined || run === undefined || COULD_NOT_START.has(textAt(run, 'reason'))) return undefined;

  const name = textAt(pod, 'metadata', 'name');
  const path = objectPath({ group: '', version: 'v1', resource: 'pods', namespace, name, subresource: 'log' });
  const query = { container, previous: previous ? 'true' : undefined, tailLines: String(LINES), limitBytes: '65536' };
  try {
    const text = await logText(cluster, path, query);
    if (text === undefined) return `there is no log: the node of pod ${printableText(name)} has cleared it away`;
    return { pod: printableText(name), container: printableText(container), previous, lines: linesOf(text, mask) };
  } catch (error) {
    if (error instanceof HttpError && error.code === 403) return `the log of pod ${printableText(name)} may not be read`;
    if (error instanceof Failure) return `there is no log: ${printableText(mask(error.message))}`;
    throw error;
  }
}

/**
 * The log of a container, also when the kubelet has cleared that of the one before away: while none runs, it then shows the last one's.
 * In place of a log that it has not, it answers with a sentence.
 */
async function logText(cluster: KubernetesClient, path: string, query: Query): Promise<string | undefined> {
  for (const asked of query.previous ? [query, { ...query, previous: undefined }] : [query]) {
    const text = await cluster.text(path, asked);
    if (!text.startsWith('unable to retrieve container logs for ')) return text;
  }
  return undefined;
}

/** Colours are of no use here, and would only be escaped. */
function linesOf(text: string, mask: (text: string) => string): string[] {
  const lines = mask(text.replace(/\u001b\[[\d;]*m/g, '')).replace(/\r?\n$/, '').split(/\r?\n/);
  return lines.slice(-LINES).map((line) => printableText(line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line)).filter((line, at) => line !== '' || at > 0);
}

/** The latest warnings about a workload, what it rolls out, and a pod. */
function recentEvents(
  workload: JsonObject | undefined, pod: JsonObject | undefined, seen: NamespaceSnapshot, mask: (text: string) => string,
): RecentEvent[] {
  const replicaSet = workload && newReplicaSet(workload, seen);
  const events = [workload, replicaSet, pod].flatMap((object) => (object ? seen.eventsOf(object) : []));
  const times = events.map((event) => ({ event, at: timeOf(event) })).sort((one, other) => one.at.localeCompare(other.at));
  return times.slice(-EVENTS).map(({ event, at }) => ({
    object: printableText(`${textAt(event, 'involvedObject', 'kind')} ${textAt(event, 'involvedObject', 'name')}`),
    reason: printableText(textAt(event, 'reason')),
    message: printableText(mask(textAt(event, 'message').trim())).slice(0, LONGEST_LINE),
    count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
    at: printableText(at),
  }));
}
