import type { JsonObject } from '../../../src/base/json';
import { job, problemsIn } from '../../support/pipeline-problems';

function problemsOfNames(gives: string[]): string[] {
  return problemsIn({ jobs: [job('container', {}, { gives }), job('deploy', {}, { holds: [{ variable: 'KUBE_ID_TOKEN', kind: 'id_token', source: 'id_token' as const }] })] });
}

test.each(['IMAGE', 'image', '_A', 'A1', 'CI_IMAGE', 'A'.repeat(255)])('a dotenv report may have the variable %j', (name) => {
  expect(problemsOfNames([name])).toEqual([]);
});

test.each([
  ['', 'a variable key'],
  ['A-B', 'a variable key'],
  ['A B', 'a variable key'],
  ['A=B', 'a variable key'],
  ['A\nB', 'a variable key'],
  ['É', 'a variable key'],
  ['A'.repeat(256), 'a variable key of at most 255'],
  ['1A', 'no digit in front'],
  ['CI_PIPELINE_ID', 'no name of a predefined variable'],
  ['CI', 'no name of a predefined variable'],
  ['KUBECONFIG', 'no name of a predefined variable'],
  ['KUBE_ID_TOKEN', 'no name of a variable with a credential'],
])('a dotenv report may not have the variable %j', (name, expected) => {
  expect(problemsOfNames([name])).toEqual([expect.stringContaining(`expected ${expected}`)]);
});

test('a dotenv report may have 20 variables, not more', () => {
  const names = Array.from({ length: 21 }, (_, index) => `A${index}`);
  expect(problemsOfNames(names.slice(1))).toEqual([]);
  expect(problemsOfNames(names)).toEqual([expect.stringContaining('its dotenv report has 21 variables, expected at most 20')]);
});

function problemsOfTaker(taker: JsonObject, giver: JsonObject = {}): string[] {
  return problemsIn({ jobs: [job('container', { stage: 'build', ...giver }, { gives: ['IMAGE'] }), job('other', { stage: 'build' }), job('synth', taker, { takes: ['IMAGE'] })] });
}

test.each<[string, JsonObject]>([
  ['is in a later stage', {}],
  ['needs the job', { needs: ['container'] }],
  ['needs the job with its artifacts', { needs: [{ job: 'container', artifacts: true }] }],
  ['depends on the job', { dependencies: ['container'] }],
  ['needs and depends on the job', { needs: ['other', 'container'], dependencies: ['container'] }],
])('a job gets the report of another when it %s', (_, taker) => {
  expect(problemsOfTaker(taker)).toEqual([]);
});

test('a variable that no job gives comes from elsewhere', () => {
  expect(problemsIn({ jobs: [job('synth', { needs: [] }, { takes: ['IMAGE'] })] })).toEqual([]);
});

test.each<[string, JsonObject, JsonObject, string]>([
  ['needs nothing', { needs: [] }, {}, 'it does not need job container'],
  ['needs another job', { needs: ['other'] }, {}, 'it does not need job container'],
  ['needs the job without artifacts', { needs: [{ job: 'container', artifacts: false }] }, {}, 'it needs job container without artifacts'],
  ['depends on nothing', { dependencies: [] }, {}, 'its "dependencies" leave job container out'],
  ['needs the job and depends on nothing', { needs: ['container'], dependencies: [] }, {}, 'its "dependencies" leave job container out'],
  ['is in the same stage', { stage: 'build' }, {}, 'job container is in no earlier stage'],
  ['may not have artifacts', {}, { artifacts: { access: 'none' } }, 'job container has "artifacts:access: none"'],
])('a job does not get the report of another when it %s', (_, taker, giver, expected) => {
  expect(problemsOfTaker(taker, giver)).toEqual([expect.stringContaining(`job synth: it reads $IMAGE from a dotenv report, and ${expected}, expected`)]);
});
