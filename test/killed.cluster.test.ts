import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kubeconfig } from '../src';
import { Cluster } from './cluster/cluster';
import { FaultProxy } from './cluster/fault-proxy';
import { COMPILE_TIMEOUT } from './cluster/programs';
import { shareCluster } from './cluster/shared-cluster';
import { cliFolder } from './support/cli';
import { CredentialCase, GITLAB_TOKEN } from './support/credential-case';
import { KillPoint, KillSwitch } from './support/kill-switch';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { SpawnedCli } from './support/spawned-cli';

jest.setTimeout(600_000);

let cluster: Cluster;

beforeAll(async () => {
  kubectl();
  cluster = await shareCluster();
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(() => cluster?.stop());

afterEach(() => Bench.stopAll());

/** Starts four in parallel, since they mostly wait. */
function inLanes<T>(start: () => T): T[] {
  return Array.from({ length: 4 }, start);
}

interface Run {
  readonly argv: readonly string[];
  readonly variables?: NodeJS.ProcessEnv;
}

/**
 * A namespace and a project, each behind a proxy that the command connects to.
 */
class Bench {
  public static async start(): Promise<Bench> {
    const scene = await CredentialCase.start(cluster, 'killed');
    const bench = new Bench(scene, await FaultProxy.inFrontOf(cluster.kubeconfig), await FaultProxy.start({ server: scene.gitlab.url }));
    Bench.running.push(bench);
    return bench;
  }

  /** Stops every bench of a test, even after a failure. */
  public static async stopAll(): Promise<void> {
    await Promise.all(Bench.running.splice(0).map(async (bench) => bench.stop()));
  }

  private static readonly running: Bench[] = [];

  private readonly folder: string;
  private readonly kubeconfig: string;

  private constructor(public readonly scene: CredentialCase, private readonly api: FaultProxy, private readonly gitlab: FaultProxy) {
    this.folder = join(cliFolder(), scene.namespace);
    this.kubeconfig = api.kubeconfig(cluster.kubeconfig);
    mkdirSync(join(this.folder, 'work'), { recursive: true });
    writeFileSync(join(this.folder, 'work', 'access.yaml'), scene.access());
  }

  public get inGitlab(): string[] {
    return ['--gitlab-url', this.gitlab.url, '--project', '42', '--environment', 'production'];
  }

  /** The stored token. */
  public get storedToken(): string | undefined {
    const file = join(this.folder, 'work', 'ci.conf');
    const text = this.scene.variable('KUBECONFIG')?.value ?? (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
    return text === undefined ? undefined : Kubeconfig.parse(text).token;
  }

  public async run(run: Run): Promise<void> {
    this.api.reset();
    this.gitlab.reset();
    await this.succeeds(this.start(run));
  }

  /** Returns nothing when the command ended before the request. */
  public async kill(point: KillPoint, run: Run): Promise<string | undefined> {
    const killing = new KillSwitch(point, this.api, this.gitlab);
    killing.victim = this.start(run);
    await killing.victim.ended;
    if (killing.killedAt === undefined) await this.succeeds(killing.victim);
    return killing.killedAt;
  }

  private async stop(): Promise<void> {
    await Promise.all([this.api.stop(), this.gitlab.stop(), this.scene.stop()]);
  }

  public start({ argv, variables }: Run): SpawnedCli {
    return SpawnedCli.start(argv, { folder: this.folder, variables: { GITLAB_TOKEN, KUBECONFIG: this.kubeconfig, ...variables } });
  }

  private async succeeds({ ended }: SpawnedCli): Promise<void> {
    const { code, stderr } = await ended;
    expect({ code, said: code === 0 ? '' : stderr }).toEqual({ code: 0, said: '' });
  }
}

/** Kills a run at one request. Returns the request, or nothing when the run has no such request. */
type Attempt = (point: KillPoint) => Promise<string | undefined>;

/** Kills runs at one request after the other, until a run ends by itself. Returns the requests. */
async function atEach(when: KillPoint['when'], attempts: Attempt[]): Promise<string[]> {
  const met: string[] = [];
  let [nth, isOver] = [0, false];
  await Promise.all(attempts.map(async (attempt) => {
    while (!isOver) {
      const point = { nth: ++nth, when };
      const killedAt = await attempt(point).catch((error: Error) => {
        throw new Error(`request ${point.nth} (${when}): ${error.message}`, { cause: error });
      });
      if (killedAt === undefined) isOver = true;
      else met[point.nth - 1] = killedAt;
    }
  }));
  return met;
}

/** The writes among the requests, each as the last two parts of its path. They are all writes of the command. */
function writesAmong(met: readonly string[]): string[] {
  const writes = met.filter((request) => !/^GET |[?&]dryRun=|\/selfsubject/.test(request));
  return writes.map((request) => request.replace(/\?.*$/, '').replace(/ .*\/([^/]+\/[^/]+)$/, ' $1').replace(/killed-\d+/g, 'NS').replace(/\d{8}-\d{6}-[\da-f]{6}/, 'ID'));
}

const SECRET = 'secrets/gitlab-NS-ID';
const NEW_TOKEN = [`PATCH ${SECRET}`, 'POST gitlab-NS/token'];
const GRANT = ['PATCH namespaces/NS', 'PATCH serviceaccounts/gitlab-NS', 'PATCH rolebindings/gitlab-NS-admin', ...NEW_TOKEN];
const ROTATE = [
  ...NEW_TOKEN, 'PUT variables/KUBECONFIG_TOKEN', 'PUT variables/KUBECONFIG', `PATCH ${SECRET}`, `PATCH ${SECRET}`, `DELETE ${SECRET}`,
];

/** The result is the same as that of a run that was never killed. */
function expectOneCredential({ scene, storedToken: token = '' }: Bench): void {
  expect(scene.project.variables.map(({ key }) => key).sort()).toEqual(scene.project.variables.length > 0 ? ['KUBECONFIG', 'KUBECONFIG_TOKEN'] : []);
  expect({ ledger: scene.ledger(), alone: scene.variable('KUBECONFIG_TOKEN')?.value ?? token, status: scene.status(token) })
    .toEqual({ ledger: [expect.stringMatching(/^stored (?:file ci\.conf [0-9a-f]{8}|.*\/projects\/42\/.*)$/)], alone: token, status: 200 });
}

/** A job never reads a credential that does not work. */
function expectWorking({ scene, storedToken }: Bench): void {
  if (storedToken !== undefined) expect(scene.status(storedToken)).toBe(200);
}

describe.each(['asked', 'written'] as const)('after a kill when a request is %s,', (when) => {
  test.each<[string, (bench: Bench) => string[], string[]]>([
    ['a variable', ({ inGitlab }) => inGitlab, [...GRANT, 'POST 42/variables', 'POST 42/variables', `PATCH ${SECRET}`]],
    ['a file', () => ['--file', 'ci.conf'], [...GRANT, `PATCH ${SECRET}`]],
  ])('a second grant into %s completes the work', async (_, place, writes) => {
    const met = await atEach(when, inLanes(() => async (point) => {
      const bench = await Bench.start();
      const run = { argv: ['grant', 'access.yaml', ...place(bench)] };
      const killedAt = await bench.kill(point, run);
      expectWorking(bench);
      await bench.run(run);
      expectOneCredential(bench);
      return killedAt;
    }));
    expect(writesAmong(met)).toEqual(writes);
  });

  test.each(['access.yaml', '--itself'])('a second rotate %s completes the work', async (whose) => {
    const benches = await Promise.all(inLanes(() => Bench.start()));
    for (const bench of benches) await bench.run({ argv: ['grant', 'access.yaml', ...bench.inGitlab] });
    const met = await atEach(when, benches.map((bench) => async (point) => {
      const run = () => ({
        argv: ['rotate', whose, ...bench.inGitlab, '--now'],
        variables: whose === '--itself' ? { KUBECONFIG: bench.scene.variable('KUBECONFIG')?.value } : {},
      });
      const killedAt = await bench.kill(point, run());
      expectWorking(bench);
      await bench.run(run());
      expectOneCredential(bench);
      return killedAt;
    }));
    expect(writesAmong(met)).toEqual(ROTATE);
  });
});

describe('a rotation that waits for its grace period', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.start();
    await bench.run({ argv: ['grant', 'access.yaml', ...bench.inGitlab] });
  });

  test.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('stops at %s, prints how to finish it, and keeps the new credential', async (signal, status) => {
    const { scene } = bench;
    const { token: old = '' } = scene.credential();
    const rotating = bench.start({ argv: ['rotate', 'access.yaml', ...bench.inGitlab, '--grace', '1h'] });
    await rotating.untilSaid(/^waiting 1 hour for jobs that use /m);
    await rotating.kill(signal);

    expect(await rotating.ended).toMatchObject({
      code: status,
      stdout: expect.stringMatching(/^stored in .*\nvalidity .*\nsecret .*\nreplaces .*\n$/),
      stderr: expect.stringMatching(new RegExp(`\\n- variable KUBECONFIG: updated.*\\nwaiting 1 hour .*\\ncdk8s-ci-deploy: ended by ${signal}\\nthe steps listed above are done; .*rotate --finish.*\\n$`)),
    });
    const { token = '' } = scene.credential();
    expect(token).not.toBe(old);
    expect([token, old].map((each) => scene.status(each))).toEqual([200, 200]);

    await bench.run({ argv: ['rotate', 'access.yaml', '--finish'] });
    expect(scene.ledger()).toHaveLength(2);
  });
});
