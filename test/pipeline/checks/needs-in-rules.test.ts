import type { Json, JsonObject } from '../../../src/base/json';
import { job, problemsIn } from '../../support/pipeline-problems';

const MAIN = '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH';
const PROTECTED = `${MAIN} && $CI_COMMIT_REF_PROTECTED == "true"`;
const TAG = '$CI_COMMIT_TAG';
const MERGE_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event"';

function problemsOf(needing: JsonObject, needed: JsonObject, raw: JsonObject = {}): string[] {
  return problemsIn({ added: [job('needed', needed), job('needing', { needs: ['needed'], ...needing })], raw });
}

function rules(...conditions: string[]): JsonObject {
  return { rules: conditions.map((condition) => ({ if: condition })) };
}

test.each<[string, JsonObject, JsonObject]>([
  ['the same rule', rules(MAIN), rules(MAIN)],
  ['more rules', rules(MAIN), rules(TAG, MAIN)],
  ['a wider rule', rules(PROTECTED), rules(MAIN)],
  ['the same rule, written with other spaces', rules('$A  &&  $B'), rules('$B && $A')],
  ['a rule without a condition', rules(TAG), { rules: [{ when: 'on_success' }] }],
  ['no rules', rules(MAIN), {}],
  ['a rule that is too rich to say', rules(TAG), rules('$A || $B')],
  ['a rule about files', rules(TAG), { rules: [{ if: MAIN, changes: ['a'] }] }],
  ['an exception before its rule', rules(TAG), { rules: [{ if: '$A', when: 'never' }, { if: MAIN }] }],
  ['only', rules(MERGE_REQUEST), { only: ['merge_requests'] }],
])('a job may need one with %s', (_, needing, needed) => {
  expect(problemsOf(needing, needed)).toEqual([]);
});

test('nothing is said of a job without rules', () => {
  expect(problemsOf({}, rules(MAIN))).toEqual([]);
});

test('a job may need one that may be missing', () => {
  expect(problemsOf({ ...rules(TAG), needs: [{ job: 'needed', optional: true }] }, rules(MAIN))).toEqual([]);
});

test('in a file with workflow rules, a job without rules is in all pipelines', () => {
  expect(problemsOf(rules(MERGE_REQUEST), {}, { workflow: { rules: [{ when: 'always' }] } })).toEqual([]);
});

test.each<[string, JsonObject, JsonObject, string]>([
  ['another rule', rules(TAG), rules(MAIN), TAG],
  ['fewer rules', rules(MAIN, TAG), rules(MAIN), TAG],
  ['a narrower rule', rules(MAIN), rules(PROTECTED), MAIN],
  ['a last "never"', rules(TAG), { rules: [{ if: MAIN }, { when: 'never' }] as Json }, TAG],
  ['no rules, in merge requests', rules(MERGE_REQUEST), {}, MERGE_REQUEST],
])('a job may not need one with %s', (_, needing, needed, condition) => {
  expect(problemsOf(needing, needed)).toEqual([
    `job needing: it needs "needed", which is not in every pipeline where ${condition}, expected a job that is in all of them; give both the same refs or rules`,
  ]);
});

test('jobs may be kept out of the same pipelines', () => {
  const except = { if: '$CI_PIPELINE_SOURCE == "schedule"', when: 'never' };
  expect(problemsOf({ rules: [except, { if: MAIN }] }, { rules: [except, { if: MAIN }] })).toEqual([]);
  expect(problemsOf({ rules: [except, { if: TAG }] }, { rules: [except, { if: MAIN }] })).toEqual([expect.stringContaining(`where ${TAG}`)]);
  expect(problemsOf({ rules: [except, { if: TAG }] }, rules(MAIN))).toEqual([expect.stringContaining(`where ${TAG}`)]);
});

test('a job that is always there may not need one that is not', () => {
  expect(problemsOf({ rules: [{ when: 'always' }] }, rules(MAIN))).toEqual([expect.stringContaining('not in every pipeline where it is')]);
});
