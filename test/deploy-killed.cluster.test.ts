import { text } from 'node:stream/consumers';
import { deployment } from './cluster/application';
import { Deployer } from './cluster/deployer';
import { FaultProxy } from './cluster/fault-proxy';
import { makeDisturbed, proxyOfItsOwn } from './cluster/on-disturbed-kwok';
import { onKwok } from './cluster/on-kwok';
import { versionOf } from './soak/application';
import { fastClock, JobOptions, runJob, startJob } from './soak/jobs';
import { stateOf } from './soak/state';

jest.setTimeout(600_000);

onKwok();

/** The Lease of a job that was killed is waited for: 30 s, which pass three times as fast. */
const CLOCK = fastClock(3);

/** Most of them wait most of the time. */
const AT_ONCE = 6;

const broken = [...versionOf('b', { workload: false }), deployment('web', { image: 'registry.example.com/web:missing', annotations: { 'e2e/fault': 'image-pull' } })];

interface Scenario {
  /** What is there before. */
  readonly before: ReadonlyArray<Omit<JobOptions, 'kubeconfig'>>;
  readonly killed: Omit<JobOptions, 'kubeconfig'>;
  /** What is run again; by default the same. */
  readonly after?: Omit<JobOptions, 'kubeconfig'>;
  /** How many requests there are from one kill to the next. */
  readonly step: number;
}

const SCENARIOS: Array<[string, Scenario]> = [
  ['an update', { before: [{ objects: versionOf('a') }], killed: { objects: versionOf('b') }, step: 1 }],
  ['a first release', { before: [], killed: { objects: versionOf('b') }, step: 3 }],
  ['a release that fails and is undone', {
    before: [{ objects: versionOf('a') }], killed: { objects: broken, options: ['--rollback-on-failure'] }, after: { objects: versionOf('b') }, step: 3,
  }],
  ['the removal of all', { before: [{ objects: versionOf('a') }], killed: { command: 'destroy' }, step: 3 }],
];

test.each(SCENARIOS)('%s that was killed after any request is made up for by the next run', async (name, scenario) => {
  const { deployer, requests } = await undisturbed(name, scenario);
  const expected = stateOf(deployer);
  expect(expected.faults).toEqual([]);

  // kubectl blocks this process, in which the proxies are: it comes before and after all of them.
  const points = Array.from({ length: requests }, (_, index) => index + 1).filter((request) => request % scenario.step === 0);
  const namespaces = await Promise.all(points.map(async (request) => ({ request, ...await namespaceOf(`${name}-${request}`) })));
  const killed: number[] = [];
  await concurrently(namespaces, async ({ request, proxy, kubeconfig }) => {
    if (await killedAndRepeated(scenario, request, proxy, kubeconfig)) killed.push(request);
  });
  for (const { request, ...one } of namespaces) expect({ request, ...stateOf(one.deployer) }).toEqual({ request, ...expected });
  await Promise.all(namespaces.map(async ({ proxy }) => proxy.stop()));
  expect(killed.length).toBeGreaterThan(0.8 * points.length);
});

async function namespaceOf(name: string): Promise<{ readonly proxy: FaultProxy; readonly deployer: Deployer; readonly kubeconfig: string }> {
  const proxy = await proxyOfItsOwn();
  const deployer = makeDisturbed(name.replace(/ /g, '-'), proxy);
  return { proxy, deployer, kubeconfig: deployer.kubeconfig };
}

/** How it is when nobody kills it, and how many requests that takes. */
async function undisturbed(name: string, { before, killed, after }: Scenario): Promise<{ readonly deployer: Deployer; readonly requests: number }> {
  const { proxy, deployer, kubeconfig } = await namespaceOf(name);
  for (const job of before) await succeeds({ kubeconfig, ...job });
  proxy.reset();
  await runJob({ kubeconfig, ...killed });
  const requests = proxy.requests.length;
  if (after) await succeeds({ kubeconfig, ...after });
  await proxy.stop();
  return { deployer, requests };
}

/** Kills the job when the server has done what its n-th request asks for, if it comes to it, and runs it again. */
async function killedAndRepeated(scenario: Scenario, request: number, proxy: FaultProxy, kubeconfig: string): Promise<boolean> {
  const { before, killed, after = killed } = scenario;
  for (const job of before) await succeeds({ kubeconfig, ...job });
  proxy.reset();
  const job = startJob({ kubeconfig, ...killed });
  proxy.place(async (exchange) => {
    await exchange.forward().then(text);
    job.process.kill('SIGKILL');
    exchange.cut();
  }, { nth: request });
  const { signal } = await job.result;
  await succeeds({ kubeconfig, clock: CLOCK, ...after });
  return signal === 'SIGKILL';
}

async function succeeds(job: JobOptions): Promise<void> {
  expect(await runJob(job)).toEqual({ code: 0, stdout: expect.anything(), stderr: expect.anything() });
}

async function concurrently<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const item of rest) await action(item);
  }));
}
