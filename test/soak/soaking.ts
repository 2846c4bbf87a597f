import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runJob } from './jobs';
import { Random } from './random';
import { stateOf } from './state';
import { configMap, deployment, secret, service, serviceAccount } from '../cluster/application';
import { ControlPlane } from '../cluster/control-plane';
import { Deployer, makeDeployer } from '../cluster/deployer';
import { FaultProxy } from '../cluster/fault-proxy';
import { answerCut, answering, answerLost, cutAfter, cutBefore, delayed, Fault } from '../cluster/faults';

export interface SoakOptions {
  readonly seed: number;
  /** The number of deploys of each application. */
  readonly deploys: number;
  /**
   * The probability that a request meets a fault.
   *
   * @default 0.08
   */
  readonly probability?: number;
  /** Called after each pair of deploys. */
  readonly progress?: (line: string) => void;
}

export interface SoakResult {
  /** Deploys with a wrong exit code or a wrong state, and the reason. */
  readonly wrong: readonly string[];
  /** The number of deploys that were rejected because the other application owns an object of the release. */
  readonly refused: number;
  readonly requests: number;
  readonly faults: number;
  readonly seconds: number;
  /** The heap in MB after a number of deploys, after a garbage collection. */
  readonly heap: { readonly [deploys: number]: number };
}

const FAULTS: readonly Fault[] = [
  answering(429), answering(429, { retryAfter: 0 }), answering(503), answering(503, { retryAfter: 0 }), answering(500, { message: 'etcdserver: leader changed' }),
  answering(502, { html: true }), cutBefore, answerCut, answerLost, cutAfter, delayed(100),
];

/**
 * Deploys two applications of one namespace repeatedly, both at the same time, while requests meet faults. Each release is another selection of
 * objects with other contents. Sometimes a release has objects that the other application may have, too.
 *
 * The same seed gives the same releases and faults. The faults may meet other requests, because several requests run at once.
 */
export async function soak(cluster: ControlPlane, { seed, deploys, probability = 0.08, progress }: SoakOptions): Promise<SoakResult> {
  const random = new Random(seed);
  const proxy = await FaultProxy.start({ server: cluster.server, ca: cluster.certificateAuthority });
  const deployer = makeDeployer({ ...cluster, certificateAuthority: proxy.certificateAuthority }, `soak-${seed}`, { server: proxy.url });
  const [one, other] = [new SoakedApplication(deployer, 'web'), new SoakedApplication(deployer, 'neighbour')];
  const [wrong, heap, begun] = [[] as string[], {} as Record<number, number>, Date.now()];
  let [requests, faults, refused] = [0, 0, 0];
  for (let count = 1; count <= deploys; count += 1) {
    proxy.reset();
    proxy.place(async (exchange) => {
      if (!random.happens(probability)) return exchange.pass();
      faults += 1;
      return random.of(FAULTS)(exchange);
    }, { times: Infinity });
    const releases = [[...someRelease(random), ...someShared(random, 'web')], [...smallRelease(random), ...someShared(random, 'neighbour')]] as const;
    const others = [[...other.last, ...releases[1]], [...one.last, ...releases[0]]] as const;
    const ends = await Promise.all([one.deploy(releases[0], others[0]), other.deploy(releases[1], others[1])]);
    const problems = [one, other].flatMap((app) => app.problems().map((problem) => `${app.name}: ${problem}`));
    const problem = [...ends.flatMap((end) => end.problem ?? []), ...problems].join(', ');
    if (problem) wrong.push(`deploy ${count}: ${problem}`);
    refused += ends.filter(({ isRefused }) => isRefused).length;
    requests += proxy.requests.length;
    if (count % 50 === 0 || count === deploys) heap[count] = heapUsed();
    progress?.(`${count}: ${ends.map(({ code }) => code).join(' and ')}, ${proxy.requests.length} requests${problem && `, ${problem}`}`);
  }
  await proxy.stop();
  return { wrong, refused, requests, faults, heap, seconds: (Date.now() - begun) / 1000 };
}

