import { Arguments } from '../../../../src/cli/command-line/arguments';
import { identityOf, jobOf } from '../../../../src/cli/deploy/history/release-options';
import { CiVariables } from '../../../../src/gitlab/ci-variables';

const context = (options: Record<string, string>, variables: CiVariables = {}) => ({
  args: new Arguments([], new Map(Object.entries(options).map(([name, value]) => [name, [value]]))), variables,
});

describe('identityOf', () => {
  test.each<[string, Record<string, string>, CiVariables, object]>([
    ['uses the variables of a CI job', { app: 'web' }, { CI_PROJECT_ID: '42', CI_ENVIRONMENT_NAME: 'review/a b' }, { project: '42', environment: 'review/a b', app: 'web' }],
    ['prefers --environment to the variable', { app: 'web', environment: 'x' }, { CI_ENVIRONMENT_NAME: 'y' }, { project: 'local', environment: 'x', app: 'web' }],
    ['uses the project "local" outside of CI', { app: 'web', environment: 'x' }, { CI_PROJECT_ID: '' }, { project: 'local', environment: 'x', app: 'web' }],
  ])('%s', (_, options, variables, identity) => {
    expect(identityOf(context(options, variables))).toEqual(identity);
  });

  test.each<[string, Record<string, string>, CiVariables, RegExp]>([
    ['a missing environment, although there is a slug', { app: 'web' }, { CI_ENVIRONMENT_NAME: '', CI_ENVIRONMENT_SLUG: 'x' },
      /^--environment: it is missing, and so is CI_ENVIRONMENT_NAME, .*`--environment production`$/],
    ['a missing application', { environment: 'x' }, {}, /^--app: it is missing, expected a name of at most 255 characters; set it, such as `--app web`$/],
    ['a blank environment, although the variable is set', { app: 'web', environment: ' ' }, { CI_ENVIRONMENT_NAME: 'y' }, /^--environment: " ", expected .*; set it/],
    ['a line feed, and suggests a valid name', { app: 'a\nb', environment: 'x' }, {}, /^--app: "a\\nb", expected a name of at most 255 characters; try "a-b"$/],
    ['a name of 256 characters', { app: 'a'.repeat(256), environment: 'x' }, {}, /^--app: .*; choose a shorter name$/],
  ])('rejects %s', (_, options, variables, message) => {
    expect(() => identityOf(context(options, variables))).toThrow(message);
  });
});

describe('jobOf', () => {
  test('reads the job from the predefined variables', () => {
    expect(jobOf({
      CI_PIPELINE_IID: '7', CI_JOB_ID: '70', CI_COMMIT_SHA: 'abc', CI_PIPELINE_URL: 'https://gitlab.example.com/p/7', CI_JOB_URL: 'https://gitlab.example.com/j/70',
    })).toEqual({
      pipelineIid: 7, jobId: 70, commit: 'abc', pipelineUrl: 'https://gitlab.example.com/p/7', jobUrl: 'https://gitlab.example.com/j/70',
    });
  });

  test.each<CiVariables>([{}, { CI_JOB_ID: '', CI_COMMIT_SHA: '' }, { CI_JOB_ID: 'x', CI_PIPELINE_IID: '-1' }])('finds no job in the variables %j', (variables) => {
    expect(JSON.stringify(jobOf(variables))).toBe('{}');
  });
});
