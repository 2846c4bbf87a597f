import { Deployer } from './cluster/deployer';
import { FaultProxy, RecordedRequest } from './cluster/fault-proxy';
import { Fault, hanging, hangingHalfway } from './cluster/faults';
import { makeDisturbed, proxyOfItsOwn } from './cluster/on-disturbed-kwok';
import { onKwok } from './cluster/on-kwok';
import { versionOf } from './soak/application';
import { JobResult, runJob } from './soak/jobs';
import { isIn, PHASES, PhaseName } from './soak/passing-faults';
import { stateOf } from './soak/state';
import { SpeedClock } from './support/speed-clock';
import { systemClock } from '../src/cli/clock';

onKwok();

const DEPLOYED = /^the release is deployed/m;
const APPLIED = /^\d+ of 5 changes were made.*the lock is lost/m;
const UNTOUCHED = /^(?!.*(?:changes were made|is deployed))/s;

/** What is said of the release, besides that the server does not answer, by the phase in which it began not to. */
const SAID: Record<PhaseName, RegExp> = {
  'the taking of the Lease': UNTOUCHED,
  'the reading of the record': UNTOUCHED,
  'the reading': UNTOUCHED,
  'the dry run': UNTOUCHED,
  'the record ahead': UNTOUCHED,
  'the apply': APPLIED,
  'the wait': APPLIED,
  'the pruning': DEPLOYED,
  'the record in the end': DEPLOYED,
  'the giving back of the Lease': UNTOUCHED,
};

const NAMES = Object.keys(PHASES) as PhaseName[];

/** Most of the time is waited, so all of them are at once, and time passes so many times as fast then. */
const FAST = 4;

/** Seconds of that time: less than a rollout may take (600), and far more than a slow machine needs. */
const SOON = 400;

interface Case {
  readonly phase: PhaseName;
  readonly proxy: FaultProxy;
  readonly deployer: Deployer;
}

const proxies: FaultProxy[] = [];

afterEach(async () => {
  await Promise.all(proxies.splice(0).map(async (proxy) => proxy.stop()));
});

async function casesOf(name: string): Promise<Case[]> {
  return Promise.all(NAMES.map(async (phase) => {
    const proxy = await proxyOfItsOwn();
    proxies.push(proxy);
    return { phase, proxy, deployer: makeDisturbed(`${name} ${phase}`.toLowerCase().replaceAll(' ', '-'), proxy) };
  }));
}

/** Until then, its Lease is not given back, but renewed. */
function isRecorded(requests: readonly RecordedRequest[]): boolean {
  const pruned = requests.findIndex(({ method }) => method === 'DELETE');
  return requests.slice(pruned).some(({ method, path, status }) => method === 'PATCH' && path.includes('/secrets/') && status !== undefined);
}

/** Nothing is answered from the first request of a phase on. */
function silence({ phase, proxy }: Case, fault: Fault, clock: SpeedClock): void {
  let hasBegun = false;
  proxy.reset();
  proxy.place((exchange) => {
    hasBegun ||= isIn(phase, proxy.requests) && (phase !== 'the giving back of the Lease' || isRecorded(proxy.requests));
    if (!hasBegun) return exchange.pass();
    clock.speed = FAST;
    return fault(exchange);
  }, { times: Infinity });
}

/** As after an outage: the Lease of the job before may have to be waited for, which takes half a minute. */
async function runAgain({ proxy, deployer: { kubeconfig } }: Case): Promise<JobResult> {
  // The time limits are those of the machine: it does not get faster.
  const clock = Object.assign(new SpeedClock(), { after: systemClock.after });
  clock.speed = FAST;
  proxy.reset();
  proxy.place((exchange) => {
    clock.speed = 1;
    return exchange.pass();
  }, { path: /^(?!.*\/leases)/, times: Infinity });
  return runJob({ kubeconfig, objects: versionOf('b'), clock });
}

function expectDone(result: JobResult): void {
  expect(result).toEqual({ code: 0, stdout: expect.anything(), stderr: expect.anything() });
}

test.each<[string, Fault]>([
  ['nothing', hanging], ['a beginning', hangingHalfway],
])('a server of which %s comes ends it soon in whatever phase, and the next run makes up for it', async (name, fault) => {
  const cases = await casesOf(name);
  const ended = await Promise.all(cases.map(async (one) => {
    const { phase, deployer: { kubeconfig } } = one;
    expectDone(await runJob({ kubeconfig, objects: versionOf('a') }));
    const clock = new SpeedClock();
    const begun = clock.now();
    silence(one, fault, clock);
    const { code, stderr } = await runJob({ kubeconfig, objects: versionOf('b'), clock });
    const seconds = (clock.now() - begun) / 1000;
    expectDone(await runAgain(one));
    return { phase, code, stderr, isSoon: seconds < SOON };
  }));

  for (const { phase, ...end } of ended) {
    // The release is deployed by then: others have to wait, which is no reason to fail.
    const isDone = phase === 'the giving back of the Lease';
    expect({ phase, ...end }).toEqual({ phase, code: isDone ? 0 : 4, stderr: expect.stringMatching(SAID[phase]), isSoon: true });
    if (!isDone) expect(end.stderr).toMatch(/no (?:complete )?answer within/);
  }
  const states = cases.map(({ phase, deployer }) => ({ phase, ...stateOf(deployer) }));
  for (const { phase, ...state } of states) expect({ phase, ...state }).toEqual({ ...states[0], phase, outcome: 'deployed', faults: [] });
});
