import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { nodeFolder, NODE_VERSIONS, NodeVersion } from './node-versions';

/*
 * Runs the quick tests on the Node versions that are newer than the oldest that this package supports.
 */
const ROOT = join(__dirname, '..', '..');

/** Tests of a kind (`*.kubectl.test.ts`) need more than Node, so they do not run again. */
const OF_A_KIND = '\\.\\w+\\.test\\.ts$';

process.exitCode = NODE_VERSIONS.slice(1).map(runQuickTests).find((status) => status !== 0) ?? 0;

function runQuickTests(version: NodeVersion): number {
  const bin = nodeFolder(version);
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  // The tests start `node` by its name, which must be this version too.
  const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter), CLOSING_COUNTS_WHERE: `on Node ${version}` };
  const run = spawnSync(join(bin, 'node'), [jest, '--ci', '--testPathIgnorePatterns', OF_A_KIND], { cwd: ROOT, env, stdio: 'inherit' });
  return run.status ?? 1;
}
