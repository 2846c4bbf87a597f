import { DeployTarget, DeployRef, ReviewTargetOptions, TargetOptions } from '../../../src/index';
import { fileOf, PRODUCTION, REVIEW, STAGING } from '../../support/pipelines';
import { messageOf } from '../../support/synth';

jest.mock('../../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const DEFAULT_BRANCH = '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH';
const MERGE_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID';

test('says to GitLab what the environment is', () => {
  const target = DeployTarget.of({ environment: 'staging', namespace: 'example-staging', url: 'https://$CI_ENVIRONMENT_SLUG.example.com', tier: 'staging', autoStopIn: '2 weeks' });

  expect(fileOf({ targets: [target] })['deploy-staging'].environment).toEqual({
    name: 'staging', url: 'https://$CI_ENVIRONMENT_SLUG.example.com', deployment_tier: 'staging', on_stop: 'stop-staging', auto_stop_in: '2 weeks',
  });
});

test.each<[string, Partial<TargetOptions>, string]>([
  ['a tier of its own', { tier: 'prod' }, 'tier: it is "prod", expected production, staging, testing, development, other'],
  ['an address without scheme', { url: 'example.com' }, 'url: it is "example.com", expected an address'],
  ['an address with a space', { url: 'https://example.com/a b' }, 'url: it is'],
  ['a time that GitLab does not read', { autoStopIn: 'soon' }, 'autoStopIn: it is "soon", expected a duration'],
])('refuses %s', (_, options, message) => {
  expect(messageOf(() => DeployTarget.of({ environment: 'staging', namespace: 'example-staging', ...options }))).toContain(message);
});

describe('a protected target', () => {
  test('is not reached from a ref that is not protected', () => {
    expect(fileOf({ targets: [PRODUCTION] })['deploy-production'].rules).toEqual([{ if: `${DEFAULT_BRANCH} && $CI_COMMIT_REF_PROTECTED == "true"` }]);
  });

  test('may wait for someone', () => {
    const target = DeployTarget.of({ environment: 'production', namespace: 'example', protectedRefsOnly: true, manual: true });

    expect(fileOf({ targets: [target] })['deploy-production'].rules).toEqual([{ if: `${DEFAULT_BRANCH} && $CI_COMMIT_REF_PROTECTED == "true"`, when: 'manual' }]);
  });
});

describe('one image goes from target to target', () => {
  const deployOf = (targets: DeployTarget[], name: string) => fileOf({ targets })[`deploy-${name}`].needs;

  test('in their order', () => {
    expect(deployOf([STAGING, PRODUCTION], 'production')).toEqual([{ job: 'synth', artifacts: true }, { job: 'deploy-staging', artifacts: false }]);
  });

  test('or after the one that is named', () => {
    const canary = DeployTarget.of({ environment: 'canary', namespace: 'example-canary' });
    const last = DeployTarget.of({ environment: 'production', namespace: 'example', after: 'staging' });

    expect(deployOf([STAGING, canary, last], 'production')).toContainEqual({ job: 'deploy-staging', artifacts: false });
    expect(deployOf([STAGING, canary, last], 'production')).toHaveLength(2);
  });

  test('where a pipeline deploys to the later one alone, it waits for nothing', () => {
    const release = DeployTarget.of({ environment: 'production', namespace: 'example', ref: DeployRef.tag('^v') });

    expect(deployOf([STAGING, release], 'production')).toContainEqual({ job: 'deploy-staging', artifacts: false, optional: true });
    expect(deployOf([PRODUCTION, STAGING], 'staging')).toContainEqual({ job: 'deploy-production', artifacts: false, optional: true });
  });

  test('a review app is no step on the way', () => {
    expect(deployOf([STAGING, REVIEW, PRODUCTION], 'production')).toContainEqual({ job: 'deploy-staging', artifacts: false });
    expect(deployOf([STAGING, REVIEW, PRODUCTION], 'review')).toEqual([{ job: 'synth', artifacts: true }]);
  });

  test.each([['nowhere'], ['production'], ['review/mr-$CI_MERGE_REQUEST_IID']])('not after %s', (after) => {
    const target = DeployTarget.of({ environment: 'production', namespace: 'example', after });

    expect(messageOf(() => fileOf({ targets: [STAGING, target, REVIEW] }))).toContain('expected staging; name one of the targets');
  });
});

describe('a review app', () => {
  test('is built, synthesized and deployed in the pipeline of its merge request', () => {
    const file = fileOf({ targets: [REVIEW] });

    for (const name of ['container', 'synth', 'deploy-review']) expect(file[name].rules).toEqual([{ if: MERGE_REQUEST }]);
  });

  test('is an application of its own at an environment of its own', () => {
    const { environment, resource_group: group, script } = fileOf({ targets: [REVIEW] })['deploy-review'];

    expect(environment.name).toBe('review/mr-$CI_MERGE_REQUEST_IID');
    expect(group).toBe('review/mr-$CI_MERGE_REQUEST_IID');
    expect(script.at(-1)).toContain('deploy "dist/$CI_PIPELINE_ID/review" --app "web-mr-$CI_MERGE_REQUEST_IID"');
  });

  test('does not make a second pipeline, and does not stop that of a branch which is deployed', () => {
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

  test('is not for a workflow of one\'s own', () => {
    expect(messageOf(() => fileOf({ targets: [REVIEW], raw: { workflow: {} } }))).toContain('raw: it has workflow');
    expect(fileOf({ raw: { workflow: { name: 'x' } } }).workflow).toEqual({ name: 'x' });
  });

  test.each<[Partial<ReviewTargetOptions>, string]>([[{}, '3 days'], [{ autoStopIn: '1 day' }, '1 day']])('is stopped after a time: %j', (options, time) => {
    const target = DeployTarget.review({ namespace: 'example-review', ...options });

    expect(fileOf({ targets: [target] })['deploy-review'].environment.auto_stop_in).toBe(time);
  });
});
