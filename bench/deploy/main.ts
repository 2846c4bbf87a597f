import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bench } from './bench';
import { GNU_TIME } from './job';
import type { Peer } from './peer';
import { applySet } from './peers/apply-set';
import { ciDeploy } from './peers/cdk8s-ci-deploy';
import { helm } from './peers/helm';
import { kapp } from './peers/kapp';
import { kubectlApply } from './peers/kubectl-apply';
import { FAULTS } from './scenarios/faults';
import { PRUNING } from './scenarios/pruning';
import { REFUSALS } from './scenarios/refusals';
import { ROLLOUTS } from './scenarios/rollouts';
import { cellsOf, TIMES } from './scenarios/times';
import { markdownTable, Table, textTable } from './table';
import { targets } from './targets';
import { administratorClient } from '../../test/cluster/clients';
import { startControlPlane } from '../../test/cluster/control-plane';
import { needDebianPackages } from '../../test/cluster/debian';
import { controlPlanePrograms } from '../../test/cluster/programs';

/*
 * What a deploy job does and costs, side by side with what a team would put there instead: the same application, the same API server with kwok's
 * pods, the same rights. Every cell is measured in this run. Seconds depend on the machine, so nothing is asserted: compare within a row.
 *
 * --rounds N   how many times the times are taken (default: 7)
 * --only TEXT  only rows that contain it; `times` for those
 * --peer TEXT  only columns that contain it
 * --markdown   the form of the table
 */

const PEERS: readonly Peer[] = [ciDeploy, kubectlApply, applySet, helm, kapp];
const SCENARIOS = [...ROLLOUTS, ...REFUSALS, ...PRUNING, ...FAULTS];

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const { values: options } = parseArgs({ options: { rounds: { type: 'string' }, only: { type: 'string' }, peer: { type: 'string' }, markdown: { type: 'boolean' } } });
  needDebianPackages({ time: GNU_TIME });
  const leftOut: string[] = [];
  const peers = PEERS.filter(({ name }) => name.includes(options.peer ?? '')).filter((peer) => isThere(peer, leftOut));
  const folder = mkdtempSync(join(tmpdir(), 'bench-deploy-'));
  const controlPlane = await startControlPlane(controlPlanePrograms(), { nodes: 'kwok' });
  const admin = await administratorClient(controlPlane.kubeconfig);
  try {
    const bench = new Bench({ controlPlane, admin, folder, programs: join(folder, 'bin') }, peers, (line) => console.error(line));
    const [rows, notes] = await played(bench, options.only ?? '', Number(options.rounds ?? 7));
    const table = [['', ...peers.map(({ name }) => name)], ...rows];
    console.log(options.markdown ? markdownTable(table) : textTable(table));
    console.log(['', ...notes, ...leftOut, `load average in the last 15 minutes: ${loadavg()[2]!.toFixed(1)}, on ${cpus().length} CPUs`].join('\n'));
  } finally {
    admin.close();
    await controlPlane.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fetches or compiles it. */
function isThere(peer: Peer, leftOut: string[]): boolean {
  try {
    peer.programs();
    return true;
  } catch (error) {
    if (peer === ciDeploy) throw error;
    leftOut.push(`${peer.name} is left out: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

async function played(bench: Bench, only: string, rounds: number): Promise<[Table, string[]]> {
  const times = 'times'.includes(only) ? await bench.times(rounds) : undefined;
  const rows = times ? transposed(TIMES, [...times.values()].map(cellsOf)) : [];
  for (const scenario of SCENARIOS.filter((one) => one.rows[0]!.includes(only))) rows.push(...transposed(scenario.rows, await bench.play(scenario)));
  return [rows, times ? targets(ciDeploy, times) : []];
}

/** From a list for each peer to a line for each row. */
function transposed(heads: readonly string[], columns: ReadonlyArray<readonly string[]>): string[][] {
  return heads.map((head, row) => [head, ...columns.map((cells) => cells[row]!)]);
}
