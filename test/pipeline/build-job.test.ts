import { BuildJob, BuildJobOptions } from '../../src/index';
import { fileOf } from '../support/pipelines';
import { messageOf } from '../support/synth';

jest.mock('../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const job = (options: Partial<BuildJobOptions> = {}) => fileOf({ buildJob: BuildJob.script({ script: ['hugo'], artifacts: ['public'], ...options }) });

test('the build job runs commands and keeps their files for a day', () => {
  expect(job().build).toEqual({
    stage: 'build',
    rules: [{ if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' }],
    interruptible: true,
    script: ['hugo'],
    artifacts: { paths: ['public'], expire_in: '1 day' },
  });
});

test('the build job accepts the options of every job', () => {
  const { site } = job({
    name: 'site', image: 'registry.example.com/hugo:1', tags: ['large'], needs: ['lint'], variables: { HUGO_ENV: 'production' }, timeout: '5 minutes', raw: { cache: { paths: ['.cache'] } },
  });

  expect(site).toMatchObject({
    image: 'registry.example.com/hugo:1',
    tags: ['large'],
    needs: [{ job: 'lint', artifacts: false }],
    variables: { HUGO_ENV: 'production' },
    timeout: '5 minutes',
    cache: { paths: ['.cache'] },
  });
});

test('the image job needs the build job by its name', () => {
  expect(job({ name: 'site' }).container.needs).toEqual([{ job: 'site', artifacts: true }]);
});

test('the build job copies the lists in its options', () => {
  const script = ['hugo'];
  const buildJob = BuildJob.script({ script, artifacts: ['public'] });
  script.push('true');

  expect(fileOf({ buildJob }).build.script).toEqual(['hugo']);
});

test.each<[string, Partial<BuildJobOptions>, string]>([
  ['an invalid expiry', { expireIn: 'tomorrow' }, 'expireIn: it is "tomorrow", expected a duration'],
  ['a raw keyword that the job sets', { raw: { artifacts: {} } }, 'job build: raw has "artifacts"'],
])('the build job rejects %s', (_, options, message) => {
  expect(messageOf(() => job(options))).toContain(message);
});
