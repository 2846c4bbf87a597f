import { PREDEFINED_VARIABLES } from '../../../src/gitlab/predefined-variables';
import { job, problemsIn } from '../../support/pipeline-problems';

const SETTABLE = [
  'MINE', 'GIT_STRATEGY', 'GIT_DEPTH', 'FF_USE_FASTZIP', 'KUBERNETES_CPU_REQUEST', 'DOCKER_HOST', 'CI_DEBUG_TRACE', 'CI_DEBUG_SERVICES', 'SECURE_LOG_LEVEL',
  'ARTIFACT_COMPRESSION_LEVEL', 'TRANSFER_METER_FREQUENCY',
];

test.each(SETTABLE)('a job may set %s', (name) => {
  expect(problemsIn({ added: [job('a', { variables: { [name]: 'x' } })] })).toEqual([]);
});

test.each([...PREDEFINED_VARIABLES])('a job may not set %s', (name) => {
  expect(problemsIn({ added: [job('a', { variables: { [name]: 'x' } })] })).toEqual([
    `job a: it sets the variable "${name}", expected no name of a predefined variable of GitLab; choose another name`,
  ]);
});

test.each(['', 'A-B', 'A B', '$A', 'É'])('a job may not set %j', (name) => {
  expect(problemsIn({ added: [job('a', { variables: { [name]: 'x' } })] })).toEqual([expect.stringContaining('expected a variable key')]);
});

test.each([
  ['of a rule', { added: [job('a', { rules: [{ when: 'on_success', variables: { CI_COMMIT_SHA: 'x' } }] })] }, 'job a: it sets the variable "CI_COMMIT_SHA"'],
  ['of the whole file', { raw: { variables: { CI_COMMIT_SHA: 'x' } } }, 'variables: it sets the variable "CI_COMMIT_SHA"'],
  ['of an id_token', { added: [job('a', { timeout: '1h', id_tokens: { CI_JOB_TOKEN: { aud: 'x' } } })] }, 'job a: it sets the variable "CI_JOB_TOKEN"'],
])('the variables %s are looked at', (_, parts, expected) => {
  expect(problemsIn(parts)).toEqual([expect.stringContaining(expected)]);
});

test('a value in the file does not hide the credential', () => {
  const jobs = [job('deploy', { variables: { MY_KUBECONFIG: 'x' } }, { holds: [{ variable: 'MY_KUBECONFIG', kind: 'masked variable', source: 'variable' as const }] })];
  expect(problemsIn({ jobs })).toEqual([expect.stringContaining('expected no value in the file for what has the credential')]);
});

test('a variable is not an id_token as well', () => {
  const added = [job('a', { timeout: '1h', id_tokens: { TOKEN: { aud: 'x' } }, variables: { TOKEN: 'x' } })];
  expect(problemsIn({ added })).toEqual([expect.stringContaining('expected no name of an id_token of the job')]);
});

test('a variable is not one of the dotenv report as well', () => {
  const container = job('container', { stage: 'build' }, { gives: ['IMAGE'] });
  const synth = job('synth', { variables: { IMAGE: 'x' } }, { takes: ['IMAGE'] });
  expect(problemsIn({ jobs: [container, synth] })).toEqual([expect.stringContaining('job synth: it sets the variable "IMAGE", expected no name from the dotenv report of job container')]);
});
