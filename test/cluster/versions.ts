import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newestPatches, rowOf, SuiteResult, withRow } from './version-table';

const ROOT = join(__dirname, '..', '..');
const TABLE = join(ROOT, 'docs', 'kubernetes-versions.md');

/** The oldest supported minor versions. The newest version is tested, too. */
const MINORS = ['1.33', '1.34'];

/**
 * Runs the cluster tests on several versions of Kubernetes, and writes the results into the table in docs/. Each version is compiled once on a machine.
 * Words choose minor versions: `npm run test:versions -- 1.33`.
 */
function main(words: readonly string[]): void {
  const published = execFileSync('go', ['list', '-m', '-versions', 'k8s.io/kubernetes'], { encoding: 'utf8', cwd: tmpdir(), env: { ...process.env, GOWORK: 'off' } });
  const versions = newestPatches(published.split(/\s+/), words.length > 0 ? words : MINORS, words.length === 0);
  for (const version of versions) {
    console.error(`Kubernetes ${version}`);
    const row = rowOf(version, new Date(), suitesOn(version));
    writeFileSync(TABLE, withRow(existsSync(TABLE) ? readFileSync(TABLE, 'utf8') : undefined, row));
    if (!row.isPassed) process.exitCode = 1;
  }
}

function suitesOn(version: string): SuiteResult[] {
  const folder = mkdtempSync(join(tmpdir(), 'versions-'));
  const output = join(folder, 'results.json');
  try {
    const args = ['jest', '--ci', '--json', '--outputFile', output, '\\.cluster\\.test\\.ts$'];
    spawnSync('npx', args, { cwd: ROOT, env: { ...process.env, K8S_VERSION: version }, stdio: ['ignore', 2, 2] });
    const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as { testResults: Array<{ name: string; status: string; assertionResults: Array<{ status: string }> }> };
    return testResults.map(({ name, status, assertionResults }) => ({
      file: name,
      passed: assertionResults.filter((one) => one.status === 'passed').length,
      // A file that cannot start has no tests.
      failed: assertionResults.length === 0 && status === 'failed' ? 1 : assertionResults.filter((one) => one.status === 'failed').length,
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main(process.argv.slice(2));
