import { Arguments } from '../../../../src/cli/command-line/arguments';
import { identityOf, jobOf } from '../../../../src/cli/deploy/history/identity';
import { CiVariables } from '../../../../src/gitlab/ci-variables';

const context = (options: Record<string, string>, variables: CiVariables = {}) => ({
  args: new Arguments([], new Map(Object.entries(options).map(([name, value]) => [name, [value]]))), variables,
});

test.each<[string, Record<string, string>, CiVariables, object]>([
  ['in CI', { app: 'web' }, { CI_PROJECT_ID: '42', CI_ENVIRONMENT_NAME: 'review/a b' }, { project: '42', environment: 'review/a b', app: 'web' }],
  ['the option before the variable', { app: 'web', environment: 'x' }, { CI_ENVIRONMENT_NAME: 'y' }, { project: 'local', environment: 'x', app: 'web' }],
  ['outside of CI', { app: 'web', environment: 'x' }, { CI_PROJECT_ID: '' }, { project: 'local', environment: 'x', app: 'web' }],
])('whose release it is: %s', (_, options, variables, identity) => {
  expect(identityOf(context(options, variables))).toEqual(identity);
});

test.each<[string, Record<string, string>, CiVariables, RegExp]>([
  ['no environment', { app: 'web' }, { CI_ENVIRONMENT_NAME: '', CI_ENVIRONMENT_SLUG: 'x' }, /^--environment: it is missing, and so is CI_ENVIRONMENT_NAME/],
  ['no application', { environment: 'x' }, {}, /^--app: it is missing/],
  ['an empty environment', { app: 'web', environment: ' ' }, { CI_ENVIRONMENT_NAME: 'y' }, /^--environment: " ", expected/],
  ['a line feed', { app: 'a\nb', environment: 'x' }, {}, /^--app: "a\\nb", expected a name of at most 255 characters; give one/],
  ['a long one', { app: 'a'.repeat(256), environment: 'x' }, {}, /^--app: /],
])('nothing is guessed: %s', (_, options, variables, message) => {
  expect(() => identityOf(context(options, variables))).toThrow(message);
});

test('the job is what GitLab says of it', () => {
  expect(jobOf({
    CI_PIPELINE_IID: '7', CI_JOB_ID: '70', CI_COMMIT_SHA: 'abc', CI_PIPELINE_URL: 'https://gitlab.example.com/p/7', CI_JOB_URL: 'https://gitlab.example.com/j/70',
  })).toEqual({
    pipelineIid: 7, jobId: 70, commit: 'abc', pipelineUrl: 'https://gitlab.example.com/p/7', jobUrl: 'https://gitlab.example.com/j/70',
  });
});

test.each<CiVariables>([{}, { CI_JOB_ID: '', CI_COMMIT_SHA: '' }, { CI_JOB_ID: 'x', CI_PIPELINE_IID: '-1' }])('outside of CI there is no job: %j', (variables) => {
  expect(JSON.stringify(jobOf(variables))).toBe('{}');
});
