import { readCiFile } from './ci-file';
import { PipelineEvent, PUSH_TO_MAIN } from './pipeline-event';
import { decide, isAllowed } from './rules';
import { VariableSources } from './variables';

const sources = (event: PipelineEvent = PUSH_TO_MAIN): VariableSources => ({
  url: 'http://127.0.0.1:1',
  pipelineId: 4701,
  pipelineIid: 1,
  commit: '0'.repeat(40),
  event,
  fileVariables: {},
  predefined: {},
  timeout: 3600,
  projectVariables: [{ key: 'SCOPED', value: 'x', environmentScope: 'production' }, { key: 'SWITCH', value: 'on' }],
});

function decision(job: object, event?: PipelineEvent) {
  return decide(readCiFile(JSON.stringify({ job: { script: ['true'], ...job } })).jobs[0]!, sources(event));
}

test('a job without rules runs when earlier jobs have succeeded', () => {
  expect(decision({})).toEqual({ when: 'on_success', allowFailure: false, variables: {} });
});

test('a manual job without rules does not block the pipeline, and one with rules does', () => {
  expect(decision({ when: 'manual' })).toMatchObject({ when: 'manual', allowFailure: true });
  expect(decision({ rules: [{ when: 'manual' }] })).toMatchObject({ when: 'manual', allowFailure: false });
});

test('the first matching rule counts, and a job without one is not in the pipeline', () => {
  expect(decision({ rules: [{ if: '$CI_COMMIT_TAG' }, { if: '$SWITCH == "on"', when: 'always', variables: { A: 1 } }] }))
    .toEqual({ when: 'always', allowFailure: false, variables: { A: { value: '1', raw: false } } });
  expect(decision({ rules: [{ if: '$CI_COMMIT_TAG' }] })).toBeUndefined();
  expect(decision({ rules: [{ if: '$SWITCH', when: 'never' }, { when: 'always' }] })).toBeUndefined();
});

test('rules do not see variables that only jobs have, or that have an environment scope', () => {
  expect(decision({ environment: 'production', rules: [{ if: '$CI_JOB_ID || $CI_PIPELINE_ID || $SCOPED || $CI_JOB_TOKEN' }] })).toBeUndefined();
});

test.each<[PipelineEvent, string]>([
  [PUSH_TO_MAIN, '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_REF_PROTECTED == "true"'],
  [{ source: 'push', tag: 'v1', isProtected: false }, '$CI_COMMIT_TAG == "v1" && $CI_COMMIT_BRANCH == null && $CI_COMMIT_REF_PROTECTED == "false"'],
  [{ source: 'schedule', branch: 'main', isProtected: true, variables: [{ key: 'NIGHTLY', value: '1' }] }, '$CI_PIPELINE_SOURCE == "schedule" && $NIGHTLY'],
  [{ source: 'merge_request_event', mergeRequest: { iid: 7, sourceBranch: 'topic' }, isProtected: false }, '$CI_MERGE_REQUEST_IID == "7" && $CI_COMMIT_BRANCH == null'],
])('the event %j has the variables of GitLab', (event, condition) => {
  expect(decision({ rules: [{ if: condition }] }, event)).toMatchObject({ when: 'on_success' });
});

test('the name of an environment may have variables', () => {
  const event: PipelineEvent = { source: 'merge_request_event', mergeRequest: { iid: 7, sourceBranch: 'topic' }, isProtected: false };
  expect(decision({ environment: { name: 'review/mr-$CI_MERGE_REQUEST_IID' } }, event)).toMatchObject({ environment: 'review/mr-7' });
});

test('workflow:rules decide about the whole pipeline', () => {
  const file = (workflow: object) => readCiFile(JSON.stringify({ workflow, job: { script: ['true'] } }));
  expect(isAllowed(file({ rules: [{ if: '$CI_COMMIT_BRANCH' }] }), sources())).toBe(true);
  expect(isAllowed(file({ rules: [{ if: '$CI_COMMIT_TAG' }] }), sources())).toBe(false);
  expect(isAllowed(file({ rules: [{ if: '$CI_COMMIT_BRANCH', when: 'never' }, { when: 'always' }] }), sources())).toBe(false);
});
