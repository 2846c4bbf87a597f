import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { prepareRunner } from './gitlab-ci-local';
import { Repository } from './repository';
import { Runner } from './runner';
import { FETCH_TIMEOUT, kubectl } from '../support/kubectl';

let folder: string;
let repository: Repository;
let runner: Runner;

beforeAll(() => {
  prepareRunner();
  kubectl();
  folder = mkdtempSync(join(tmpdir(), 'runner-'));
  repository = new Repository(join(folder, 'repository'));
  repository.write('README.md', 'tracked\n');
  runner = new Runner(join(folder, 'runner'), { dockerHub: '127.0.0.1:1', project: '127.0.0.1:1' });
}, FETCH_TIMEOUT);

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function pipeline(jobs: object) {
  repository.write('.gitlab-ci.yml', stringify(jobs));
  repository.commit('pipeline');
  return runner.pipeline(repository, [
    { key: 'FILE', value: 'staging\'s', variableType: 'file', environmentScope: 'staging' },
    { key: 'FILE', value: 'production\'s', variableType: 'file', environmentScope: 'production' },
  ]);
}

test('a file variable is a file that only its owner can read, only for jobs of its environment, and not in /tmp', async () => {
  const before = filesOfVariables();
  const jobs = await pipeline({
    of: { environment: 'staging', script: ['stat -c %a "$FILE"; cat "$FILE"'] },
    without: { script: ['echo "file: $FILE"'] },
  }).run();

  expect(jobs.of).toMatchObject({ status: 'success', log: expect.stringMatching(/\n600\nstaging's/) });
  expect(jobs.without?.log).toMatch(/\nfile: \n/);
  expect(filesOfVariables()).toEqual(before);
});

test('a job without a checkout has only the artifacts that it needs', async () => {
  const jobs = await pipeline({
    make: { script: ['mkdir dist && echo made > dist/file'], artifacts: { paths: ['dist/'] } },
    use: { stage: 'deploy', needs: ['make'], variables: { GIT_STRATEGY: 'none' }, script: ['find . -type f', 'cat dist/file'] },
  }).run();

  expect(jobs.use).toMatchObject({ status: 'success', log: '$ find . -type f\n./dist/file\n$ cat dist/file\nmade\n' });
});

test('the files of a script exist in after_script and in the artifacts', async () => {
  const running = pipeline({
    make: {
      script: ['echo made > file', 'echo A=1 > report.env'], after_script: ['cat file', 'rm file'], artifacts: { paths: ['*.env'], reports: { dotenv: 'report.env' } },
    },
    use: { stage: 'deploy', needs: ['make'], script: ['ls', 'echo "A is $A"'] },
  });
  const jobs = await running.run();

  expect(jobs.make?.log).toMatch(/\nmade\n/);
  expect(jobs.use?.log).toMatch(/\nREADME\.md\nreport\.env\n[^]*\nA is 1\n/);
  expect(running.dotenv('make', 'report.env')).toEqual({ A: '1' });
});

test('a job with an image runs in its folder and has the programs of this machine', async () => {
  const jobs = await pipeline({ job: { image: 'node:24', script: ['test "$PWD" = "$CI_PROJECT_DIR"', 'node --version', 'kubectl version --client'] } }).run();

  expect(jobs.job).toMatchObject({ status: 'success', log: expect.stringContaining(`\n${process.version}\n`) });
});

test('a failed job has its exit code, and the jobs that need it are not started', async () => {
  const jobs = await pipeline({
    good: { script: ['true'] },
    bad: { script: ['echo no >&2', 'exit 7'] },
    allowed: { script: ['exit 3'], allow_failure: true },
    next: { stage: 'deploy', needs: ['bad'], script: ['true'] },
  }).run();

  const id = expect.stringMatching(/^\d+$/);
  expect(jobs).toEqual({
    good: { id, status: 'success', exitCode: 0, log: '$ true\n' },
    bad: { id, status: 'failed', exitCode: 7, log: expect.stringMatching(/^no$/m) },
    allowed: { id, status: 'warning', exitCode: 3, log: '$ exit 3\n' },
  });
});

test('a file that GitLab\'s schema rejects is an error', async () => {
  await expect(pipeline({ job: { script: ['true'], timeout: ['1'] } }).run()).rejects.toThrow(/gitlab-ci-local ran no job and ended with status 1\n[^]*timeout/);
});

function filesOfVariables(): string[] {
  return existsSync('/tmp') ? readdirSync('/tmp').filter((name) => name.startsWith('gitlab-ci-local-file-variables')) : [];
}