/** The result of a deploy. */
interface End {
  readonly code: number | null;
  /** Whether the other application may have had an object of the release. */
  readonly isRefused: boolean;
  readonly problem?: string;
}

class SoakedApplication {
  /** The last release that was deployed. */
  public last: readonly Manifest[] = [];

  constructor(private readonly deployer: Deployer, public readonly name: string) {}

  /**
   * Deploys a release. It is rejected or rolled back when the other application owns one of its objects.
   *
   * @param others Objects that the other application may have at the same time.
   */
  public async deploy(release: readonly Manifest[], others: readonly Manifest[]): Promise<End> {
    const { code, stderr } = await runJob({ kubeconfig: this.deployer.kubeconfig, app: this.name, objects: release, options: ['--rollback-on-failure'] });
    const taken = new Set(others.map(keyOf));
    const isRefused = code === 1 && release.some((object) => taken.has(keyOf(object)));
    if (code === 0) this.last = release;
    return { code, isRefused, problem: code === 0 || isRefused ? undefined : `${this.name}: ${code}: ${stderr}` };
  }

  /** The objects that differ from the last release. */
  public problems(): string[] {
    const { objects, faults } = stateOf(this.deployer, this.name);
    return [...faults, ...differences(this.last, objects)];
  }
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Record<string, string>;
  readonly stringData?: Record<string, string>;
}

/** About 20 objects. From one release to the next, most stay, some change, and some are added or removed. */
function someRelease(random: Random): Manifest[] {
  const version = () => String(random.below(3));
  const maps = Array.from({ length: 14 }, (_, index) => configMap(`map-${index}`, { version: version() })).filter((_, index) => index < 8 || random.happens(0.7));
  const image = `registry.example.com/web:${version()}`;
  return [
    serviceAccount('web'), service('web'), service('api'), secret('one', { version: version() }), secret('two', { version: version() }), ...maps,
    deployment('web', { image, replicas: 1 + random.below(2) }),
  ] as Manifest[];
}

/** The objects that only the second application has. */
function smallRelease(random: Random): Manifest[] {
  const version = () => String(random.below(3));
  return [
    serviceAccount('neighbour'), secret('neighbour', { version: version() }), ...['a', 'b', 'c'].map((name) => configMap(`neighbour-${name}`, { version: version() })),
    deployment('neighbour', { image: `registry.example.com/neighbour:${version()}` }),
  ] as Manifest[];
}

/** A few of the objects that either application may have. */
function someShared(random: Random, app: string): Manifest[] {
  const content = { version: `${app}-${random.below(3)}` };
  const all = [configMap('shared-1', content), configMap('shared-2', content), service('shared'), deployment('shared', { image: `registry.example.com/shared:${content.version}` })];
  return all.filter(() => random.happens(0.2)) as Manifest[];
}

function differences(wanted: readonly Manifest[], found: { readonly [object: string]: object }): string[] {
  const contents = (manifest: Manifest) => JSON.stringify(manifest.data ?? encoded(manifest.stringData) ?? null);
  const expected = new Map(wanted.map((manifest) => [keyOf(manifest), manifest]));
  // A deploy keeps Secrets that are no longer in the release. Here, every release has its Secrets.
  return [
    ...Object.keys(found).filter((key) => !expected.has(key)).map((key) => `${key} is still there`),
    ...[...expected.keys()].filter((key) => !(key in found)).map((key) => `${key} is missing`),
    ...[...expected].filter(([key, manifest]) => key in found && JSON.stringify((found[key] as Manifest).data ?? null) !== contents(manifest)).map(([key]) => `${key} is another`),
  ];
}

function keyOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

function encoded(stringData: Record<string, string> | undefined): Record<string, string> | undefined {
  return stringData && Object.fromEntries(Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return Math.round(process.memoryUsage().heapUsed / 1e5) / 10;
}
