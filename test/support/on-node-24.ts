import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { nodeFolder } from './node-versions';

/** Tests of a kind (`*.kubectl.test.ts`) need more than Node, so they do not run again. */
const OF_A_KIND = '\\.\\w+\\.test\\.ts$';

process.exitCode = runQuickTests();

function runQuickTests(): number {
  const version = '24.9.0';
  const bin = nodeFolder(version);
  const jest = join(__dirname, '..', '..', 'node_modules', 'jest', 'bin', 'jest.js');
  // The tests start `node` by its name, which must be this version too.
  const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter), CLOSING_COUNTS_WHERE: `on Node ${version}` };
  const run = spawnSync(join(bin, 'node'), [jest, '--ci', '--testPathIgnorePatterns', OF_A_KIND], { cwd: join(__dirname, '..', '..'), env, stdio: 'inherit' });
  return run.status ?? 1;
}
