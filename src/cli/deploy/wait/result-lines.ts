import type { ContainerLog, RecentEvent, RolloutResult } from './rollout';
import { seconds } from '../../base/duration';

/**
 * How a wait ended, in lines for people: the first says all in one, and the others why it is believed.
 */
export function resultLines({ outcome, elapsed, workloads, cause, log, events, notes }: RolloutResult): string[] {
  const after = seconds(elapsed);
  if (outcome === 'ready') return [`ready after ${after}: ${workloads.map(({ object: { kind, name } }) => `${kind} ${name}`).join(', ') || 'nothing to wait for'}`];
  const others = workloads.filter(({ ready, object: { kind, name } }) => !ready && `${kind} ${name}` !== cause?.workload);
  return [
    `${outcome === 'failed' ? `failed after ${after}` : `not ready within ${after}`}: ${cause?.line ?? 'the cause is not known'}`,
    ...log ? logLines(log) : [],
    ...events.length > 0 ? ['  events:', ...events.map(eventLine)] : [],
    ...others.length > 0 ? ['  not ready either:', ...others.map(({ object: { kind, name }, words }) => `    ${kind} ${name}: ${words}`)] : [],
    ...notes.map((note) => `  ${note}`),
  ];
}

function logLines({ pod, container, previous, lines }: ContainerLog): string[] {
  const of = `container ${container} of pod ${pod}${previous ? ', before it was restarted' : ''}`;
  if (lines.length === 0) return [`  nothing in the log of ${of}`];
  return [`  the last lines of ${of}:`, ...lines.map((line) => `    | ${line}`)];
}

function eventLine({ object, reason, message, count, at }: RecentEvent): string {
  return `    ${at.slice(11, 19)} ${object} ${reason}: ${message}${count > 1 ? ` (${count} times)` : ''}`;
}
