import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy, RecordedRequest } from '../cluster/fault-proxy';
import { Fault } from '../cluster/faults';

/**
 * Requests of one part of a deploy.
 */
export interface Phase {
  readonly method: string;
  readonly path: RegExp;
  /** Only once a request like this was answered. */
  readonly after?: { readonly method: string; readonly path: RegExp };
}

export type PhaseName = keyof typeof PHASES;

const RECORD = /\/secrets\/cdk8s-ci-deploy-/;
const WRITE = /\/(?:configmaps|deployments|services)\/[^?]*\?(?!.*dryRun)/;
const PRUNED = { method: 'DELETE', path: /\/configmaps\// };

/**
 * The parts of a deploy that changes something: of an application with ConfigMaps and a Deployment. A request is of the first that fits.
 */
export const PHASES = {
  'the wait': { method: 'GET', path: /\/deployments/, after: { method: 'PATCH', path: /\/deployments\/[^?]*\?(?!.*dryRun)/ } },
  'the record in the end': { method: 'PATCH', path: RECORD, after: PRUNED },
  'the giving back of the Lease': { method: 'PATCH', path: /\/leases\//, after: PRUNED },
  'the reading': { method: 'GET', path: /\/configmaps\// },
  'the reading of the record': { method: 'GET', path: RECORD },
  'the dry run': { method: 'PATCH', path: /\/configmaps\/.*dryRun=All/ },
  'the record ahead': { method: 'PATCH', path: RECORD },
  'the apply': { method: 'PATCH', path: WRITE },
  'the pruning': PRUNED,
  'the taking of the Lease': { method: 'PATCH', path: /\/leases\// },
} satisfies Record<string, Phase>;

/**
 * How many requests of each phase have met their fault so far.
 */
export type Met = Partial<Record<PhaseName, number>>;

/**
 * Lets so many requests of each phase, by default one, meet a fault.
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

/** Whether the last of the requests is one of a phase. */
export function isIn(name: PhaseName, requests: readonly RecordedRequest[]): boolean {
  const { after, ...wanted }: Phase = PHASES[name];
  return matches(requests.at(-1)!, wanted) && (after === undefined || requests.some((one) => one.status !== undefined && matches(one, after)));
}

function matches(request: RecordedRequest, { method, path }: Phase): boolean {
  return request.method === method && path.test(request.path);
}

/** Nobody takes connections for a time; those that there are end. */
export function refused(proxy: FaultProxy, milliseconds: number): Fault {
  return async (exchange) => {
    exchange.cut();
    await proxy.refuse();
    await sleep(milliseconds);
    await proxy.accept();
  };
}
