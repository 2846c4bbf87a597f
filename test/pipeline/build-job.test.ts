import { BuildJob, BuildJobOptions } from '../../src/index';
import { fileOf } from '../support/pipelines';
import { messageOf } from '../support/synth';

jest.mock('../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const job = (options: Partial<BuildJobOptions> = {}) => fileOf({ buildJob: BuildJob.script({ script: ['hugo'], artifacts: ['public'], ...options }) });

test('runs commands, and keeps their result for a day', () => {
  expect(job().build).toEqual({
    stage: 'build',
    rules: [{ if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' }],
    interruptible: true,
    script: ['hugo'],
    artifacts: { paths: ['public'], expire_in: '1 day' },
  });
});

test('takes what every job takes', () => {
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

test('is needed by the image job under its name', () => {
  expect(job({ name: 'site' }).container.needs).toEqual([{ job: 'site', artifacts: true }]);
});

test('does not change when the lists change that it was made of', () => {
  const script = ['hugo'];
  const buildJob = BuildJob.script({ script, artifacts: ['public'] });
  script.push('true');

  expect(fileOf({ buildJob }).build.script).toEqual(['hugo']);
});

test.each<[string, Partial<BuildJobOptions>, string]>([
  ['an expiry that GitLab does not read', { expireIn: 'tomorrow' }, 'expireIn: it is "tomorrow", expected a duration'],
  ['a keyword that it has', { raw: { artifacts: {} } }, 'job build: raw has "artifacts"'],
])('refuses %s', (_, options, message) => {
  expect(messageOf(() => job(options))).toContain(message);
});
