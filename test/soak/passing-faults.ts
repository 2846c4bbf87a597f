import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy, RecordedRequest } from '../cluster/fault-proxy';
import { Fault } from '../cluster/faults';

/**
 * Requests of one part of a deploy.
 */
export interface Phase {
  readonly method: string;
  readonly path: RegExp;
  /** Only after a response to such a request. */
  readonly after?: { readonly method: string; readonly path: RegExp };
}

export type PhaseName = keyof typeof PHASES;

const RECORD = /\/secrets\/cdk8s-ci-deploy-/;
const WRITE = /\/(?:configmaps|deployments|services)\/[^?]*\?(?!.*dryRun)/;
const PRUNED = { method: 'DELETE', path: /\/configmaps\// };

/**
 * The phases of a deploy with changes, for an application with ConfigMaps and a Deployment. A request belongs to the first phase that matches.
 */
export const PHASES = {
  'the wait': { method: 'GET', path: /\/deployments/, after: { method: 'PATCH', path: /\/deployments\/[^?]*\?(?!.*dryRun)/ } },
  'the final record': { method: 'PATCH', path: RECORD, after: PRUNED },
  'the release of the Lease': { method: 'PATCH', path: /\/leases\//, after: PRUNED },
  'the reads': { method: 'GET', path: /\/configmaps\// },
  'the read of the record': { method: 'GET', path: RECORD },
  'the dry run': { method: 'PATCH', path: /\/configmaps\/.*dryRun=All/ },
  'the record before the apply': { method: 'PATCH', path: RECORD },
  'the apply': { method: 'PATCH', path: WRITE },
  'the pruning': PRUNED,
  'the acquisition of the Lease': { method: 'PATCH', path: /\/leases\// },
} satisfies Record<string, Phase>;

/**
 * The number of requests of each phase that have met a fault so far.
 */
export type Met = Partial<Record<PhaseName, number>>;

/**
 * Places a fault for a number of requests of each phase, by default one.
 */
export function placeIn(proxy: FaultProxy, phases: readonly PhaseName[], fault: Fault, times = 1): Met {
  const met: Met = Object.fromEntries(phases.map((name) => [name, 0]));
  proxy.place((exchange) => {
    const phase = phases.find((name) => met[name]! < times && isIn(name, proxy.requests));
    if (phase === undefined) return exchange.pass();
    met[phase]! += 1;
    return fault(exchange);
  }, { times: Infinity });
  return met;
}

/** Whether the last request belongs to a phase. */
export function isIn(name: PhaseName, requests: readonly RecordedRequest[]): boolean {
  const { after, ...wanted }: Phase = PHASES[name];
  return matches(requests.at(-1)!, wanted) && (after === undefined || requests.some((one) => one.status !== undefined && matches(one, after)));
}

function matches(request: RecordedRequest, { method, path }: Phase): boolean {
  return request.method === method && path.test(request.path);
}

/** Refuses connections for a time, and ends the open ones. */
export function refused(proxy: FaultProxy, milliseconds: number): Fault {
  return async (exchange) => {
    exchange.cut();
    await proxy.refuse();
    await sleep(milliseconds);
    await proxy.accept();
  };
}
