import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Yaml } from 'cdk8s';
import { Kubeconfig, NamespaceDeployer } from '../src';
import { connectCluster } from '../src/cli/cluster/connect';
import { credentialConnection } from '../src/cli/cluster/credential';
import { systemClock } from '../src/cli/io/clock';
import { Files } from '../src/cli/io/files';
import { AccessReviews } from '../src/cli/verify/access-reviews';
import { ResourceRequest } from '../src/kubernetes/rbac';
import { serviceAccountUser, untilAllowed } from '../test/cluster/access-reviews';
import { runKubectl } from '../test/cluster/cluster';
import { ControlPlane, startControlPlane } from '../test/cluster/control-plane';
import { controlPlanePrograms } from '../test/cluster/programs';
import { kubectl, NO_CLUSTER } from '../test/support/kubectl';

/*
 * What `verify` costs against a loop of `kubectl auth can-i`, on a control plane that is started for it: 60 permissions asked for by its client
 * over a new connection, and the whole command, process and all. The sides of a ratio take turns. Seconds depend on the machine, so nothing is asserted.
 */

interface Check {
  readonly namespace: string | null;
  readonly verb: string | null;
  readonly target: string | null;
  readonly means: string;
  readonly answer: string;
}

interface Report {
  readonly checks: readonly Check[];
  readonly counts: { readonly connections: number; readonly requests: number };
}

const ROUNDS = 5;
const PERMISSIONS = 60;
const TARGET = 20;
const COMMAND = join(__dirname, '..', 'lib', 'cli', 'main.js');
const NAMESPACE = 'example';

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  if (!existsSync(COMMAND)) throw new Error('lib/ is not built: run npm run compile');
  const controlPlane = await startControlPlane(controlPlanePrograms());
  const folder = mkdtempSync(join(tmpdir(), 'bench-verify-'));
  try {
    await compare(await credential(controlPlane, folder));
  } finally {
    await controlPlane.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function credential({ kubeconfig, server, certificateAuthority }: ControlPlane, folder: string): Promise<string> {
  const access = new Chart(new App(), 'access');
  new NamespaceDeployer(access, 'gitlab', { namespace: NAMESPACE, createNamespace: true });
  runKubectl(kubeconfig, ['apply', '--server-side', '-f', '-'], Yaml.stringify(...access.toJson()));
  const account = `gitlab-${NAMESPACE}`;
  await untilAllowed(kubeconfig, { ...serviceAccountUser(NAMESPACE, account), namespace: NAMESPACE, request: { verb: 'list', group: '', resource: 'pods' } });
  const token = runKubectl(kubeconfig, ['create', 'token', account, '-n', NAMESPACE]).trim();
  const file = join(folder, 'kubeconfig');
  const certificateAuthorityData = Buffer.from(certificateAuthority).toString('base64');
  writeFileSync(file, new Kubeconfig({ server, certificateAuthorityData, namespace: NAMESPACE, token }).toYaml(), { mode: 0o600 });
  return file;
}

async function compare(kubeconfig: string): Promise<void> {
  const { checks, counts } = verify(kubeconfig).report;
  const asked = checks.filter(({ means, namespace, target }) => means === 'access review' && namespace === NAMESPACE && !target?.includes('"')).slice(0, PERMISSIONS);
  if (asked.length < PERMISSIONS) throw new Error(`verify asks for ${asked.length} permissions, not ${PERMISSIONS}`);
  const times = { reviews: [] as number[], command: [] as number[], loop: [] as number[] };
  // The first round warms the file cache.
  for (let round = 0; round <= ROUNDS; round++) {
    const loop = timed(() => asked.forEach((check) => canI(kubeconfig, check)));
    const seconds = { reviews: await ask(kubeconfig, asked), command: verify(kubeconfig).seconds, loop };
    if (round > 0) for (const side of ['reviews', 'command', 'loop'] as const) times[side].push(seconds[side]);
  }
  const [reviews, command, loop] = [median(times.reviews), median(times.command), median(times.loop)];
  console.log(`kubectl auth can-i, ${PERMISSIONS} times: ${millis(loop)}`);
  console.log(`the same ${PERMISSIONS} by verify's client, with the same answers: ${millis(reviews)}, ${ratio(loop, reviews)} (target: ${TARGET})`);
  console.log(`the whole of verify, ${checks.length} checks by ${counts.requests} requests over ${counts.connections} connections: ${millis(command)}, `
    + `${ratio(loop, command)}, and ${ratio(loop / PERMISSIONS, command / checks.length)} for each check`);
}

function ratio(theirs: number, ours: number): string {
  return `${(theirs / ours).toFixed(1)} times as fast`;
}

/** The seconds that the client needs, from connecting to the last answer. */
async function ask(kubeconfig: string, checks: readonly Check[]): Promise<number> {
  const connection = credentialConnection(Kubeconfig.parse(readFileSync(kubeconfig, 'utf8')), new Files({ cwd: '.', stdin: process.stdin }));
  const begun = performance.now();
  const cluster = connectCluster(connection, { variables: {}, clock: systemClock, signal: new AbortController().signal });
  const questions = new AccessReviews(cluster);
  const answers = await Promise.all(checks.map(async (check) => (await questions.canI(requestOf(check), NAMESPACE)).answer));
  const seconds = (performance.now() - begun) / 1000;
  cluster.close();
  if (answers.some((answer, index) => answer !== checks[index]?.answer)) throw new Error('the client does not say twice what verify says once');
  return seconds;
}

function requestOf({ verb, target }: Check): ResourceRequest {
  const [name = '', subresource] = (target ?? '').split('/');
  const [resource = '', ...group] = name.split('.');
  return { verb: verb ?? '', group: group.join('.'), resource, subresource };
}

function verify(kubeconfig: string): { readonly report: Report; readonly seconds: number } {
  let report: Report | undefined;
  const seconds = timed(() => {
    report = JSON.parse(run('node', [COMMAND, 'verify', '--kubeconfig', kubeconfig, '--output', 'json']));
  });
  return { report: report!, seconds };
}

function canI(kubeconfig: string, { verb, target, answer }: Check): void {
  const [resource = '', subresource] = (target ?? '').split('/');
  const args = ['auth', 'can-i', verb ?? '', resource, '-n', NAMESPACE, ...subresource ? [`--subresource=${subresource}`] : [], '--kubeconfig', kubeconfig];
  const said = run(kubectl(), args).trim() === 'yes' ? 'allowed' : 'denied';
  if (said !== answer) throw new Error(`verify says ${answer} where kubectl ${args.join(' ')} says ${said}`);
}

/** What a program prints. `kubectl auth can-i` ends with 1 when the answer is no. */
function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env: NO_CLUSTER, maxBuffer: 64e6 });
  if (error || (status !== 0 && stdout.trim() !== 'no')) throw error ?? new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function timed(action: () => unknown): number {
  const begun = performance.now();
  action();
  return (performance.now() - begun) / 1000;
}

function median(values: number[]): number {
  return [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)]!;
}

function millis(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}
