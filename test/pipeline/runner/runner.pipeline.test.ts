import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { PipelineEvent, ProjectVariable } from './pipeline-event';
import { bareRepository, PipelineRun } from './pipeline-run';
import { gitlabRunner } from './runner-program';
import { COMPILE_TIMEOUT } from '../../cluster/programs';
import { Repository } from '../../gitlab-ci/repository';
import { until } from '../../support/until';

let folder: string;
let program: string;
let pipelines = 0;

beforeAll(() => {
  program = gitlabRunner();
}, COMPILE_TIMEOUT);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gitlab-runner-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Options {
  readonly projectVariables?: readonly ProjectVariable[];
  readonly event?: PipelineEvent;
}

/** A pipeline of a repository with the file README.md. */
function pipeline(jobs: object, options: Options = {}): PipelineRun {
  pipelines += 1;
  const repository = new Repository(join(folder, `source-${pipelines}`));
  repository.write('README.md', 'tracked\n');
  repository.commit('first');
  const bare = join(folder, `site-${pipelines}.git`);
  const commit = bareRepository(join(folder, `source-${pipelines}`), bare, 4701);
  const variables = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder };
  const runner = { program, folder, variables };
  return new PipelineRun({ file: stringify(jobs), repository: bare, commit, iid: 1, runner, ...options });
}

test('a file variable is a file, only for jobs of its environment', async () => {
  const projectVariables = ['staging', 'production'].map((environmentScope) => ({ key: 'FILE', value: `${environmentScope}'s`, variableType: 'file' as const, environmentScope }));
  const jobs = await pipeline({ of: { environment: 'staging', script: ['cat "$FILE"'] }, without: { script: ['echo "file: $FILE"'] } }, { projectVariables }).run();

  expect(jobs.of).toMatchObject({ status: 'success', log: expect.stringContaining('\nstaging\'s') });
  expect(jobs.without?.log).toMatch(/\nfile: \n/);
});

test('the exact value of a masked variable is hidden, and other forms of it are not', async () => {
  const projectVariables = [{ key: 'SECRET', value: 'secret-of-the-job', masked: true }];
  const jobs = await pipeline({ job: { script: ['echo "$SECRET"', 'printf %s "$SECRET" | base64'] } }, { projectVariables }).run();

  expect(jobs.job?.log).toContain('\n[MASKED]\n');
  expect(jobs.job?.log).toContain(`\n${Buffer.from('secret-of-the-job').toString('base64')}\n`);
});

test('a job without a checkout has the artifacts that it needs, and the variables of the dotenv report', async () => {
  const running = pipeline({
    make: { stage: 'build', script: ['mkdir dist', 'echo made > dist/file', 'echo A=1 > a.env'], artifacts: { paths: ['dist/'], reports: { dotenv: 'a.env' } } },
    use: { stage: 'deploy', needs: ['make'], variables: { GIT_STRATEGY: 'none' }, script: ['cat dist/file', 'echo "A is $A"'] },
  });
  const jobs = await running.run();

  expect(jobs.use).toMatchObject({ status: 'success', log: expect.stringMatching(/\nmade\n[^]*\nA is 1\n/) });
  expect(running.dotenv('make')).toEqual({ A: '1' });
});

test('a job with a malformed dotenv report fails, and one without the file of its report succeeds', async () => {
  const report = (script: string) => ({ stage: 'build', script: [script], artifacts: { reports: { dotenv: 'a.env' } } });
  const jobs = await pipeline({ malformed: report('printf "# comment\\nA=1\\n" > a.env'), missing: report('true') }).run();

  expect(jobs.malformed).toMatchObject({ status: 'failed', failureReason: 'script_failure', log: expect.stringContaining('Invalid Format') });
  expect(jobs.missing).toMatchObject({ status: 'success', log: expect.stringContaining('a.env: no matching files') });
});

