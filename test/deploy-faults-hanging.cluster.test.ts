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

onKwok();

const DEPLOYED = /^the release is deployed/m;
const APPLIED = /^\d+ of 5 changes were made.*the lock is lost/m;
const UNTOUCHED = /^(?!.*(?:changes were made|is deployed))/s;

/** What is said of the release, besides that the server does not answer, by the phase in which it began not to. */
const SAID: Record<PhaseName, RegExp> = {
  'the acquisition of the Lease': UNTOUCHED,
  'the read of the record': UNTOUCHED,
  'the reads': UNTOUCHED,
  'the dry run': UNTOUCHED,
  'the record before the apply': UNTOUCHED,
  'the apply': APPLIED,
  'the wait': APPLIED,
  'the pruning': DEPLOYED,
  'the final record': DEPLOYED,
  'the release of the Lease': UNTOUCHED,
};

const NAMES = Object.keys(PHASES) as PhaseName[];

/** Most of the time is waited, so all of them hang at once, and time passes so many times as fast then. */
const FAST = 4;

/** The same for a Lease that is waited for, while nothing else goes on. */
const FASTER = 20;

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
    hasBegun ||= isIn(phase, proxy.requests) && (phase !== 'the release of the Lease' || isRecorded(proxy.requests));
    if (!hasBegun) return exchange.pass();
    Object.assign(clock, { speed: FAST, hasLimits: true });
    return fault(exchange);
  }, { times: Infinity });
}

/** As after an outage: the Lease of the job before may have to be waited for, which takes half a minute. Once it is asked for, it is held. */
async function runAgain({ proxy, deployer: { kubeconfig } }: Case): Promise<JobResult> {
  const clock = new SpeedClock();
  clock.speed = FASTER;
  proxy.reset();
  proxy.place((exchange) => {
    if (proxy.requests.some(({ method, path }) => method !== 'GET' || !path.includes('/leases/'))) clock.speed = 1;
    return exchange.pass();
  }, { times: Infinity });
  return runJob({ kubeconfig, objects: versionOf('b'), clock });
}

function expectDone({ code, stderr }: JobResult): void {
  expect({ code, said: code === 0 ? '' : stderr }).toEqual({ code: 0, said: '' });
}

test.each<[string, Fault]>([
  ['nothing', hanging], ['a beginning', hangingHalfway],
])('a server of which %s comes ends the deployment soon in every phase, and the next run completes it', async (name, fault) => {
  const cases = await casesOf(name);
  for (const { deployer: { kubeconfig } } of cases) expectDone(await runJob({ kubeconfig, objects: versionOf('a'), clock: new SpeedClock() }));
  const ended = await Promise.all(cases.map(async (one) => {
    const { phase, deployer: { kubeconfig } } = one;
    const clock = new SpeedClock();
    const begun = clock.now();
    silence(one, fault, clock);
    const { code, stderr } = await runJob({ kubeconfig, objects: versionOf('b'), clock });
    const seconds = (clock.now() - begun) / 1000;
    return { phase, code, stderr, isSoon: seconds < SOON };
  }));
  for (const one of cases) expectDone(await runAgain(one));

  for (const { phase, ...end } of ended) {
    // The release is deployed by then: others have to wait, which is no reason to fail.
    const isDone = phase === 'the release of the Lease';
    expect({ phase, ...end }).toEqual({ phase, code: isDone ? 0 : 4, stderr: expect.stringMatching(SAID[phase]), isSoon: true });
    if (!isDone) expect(end.stderr).toMatch(/no (?:connection|(?:complete )?answer) within/);
  }
  const states = cases.map(({ phase, deployer }) => ({ phase, ...stateOf(deployer) }));
  for (const { phase, ...state } of states) expect({ phase, ...state }).toEqual({ ...states[0], phase, outcome: 'deployed', faults: [] });
});
