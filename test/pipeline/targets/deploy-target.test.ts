import { DeployTarget, DeployRef, ReviewTargetOptions, TargetOptions } from '../../../src';
import { fileOf, PRODUCTION, REVIEW, STAGING } from '../../support/pipelines';
import { messageOf } from '../../support/synth';

jest.mock('../../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const DEFAULT_BRANCH = '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH';
const MERGE_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID';

test('a target describes its environment to GitLab', () => {
  const target = DeployTarget.of({ environment: 'staging', namespace: 'example-staging', url: 'https://$CI_ENVIRONMENT_SLUG.example.com', tier: 'staging', autoStopIn: '2 weeks' });

  expect(fileOf({ targets: [target] })['deploy-staging'].environment).toEqual({
    name: 'staging', url: 'https://$CI_ENVIRONMENT_SLUG.example.com', deployment_tier: 'staging', on_stop: 'stop-staging', auto_stop_in: '2 weeks',
  });
});

test.each<[string, Partial<TargetOptions>, string]>([
  ['an unknown tier', { tier: 'prod' }, 'tier: it is "prod", expected production, staging, testing, development, other; use production'],
  ['an address without a scheme', { url: 'example.com' }, 'url: it is "example.com", expected an address'],
  ['an address with a space', { url: 'https://example.com/a b' }, 'url: it is'],
  ['an invalid time', { autoStopIn: 'soon' }, 'autoStopIn: it is "soon", expected a duration'],
])('a target rejects %s', (_, options, message) => {
  expect(messageOf(() => DeployTarget.of({ environment: 'staging', namespace: 'example-staging', ...options }))).toContain(message);
});

describe('a protected target', () => {
  test('is deployed to only from protected refs', () => {
    expect(fileOf({ targets: [PRODUCTION] })['deploy-production'].rules).toEqual([{ if: `${DEFAULT_BRANCH} && $CI_COMMIT_REF_PROTECTED == "true"` }]);
  });

  test('can wait for a person to start the job', () => {
    const target = DeployTarget.of({ environment: 'production', namespace: 'example', protectedRefsOnly: true, manual: true });

    expect(fileOf({ targets: [target] })['deploy-production'].rules).toEqual([{ if: `${DEFAULT_BRANCH} && $CI_COMMIT_REF_PROTECTED == "true"`, when: 'manual' }]);
  });
});

describe('the deploy job of a later target', () => {
  const deployOf = (targets: DeployTarget[], name: string) => fileOf({ targets })[`deploy-${name}`].needs;

  test('needs the job of the target before it', () => {
    expect(deployOf([STAGING, PRODUCTION], 'production')).toEqual([{ job: 'synth', artifacts: true }, { job: 'deploy-staging', artifacts: false }]);
  });

  test('needs the job of the target in the option after', () => {
    const canary = DeployTarget.of({ environment: 'canary', namespace: 'example-canary' });
    const last = DeployTarget.of({ environment: 'production', namespace: 'example', after: 'staging' });

    expect(deployOf([STAGING, canary, last], 'production')).toContainEqual({ job: 'deploy-staging', artifacts: false });
    expect(deployOf([STAGING, canary, last], 'production')).toHaveLength(2);
  });

  test('has an optional need when a pipeline can deploy to the later target alone', () => {
    const release = DeployTarget.of({ environment: 'production', namespace: 'example', ref: DeployRef.tag('^v') });

    expect(deployOf([STAGING, release], 'production')).toContainEqual({ job: 'deploy-staging', artifacts: false, optional: true });
    expect(deployOf([PRODUCTION, STAGING], 'staging')).toContainEqual({ job: 'deploy-production', artifacts: false, optional: true });
  });

  test('neither needs a review app nor is needed by one', () => {
    expect(deployOf([STAGING, REVIEW, PRODUCTION], 'production')).toContainEqual({ job: 'deploy-staging', artifacts: false });
    expect(deployOf([STAGING, REVIEW, PRODUCTION], 'review')).toEqual([{ job: 'synth', artifacts: true }]);
  });

  test.each([['nowhere'], ['production'], ['review/mr-$CI_MERGE_REQUEST_IID']])('may not come after %s', (after) => {
    const target = DeployTarget.of({ environment: 'production', namespace: 'example', after });

    expect(messageOf(() => fileOf({ targets: [STAGING, target, REVIEW] }))).toContain('expected staging; use one of these environments');
  });
});

describe('a review app', () => {
  test('is built, synthesized and deployed in the pipeline of its merge request', () => {
    const file = fileOf({ targets: [REVIEW] });

    for (const name of ['container', 'synth', 'deploy-review']) expect(file[name].rules).toEqual([{ if: MERGE_REQUEST }]);
  });

  test('has its own application name and its own environment', () => {
    const { environment, resource_group: group, script } = fileOf({ targets: [REVIEW] })['deploy-review'];

    expect(environment.name).toBe('review/mr-$CI_MERGE_REQUEST_IID');
    expect(group).toBe('review/mr-$CI_MERGE_REQUEST_IID');
    expect(script.at(-1)).toContain('deploy "dist/$CI_PIPELINE_ID/review" --app "web-mr-$CI_MERGE_REQUEST_IID"');
  });

  test('prevents a second pipeline for its branch, but not for a branch that is deployed', () => {
    expect(fileOf({ targets: [STAGING, PRODUCTION, REVIEW] }).workflow).toEqual({
      rules: [
        { if: '$CI_PIPELINE_SOURCE == "merge_request_event"' },
        { if: DEFAULT_BRANCH },
        { if: '$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS', when: 'never' },
        { when: 'always' },
      ],
    });
    expect(fileOf({ targets: [STAGING] }).workflow).toBeUndefined();
  });

  test('allows no workflow of the user', () => {
    expect(messageOf(() => fileOf({ targets: [REVIEW], raw: { workflow: {} } }))).toContain('raw: it has workflow');
    expect(fileOf({ raw: { workflow: { name: 'x' } } }).workflow).toEqual({ name: 'x' });
  });

  test.each<[Partial<ReviewTargetOptions>, string]>([[{}, '3 days'], [{ autoStopIn: '1 day' }, '1 day']])('is stopped after the chosen time: %j', (options, time) => {
    const target = DeployTarget.review({ namespace: 'example-review', ...options });

    expect(fileOf({ targets: [target] })['deploy-review'].environment.auto_stop_in).toBe(time);
  });
});