test('a failed job has its exit code, and jobs that need it do not run', async () => {
  const jobs = await pipeline({
    bad: { script: ['echo no >&2', 'exit 7'] },
    allowed: { script: ['exit 3'], allow_failure: true },
    next: { stage: 'deploy', needs: ['bad'], script: ['true'] },
    other: { stage: 'deploy', needs: ['allowed'], script: ['true'] },
    clean: { stage: 'deploy', needs: ['bad'], when: 'on_failure', script: ['true'] },
  }).run();

  expect(jobs).toEqual({
    bad: expect.objectContaining({ status: 'failed', exitCode: 7, failureReason: 'script_failure', log: expect.stringMatching(/^no$/m) }),
    allowed: expect.objectContaining({ status: 'warning', exitCode: 3 }),
    other: expect.objectContaining({ status: 'success' }),
    clean: expect.objectContaining({ status: 'success' }),
  });
});

test('a failed job is retried as another job', async () => {
  const running = pipeline({ job: { retry: 1, script: ['echo "attempt $CI_JOB_ID"', 'exit 1'] } });
  const jobs = await running.run();

  expect(jobs.job).toMatchObject({ status: 'failed', log: expect.stringMatching(/\nattempt \d+02\n/) });
  expect(running.traces().join('')).toMatch(/attempt \d+01\n/);
});

test('a manual job runs when a person starts it', async () => {
  const jobs = { first: { stage: 'build', script: ['true'] }, stop: { stage: 'deploy', when: 'manual', script: ['echo "started"'] } };
  expect(Object.keys(await pipeline(jobs).run())).toEqual(['first']);
  expect(await pipeline(jobs).run({ manual: ['stop'] })).toMatchObject({ stop: { status: 'success' } });
});

/** It prints all the time: of a silent job, the runner asks GitLab only every 30 s whether it was canceled. */
const WAITING = {
  script: ['trap "echo [got TERM]; exit 143" TERM', 'for i in $(seq 600); do echo "tick $i"; sleep 0.1; done'],
  after_script: ['echo "after: $CI_JOB_STATUS"'],
};

test('a canceled job gets SIGTERM, and its after_script runs', async () => {
  const running = pipeline({ job: WAITING });
  const ended = running.run();
  await until(() => running.runningTrace.includes('tick 2\n'));
  running.cancel();

  expect((await ended).job).toMatchObject({ status: 'canceled', log: expect.stringMatching(/\[got TERM\][^]*after: canceled/) });
});

test('a job that is canceled by force ends without its after_script', async () => {
  const running = pipeline({ job: WAITING });
  const ended = running.run();
  await until(() => running.runningTrace.includes('tick 2\n'));
  running.cancel({ force: true });

  expect(await ended).toMatchObject({ job: { status: 'canceled', log: expect.not.stringContaining('after: ') } });
});

test('a job whose time is up ends without its after_script, and one whose script has less time ends with it', async () => {
  const jobs = await pipeline({
    job: { ...WAITING, timeout: '3 seconds' },
    script: { ...WAITING, timeout: '30 seconds', variables: { RUNNER_SCRIPT_TIMEOUT: '2s' }, needs: [] },
  }).run();

  expect(jobs.job).toMatchObject({ status: 'failed', failureReason: 'job_execution_timeout', log: expect.not.stringContaining('after: ') });
  expect(jobs.script).toMatchObject({ status: 'failed', log: expect.stringContaining('after: ') });
});

test('a job whose runner is killed is failed by GitLab', async () => {
  const running = pipeline({ job: { script: ['echo begun', 'sleep 5'] } });
  const ended = running.run();
  await until(() => running.runningTrace.includes('begun\n'));
  running.killRunner();

  expect(await ended).toMatchObject({ job: { status: 'failed', failureReason: 'stuck_or_timeout_failure' } });
});

test('a pipeline that workflow:rules do not allow is an error', async () => {
  await expect(pipeline({ workflow: { rules: [{ if: '$CI_COMMIT_TAG' }] }, job: { script: ['true'] } }).run()).rejects.toThrow('workflow:rules do not allow');
});
