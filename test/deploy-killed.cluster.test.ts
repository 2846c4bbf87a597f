import { text } from 'node:stream/consumers';
import { configMap, deployment } from './cluster/application';
import { Deployer } from './cluster/deployer';
import { FaultProxy } from './cluster/fault-proxy';
import { asOfFormat1 } from './cluster/format-1';
import { makeDisturbed, proxyOfItsOwn } from './cluster/on-disturbed-kwok';
import { onKwok } from './cluster/on-kwok';
import { versionOf } from './soak/application';
import { JobOptions, runJob, startJob } from './soak/jobs';
import { stateOf } from './soak/state';
import { SpeedClock } from './support/speed-clock';
import { releaseName } from '../src/release/release-names';

jest.setTimeout(600_000);

onKwok();

/** Most of them wait most of the time. */
const AT_ONCE = 6;

const broken = [...versionOf('b', { workload: false }), deployment('web', { image: 'registry.example.com/web:missing', annotations: { 'e2e/fault': 'image-pull' } })];

interface Scenario {
  /** What is there before. */
  readonly before: ReadonlyArray<Omit<JobOptions, 'kubeconfig'>>;
  /** Comes after it. */
  readonly prepare?: (deployer: Deployer) => void;
  readonly killed: Omit<JobOptions, 'kubeconfig'>;
  /** What is run again; by default the same. */
  readonly after?: Omit<JobOptions, 'kubeconfig'>;
  /** How many requests there are from one kill to the next. */
  readonly step: number;
}

const SCENARIOS: Array<[string, Scenario]> = [
  ['an update', { before: [{ objects: versionOf('a') }], killed: { objects: versionOf('b') }, step: 2 }],
  ['a first release', { before: [], killed: { objects: versionOf('b') }, step: 6 }],
  ['a release that fails and is undone', {
    before: [{ objects: versionOf('a') }], killed: { objects: broken, options: ['--rollback-on-failure'] }, after: { objects: versionOf('b') }, step: 6,
  }],
  ['a take-over from another name', {
    before: [{ app: 'shop', objects: versionOf('a') }], killed: { objects: versionOf('b'), options: ['--take-over-from', 'local/production/shop'] }, step: 8,
  }],
  ['an update from record format 1', {
    before: [{ objects: versionOf('a') }], prepare: (deployer) => asOfFormat1(deployer, 'web'), killed: { objects: versionOf('b') }, step: 8,
  }],
  ['the removal of all', { before: [{ objects: versionOf('a') }], killed: { command: 'destroy' }, step: 6 }],
];

const LEASE = releaseName({ project: 'local', environment: 'production', app: 'web' });

/** Another application of the namespace. */
const NEIGHBOUR = { app: 'neighbour', objects: [configMap('neighbour'), deployment('neighbour')] };

test.each(SCENARIOS)('%s that was killed after one of its requests is completed by the next run, and the other application stays as it is', async (name, scenario) => {
  const { deployer, requests } = await undisturbed(name, scenario);
  const expected = stateOf(deployer);
  expect(expected.faults).toEqual([]);

  // kubectl blocks this process, in which the proxies are: it comes before and after all of them.
  const points = Array.from({ length: requests }, (_, index) => index + 1).filter((request) => request % scenario.step === 0);
  const namespaces = await Promise.all(points.map(async (request) => ({ request, ...await namespaceOf(`${name}-${request}`) })));
  await concurrently(namespaces, async ({ kubeconfig }) => {
    for (const job of [...scenario.before, NEIGHBOUR]) await succeeds({ kubeconfig, ...job });
  });
  for (const one of namespaces) scenario.prepare?.(one.deployer);
  const neighbours = namespaces.map(({ deployer: one }) => neighbourIn(one));
  const killed: number[] = [];
  await concurrently(namespaces, async ({ request, proxy, kubeconfig }) => {
    if (await killedAndRepeated(scenario, request, proxy, kubeconfig)) killed.push(request);
  });
  for (const [index, { request, ...one }] of namespaces.entries()) {
    const [state, neighbour] = [stateOf(one.deployer), neighbourIn(one.deployer)];
    expect({ request, ...state, neighbour }).toEqual({ request, ...expected, neighbour: neighbours[index] });
    expect(stateOf(one.deployer, 'shop')).toEqual(NOTHING);
  }
  await Promise.all(namespaces.map(async ({ proxy }) => proxy.stop()));
  expect(killed.length).toBeGreaterThan(0.8 * points.length);
});

