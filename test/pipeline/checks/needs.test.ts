import * as fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/base/json';
import { job, problemsIn } from '../../support/pipeline-problems';

const OTHERS = [job('build', { stage: 'build' }), job('deploy', { stage: 'deploy' }), job('first', { stage: '.pre' }), job('last', { stage: '.post' }), job('same'), job('.hidden')];

function problemsOfNeeds(needs: Json, raw = {}): string[] {
  return problemsIn({ added: [...OTHERS, job('a', { needs })], raw });
}

test.each<[string, Json]>([
  ['nothing', []],
  ['a job of an earlier stage', ['build']],
  ['a job of the same stage', ['same']],
  ['a job of .pre', ['first']],
  ['jobs with options', [{ job: 'build', artifacts: false }, { job: 'same', optional: true }]],
  ['lists of jobs', [['build'], ['same']]],
  ['a job that may be missing', [{ job: 'elsewhere', optional: true }]],
  ['a job of another project', [{ project: 'group/other', job: 'build', ref: 'main', artifacts: true }]],
  ['a job of another pipeline', [{ pipeline: '$PARENT_PIPELINE_ID', job: 'elsewhere' }]],
])('a job may need %s', (_, needs) => {
  expect(problemsOfNeeds(needs)).toEqual([]);
});

test.each<[string, Json, string]>([
  ['a job that is not there', ['elsewhere'], 'job a: it needs "elsewhere", expected a job of this file'],
  ['a job that is not there, by an object', [{ job: 'elsewhere' }], 'job a: it needs "elsewhere"'],
  ['a hidden job', ['.hidden'], 'job a: it needs ".hidden", which is hidden, expected a job that runs'],
  ['a job of a later stage', ['deploy'], 'job a: it needs "deploy" of the later stage deploy, expected a job of the same stage or an earlier one'],
  ['a job of .post', ['last'], 'of the later stage .post'],
  ['a job twice', ['build', { job: 'build' }], 'job a: it needs "build" twice, expected each job once'],
  ['itself', ['a'], 'job a: it needs itself: a needs a'],
])('a job may not need %s', (_, needs, expected) => {
  expect(problemsOfNeeds(needs)).toEqual([expect.stringContaining(expected)]);
});

test('an unknown job may come from an included file', () => {
  expect(problemsOfNeeds(['elsewhere'], { include: [{ local: 'other.yml' }] })).toEqual([]);
});

test('a job may need 50 jobs, not more', () => {
  const many = Array.from({ length: 51 }, (_, index) => job(`job ${index}`));
  const needing = (count: number): string[] => problemsIn({ added: [...many, job('a', { needs: many.slice(0, count).map(({ name }) => name) })] });
  expect(needing(50)).toEqual([]);
  expect(needing(51)).toEqual([expect.stringContaining('job a: it needs 51 jobs, expected at most 50')]);
});

test('a need from an extended job is checked', () => {
  const added = [job('.base', { needs: ['elsewhere'] }), job('a', { extends: '.base' })];
  expect(problemsIn({ added })).toContainEqual(expect.stringContaining('job a: it needs "elsewhere"'));
});

test.each([
  ['two jobs', [['a', 'b'], ['b', 'a']], ['job a: it needs itself: a needs b needs a']],
  ['three jobs', [['a', 'b'], ['b', 'c'], ['c', 'a']], ['job a: it needs itself: a needs b needs c needs a']],
  ['two jobs that another job needs', [['d', 'a'], ['a', 'b'], ['b', 'a'], ['c', 'd']], ['job d: it needs itself: a needs b needs a']],
])('a cycle of %s is rejected', (_, edges, expected) => {
  const added = edges.map(([name, need]) => job(name!, { needs: [need!] }));
  expect(problemsIn({ added })).toEqual(expected.map((text) => expect.stringContaining(text)));
});

