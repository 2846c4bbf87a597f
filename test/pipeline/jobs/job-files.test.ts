import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCommand } from '../../../src/pipeline/jobs/job-files';

const COMMAND = 'console.log("command");\n';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'job-files-'));
  mkdirSync(join(folder, 'dist', '7'), { recursive: true });
  writeFileSync(join(folder, 'dist', '7', 'cdk8s-ci-deploy.cjs'), COMMAND);
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the check, and a line behind it, as a runner does. */
function check(content: string) {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return spawnSync('sh', ['-e'], { cwd: folder, input: `${checkCommand(sha256)}\necho next\n`, encoding: 'utf8', env: { PATH: process.env.PATH, CI_PIPELINE_ID: '7' } });
}

test('the job continues with the command of the pipeline', () => {
  expect(check(COMMAND)).toMatchObject({ status: 0, stdout: 'dist/7/cdk8s-ci-deploy.cjs: OK\nnext\n' });
});

test.each(['console.log("of another release");\n', ''])('the job ends before another command, and names the way out', (content) => {
  const { status, stdout, stderr } = check(content);

  expect([status, stdout]).toEqual([1, 'dist/7/cdk8s-ci-deploy.cjs: FAILED\n']);
  expect(stderr).toContain('cdk8s-ci-deploy is not the version of this pipeline. Run "npx cdk8s-ci-deploy pipeline" and commit the file. With a component, set its input command-sha256.\n');
});
