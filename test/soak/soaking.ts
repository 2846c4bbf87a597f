import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runJob } from './jobs';
import { Random } from './random';
import { stateOf } from './state';
import { configMap, deployment, secret, service, serviceAccount } from '../cluster/application';
import { ControlPlane } from '../cluster/control-plane';
import { makeDeployer } from '../cluster/deployer';
import { FaultProxy } from '../cluster/fault-proxy';
import { answerCut, answering, answerLost, cutAfter, cutBefore, delayed, Fault } from '../cluster/faults';

export interface SoakOptions {
  readonly seed: number;
  readonly deploys: number;
  /** Of each request, to meet a fault. By default 0.08. */
  readonly probability?: number;
  /** Told after each deploy. */
  readonly progress?: (line: string) => void;
}

export interface SoakResult {
  /** Deploys that did not end with 0, or in a state that is not theirs, and why. */
  readonly wrong: readonly string[];
  readonly requests: number;
  readonly faults: number;
  readonly seconds: number;
  /** MB that are in use after so many deploys, once what is not has been collected. */
  readonly heap: { readonly [deploys: number]: number };
}

const FAULTS: readonly Fault[] = [
  answering(429), answering(429, { retryAfter: 0 }), answering(503), answering(503, { retryAfter: 0 }), answering(500, { message: 'etcdserver: leader changed' }),
  answering(502, { html: true }), cutBefore, answerCut, answerLost, cutAfter, delayed(100),
];

/**
 * Deploys an application of 20 objects again and again, each time another selection and other contents, while requests meet faults.
 * Several requests are under way at once, so the same seed gives the same releases and faults, but not always to the same requests.
 */
export async function soak(cluster: ControlPlane, { seed, deploys, probability = 0.08, progress }: SoakOptions): Promise<SoakResult> {
  const random = new Random(seed);
  const proxy = await FaultProxy.start({ server: cluster.server, ca: cluster.certificateAuthority });
  const deployer = makeDeployer({ ...cluster, certificateAuthority: proxy.certificateAuthority }, `soak-${seed}`, { server: proxy.url });
  const [wrong, heap, begun] = [[] as string[], {} as Record<number, number>, Date.now()];
  let [requests, faults] = [0, 0];
  for (let count = 1; count <= deploys; count += 1) {
    proxy.reset();
    proxy.place(async (exchange) => {
      if (!random.happens(probability)) return exchange.pass();
      faults += 1;
      return random.of(FAULTS)(exchange);
    }, { times: Infinity });
    const objects = someRelease(random);
    const { code, stderr } = await runJob({ kubeconfig: deployer.kubeconfig, objects });
    const { objects: found, faults: problems } = stateOf(deployer);
    const problem = code === 0 ? [...problems, ...differences(objects, found)].join(', ') : `${code}: ${stderr}`;
    if (problem) wrong.push(`deploy ${count}: ${problem}`);
    requests += proxy.requests.length;
    if (count % 50 === 0 || count === deploys) heap[count] = heapUsed();
    progress?.(`${count}: ${code}, ${proxy.requests.length} requests${problem && `, ${problem}`}`);
  }
  await proxy.stop();
  return { wrong, requests, faults, heap, seconds: (Date.now() - begun) / 1000 };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Record<string, string>;
  readonly stringData?: Record<string, string>;
}

/** About 20 objects: most of them stay from one release to the next, some change, some go and come. */
function someRelease(random: Random): Manifest[] {
  const version = () => String(random.below(3));
  const maps = Array.from({ length: 14 }, (_, index) => configMap(`map-${index}`, { version: version() })).filter((_, index) => index < 8 || random.happens(0.7));
  const image = `registry.example.com/web:${version()}`;
  return [
    serviceAccount('web'), service('web'), service('api'), secret('one', { version: version() }), secret('two', { version: version() }), ...maps,
    deployment('web', { image, replicas: 1 + random.below(2) }),
  ] as Manifest[];
}

function differences(wanted: readonly Manifest[], found: { readonly [object: string]: object }): string[] {
  const contents = (manifest: Manifest) => JSON.stringify(manifest.data ?? encoded(manifest.stringData) ?? null);
  const expected = new Map(wanted.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest]));
  // Secrets with values are left when they are no longer in the release; here, they always are.
  return [
    ...Object.keys(found).filter((key) => !expected.has(key)).map((key) => `${key} is still there`),
    ...[...expected.keys()].filter((key) => !(key in found)).map((key) => `${key} is missing`),
    ...[...expected].filter(([key, manifest]) => key in found && JSON.stringify((found[key] as Manifest).data ?? null) !== contents(manifest)).map(([key]) => `${key} is another`),
  ];
}

function encoded(stringData: Record<string, string> | undefined): Record<string, string> | undefined {
  return stringData && Object.fromEntries(Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return Math.round(process.memoryUsage().heapUsed / 1e5) / 10;
}
