import type { JsonObject } from '../../../src/base/json';
import { job, problemsIn } from '../../support/pipeline-problems';

function problemsOfNames(dotenvVariables: string[]): string[] {
  return problemsIn({ jobs: [job('container', {}, { dotenvVariables }), job('deploy', {}, { credentials: [{ variable: 'KUBE_ID_TOKEN', kind: 'id_token', source: 'id_token' as const }] })] });
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

test('a dotenv report may have 20 variables, but not 21', () => {
  const names = Array.from({ length: 21 }, (_, index) => `A${index}`);
  expect(problemsOfNames(names.slice(1))).toEqual([]);
  expect(problemsOfNames(names)).toEqual([expect.stringContaining('its dotenv report has 21 variables, expected at most 20')]);
});

function problemsOfReader(reader: JsonObject, reporter: JsonObject = {}): string[] {
  return problemsIn({ jobs: [job('container', { stage: 'build', ...reporter }, { dotenvVariables: ['IMAGE'] }), job('other', { stage: 'build' }), job('synth', reader, { requiredVariables: ['IMAGE'] })] });
}

test.each<[string, JsonObject]>([
  ['is in a later stage', {}],
  ['needs the job', { needs: ['container'] }],
  ['needs the job with its artifacts', { needs: [{ job: 'container', artifacts: true }] }],
  ['depends on the job', { dependencies: ['container'] }],
  ['needs and depends on the job', { needs: ['other', 'container'], dependencies: ['container'] }],
])('a job gets the report of another when it %s', (_, reader) => {
  expect(problemsOfReader(reader)).toEqual([]);
});

test('a variable in no dotenv report is not checked', () => {
  expect(problemsIn({ jobs: [job('synth', { needs: [] }, { requiredVariables: ['IMAGE'] })] })).toEqual([]);
});

test.each<[string, JsonObject, JsonObject, string]>([
  ['needs nothing', { needs: [] }, {}, 'it does not need job container'],
  ['needs another job', { needs: ['other'] }, {}, 'it does not need job container'],
  ['needs the job without artifacts', { needs: [{ job: 'container', artifacts: false }] }, {}, 'it needs job container without artifacts'],
  ['depends on nothing', { dependencies: [] }, {}, 'its "dependencies" do not list job container'],
  ['needs the job and depends on nothing', { needs: ['container'], dependencies: [] }, {}, 'its "dependencies" do not list job container'],
  ['is in the same stage', { stage: 'build' }, {}, 'job container is in no earlier stage'],
  ['may not have artifacts', {}, { artifacts: { access: 'none' } }, 'job container has "artifacts:access: none"'],
])('a job does not get the report of another when it %s', (_, reader, reporter, expected) => {
  expect(problemsOfReader(reader, reporter)).toEqual([expect.stringContaining(`job synth: it reads $IMAGE from a dotenv report, and ${expected}, expected`)]);
});