/** Of an application that is not deployed, or not any more under this name. */
const NOTHING = { objects: {}, outcome: 'none', recorded: [], faults: [] };

async function namespaceOf(name: string): Promise<{ readonly proxy: FaultProxy; readonly deployer: Deployer; readonly kubeconfig: string }> {
  const proxy = await proxyOfItsOwn();
  const deployer = makeDisturbed(name.replace(/ /g, '-'), proxy);
  return { proxy, deployer, kubeconfig: deployer.kubeconfig };
}

/** With the uids and generations of its objects: an object that was changed or deleted, and made good by its own next deploy, has another one. */
function neighbourIn(deployer: Deployer): object {
  const versions = 'jsonpath={range .items[*]}{.metadata.uid} {.metadata.generation} {end}';
  return { versions: deployer.admin('get', 'configmap/neighbour', 'deployment/neighbour', '-o', versions), ...stateOf(deployer, NEIGHBOUR.app) };
}

/** How it is when nobody kills it, and how many requests that takes. */
async function undisturbed(name: string, scenario: Scenario): Promise<{ readonly deployer: Deployer; readonly requests: number }> {
  const { before, prepare, killed, after } = scenario;
  const { proxy, deployer, kubeconfig } = await namespaceOf(name);
  for (const job of before) await succeeds({ kubeconfig, ...job });
  prepare?.(deployer);
  proxy.reset();
  await runJob({ kubeconfig, ...killed });
  const requests = proxy.requests.length;
  if (after) await succeeds({ kubeconfig, ...after });
  await proxy.stop();
  return { deployer, requests };
}

/** Kills the job when the server has done what its n-th request asks for, if it comes to it, and runs it again. */
async function killedAndRepeated(scenario: Scenario, request: number, proxy: FaultProxy, kubeconfig: string): Promise<boolean> {
  proxy.reset();
  const job = startJob({ kubeconfig, ...scenario.killed });
  proxy.place(async (exchange) => {
    await exchange.forward().then(text);
    job.process.kill('SIGKILL');
    exchange.cut();
  }, { nth: request });
  const { signal } = await job.result;
  proxy.reset();
  await bothRecover(scenario, kubeconfig, clockUntilLease(proxy));
  return signal === 'SIGKILL';
}

/** The next run waits 30 s for the Lease of the killed job. They pass four times as fast, until it takes the Lease. */
function clockUntilLease(proxy: FaultProxy): SpeedClock {
  const clock = new SpeedClock();
  clock.speed = 4;
  for (const method of ['PATCH', 'POST']) {
    proxy.place(async (exchange) => {
      clock.speed = 1;
      await exchange.pass();
    }, { method, path: new RegExp(`/leases(?:/${LEASE}|$|\\?)`), times: Infinity });
  }
  return clock;
}

/**
 * The neighbour wants an object that the killed job makes or removes. Whoever has it keeps it until a release without it, and the other one is
 * refused so long.
 */
async function bothRecover({ killed, after = killed }: Scenario, kubeconfig: string, clock: SpeedClock): Promise<void> {
  const contended = killed.objects ? 'only-b' : 'only-a';
  const ours = { kubeconfig, clock, ...after };
  const wanting = { kubeconfig, ...NEIGHBOUR, objects: [...NEIGHBOUR.objects, configMap(contended, { version: 'neighbour' })] };
  const wanted = await runJob(wanting);
  if (wanted.code !== 0) expect(wanted).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(`ConfigMap ${contended}: it belongs to application web, `) });
  if (wanted.code === 0 && after.objects) {
    expect(await runJob(ours)).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(`ConfigMap ${contended}: it belongs to application neighbour, `) });
  } else {
    await succeeds(ours);
  }
  await succeeds({ kubeconfig, ...NEIGHBOUR });
  if (wanted.code === 0 && after.objects) await succeeds(ours);
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