test('a cycle is reported exactly when no order of the jobs exists', () => {
  const graph = fc.array(fc.array(fc.nat(6), { maxLength: 3 }).map((needs) => [...new Set(needs)]), { minLength: 7, maxLength: 7 });
  fc.assert(fc.property(graph, (edges) => {
    const added = edges.map((needs, index) => job(String(index), { needs: needs.map(String) }));
    expect(problemsIn({ added }).length > 0).toBe(!hasOrder(edges));
  }));
});

/** Removes jobs that need no remaining job, until no job or only cycles remain. */
function hasOrder(edges: number[][]): boolean {
  const left = new Set(edges.keys());
  for (let size = -1; size !== left.size;) {
    size = left.size;
    for (const index of left) if (!edges[index]!.some((need) => left.has(need))) left.delete(index);
  }
  return left.size === 0;
}

const MAIN = '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH';
const PROTECTED = `${MAIN} && $CI_COMMIT_REF_PROTECTED == "true"`;
const TAG = '$CI_COMMIT_TAG';
const MERGE_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event"';

function problemsOfRules(needing: JsonObject, needed: JsonObject, raw: JsonObject = {}): string[] {
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
  ['a rule that is too complex to compare', rules(TAG), rules('$A || $B')],
  ['a rule about files', rules(TAG), { rules: [{ if: MAIN, changes: ['a'] }] }],
  ['an exception before its rule', rules(TAG), { rules: [{ if: '$A', when: 'never' }, { if: MAIN }] }],
  ['only', rules(MERGE_REQUEST), { only: ['merge_requests'] }],
])('a job may need another with %s', (_, needing, needed) => {
  expect(problemsOfRules(needing, needed)).toEqual([]);
});

test('a job without rules is not compared', () => {
  expect(problemsOfRules({}, rules(MAIN))).toEqual([]);
});

test('a job may have an optional need of another with different rules', () => {
  expect(problemsOfRules({ ...rules(TAG), needs: [{ job: 'needed', optional: true }] }, rules(MAIN))).toEqual([]);
});

test('a job without rules is in all pipelines of a file with workflow rules', () => {
  expect(problemsOfRules(rules(MERGE_REQUEST), {}, { workflow: { rules: [{ when: 'always' }] } })).toEqual([]);
});

test.each<[string, JsonObject, JsonObject, string]>([
  ['another rule', rules(TAG), rules(MAIN), TAG],
  ['fewer rules', rules(MAIN, TAG), rules(MAIN), TAG],
  ['a narrower rule', rules(MAIN), rules(PROTECTED), MAIN],
  ['a last "never"', rules(TAG), { rules: [{ if: MAIN }, { when: 'never' }] as Json }, TAG],
  ['no rules, in merge requests', rules(MERGE_REQUEST), {}, MERGE_REQUEST],
])('a job may not need another with %s', (_, needing, needed, condition) => {
  expect(problemsOfRules(needing, needed)).toEqual([
    `job needing: it needs "needed", which is not in every pipeline with ${condition}, expected a job that is in all of them; use the same refs or rules for both jobs`,
  ]);
});

test('two jobs may be excluded from the same pipelines', () => {
  const except = { if: '$CI_PIPELINE_SOURCE == "schedule"', when: 'never' };
  expect(problemsOfRules({ rules: [except, { if: MAIN }] }, { rules: [except, { if: MAIN }] })).toEqual([]);
  expect(problemsOfRules({ rules: [except, { if: TAG }] }, { rules: [except, { if: MAIN }] })).toEqual([expect.stringContaining(`with ${TAG}`)]);
  expect(problemsOfRules({ rules: [except, { if: TAG }] }, rules(MAIN))).toEqual([expect.stringContaining(`with ${TAG}`)]);
});

test('a job that is always in the pipeline may not need one that is not', () => {
  expect(problemsOfRules({ rules: [{ when: 'always' }] }, rules(MAIN))).toEqual([expect.stringContaining('not in every pipeline of this job')]);
});
