import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import type { RolloutResult } from '../wait/rollout';

/**
 * A release that was applied and does not become ready.
 */
export class RolloutFailed extends Failure {
  public override readonly name = 'RolloutFailed';

  public constructor(public readonly result: RolloutResult) {
    super([result.cause?.line ?? stuck(result), ...details(result).map((line) => `  ${line}`)].join('\n'), ExitCode.NO);
  }
}

function stuck({ workloads, elapsed }: RolloutResult): string {
  const missing = workloads.filter(({ ready }) => !ready).map(({ object: { kind, name }, message }) => `${kind} ${name}: ${message}`);
  return `not ready after ${Math.round(elapsed / 1000)} s: ${missing.join('; ')}`;
}

function details({ log, events, notes }: RolloutResult): string[] {
  return [
    ...log && log.lines.length > 0 ? [`the last lines of container ${log.container} of pod ${log.pod}${log.previous ? ', before it was restarted' : ''}:`] : [],
    ...(log?.lines ?? []).map((line) => `| ${line}`),
    ...events.length > 0 ? ['warnings of the cluster:'] : [],
    ...events.map(({ object, reason, message, count, at }) => `| ${at} ${object}: ${reason}: ${message}${count > 1 ? ` (${count} times)` : ''}`),
    ...notes,
  ];
}
