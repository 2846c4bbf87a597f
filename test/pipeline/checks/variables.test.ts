import type { JsonObject } from '../../../src/base/json';
import { JOB_ONLY_VARIABLES, PREDEFINED_VARIABLES } from '../../../src/gitlab/predefined-variables';
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

test.each(['', 'A-B', 'A B', '$A', 'É'])('a job may not set the variable %j', (name) => {
  expect(problemsIn({ added: [job('a', { variables: { [name]: 'x' } })] })).toEqual([expect.stringContaining('expected a variable key')]);
});

test.each([
  ['of a rule may not be predefined', { added: [job('a', { rules: [{ when: 'on_success', variables: { CI_COMMIT_SHA: 'x' } }] })] }, 'job a: it sets the variable "CI_COMMIT_SHA"'],
  ['of the file may not be predefined', { raw: { variables: { CI_COMMIT_SHA: 'x' } } }, 'variables: it sets the variable "CI_COMMIT_SHA"'],
  ['of an id_token may not be predefined', { added: [job('a', { timeout: '1h', id_tokens: { CI_JOB_TOKEN: { aud: 'x' } } })] }, 'job a: it sets the variable "CI_JOB_TOKEN"'],
])('a variable %s', (_, parts, expected) => {
  expect(problemsIn(parts)).toEqual([expect.stringContaining(expected)]);
});

test('a job may not set the variable of its credential', () => {
  const jobs = [job('deploy', { variables: { MY_KUBECONFIG: 'x' } }, { credentials: [{ variable: 'MY_KUBECONFIG', kind: 'masked variable', source: 'variable' as const }] })];
  expect(problemsIn({ jobs })).toEqual([expect.stringContaining('expected no value in the file for the variable of the credential; remove MY_KUBECONFIG from variables')]);
});

test('a job may not set the variable of its id_token', () => {
  const added = [job('a', { timeout: '1h', id_tokens: { TOKEN: { aud: 'x' } }, variables: { TOKEN: 'x' } })];
  expect(problemsIn({ added })).toEqual([expect.stringContaining('expected no name of an id_token of the job')]);
});

test('a job may not set a variable that it reads from a dotenv report', () => {
  const container = job('container', { stage: 'build' }, { dotenvVariables: ['IMAGE'] });
  const synth = job('synth', { variables: { IMAGE: 'x' } }, { requiredVariables: ['IMAGE'] });
  expect(problemsIn({ jobs: [container, synth] })).toEqual([expect.stringContaining('job synth: it sets the variable "IMAGE", expected no name from the dotenv report of job container, which has precedence')]);
});

function problemsOfRule(condition: string): string[] {
  return problemsIn({ added: [job('a', { rules: [{ if: condition }] })] });
}

test.each(['$CI_COMMIT_BRANCH', '$CI_PIPELINE_IID == "1"', '$MINE', '"$CI_JOB_ID" == "$CI_JOB_ID"', '$A == \'$CI_JOB_ID\'', '$A =~ /$CI_JOB_ID/', '$CI_PIPELINE_SOURCE'])(
  'a rule may use the condition %j', (condition) => {
    expect(problemsOfRule(condition)).toEqual([]);
  });

test.each([...JOB_ONLY_VARIABLES])('a rule may not use $%s, which only a running job has', (name) => {
  expect(problemsOfRule(`$A && $${name} != null`)).toEqual([expect.stringContaining(`job a: a rule uses $${name}, which exists only in a running job`)]);
});

test.each(['CI_ENVIRONMENT_NAME', 'CI_ENVIRONMENT_SLUG', 'CI_ENVIRONMENT_URL'])('a rule may not use $%s, which comes from the environment', (name) => {
  expect(problemsOfRule(`$${name}`)).toEqual([expect.stringContaining('which comes from the environment of a job')]);
});

test('a rule may not use a variable from a dotenv report', () => {
  const jobs = [job('image', {}, { name: 'container', dotenvVariables: ['IMAGE'] })];
  expect(problemsIn({ jobs, added: [job('a', { rules: [{ if: '$IMAGE' }] })] })).toEqual([
    expect.stringContaining('job a: a rule uses $IMAGE, which comes from a dotenv report'),
  ]);
});

test('a rule of the workflow may not use $CI_PIPELINE_ID', () => {
  expect(problemsIn({ raw: { workflow: { rules: [{ if: '$CI_PIPELINE_ID' }, { when: 'always' }] } } })).toEqual([
    expect.stringContaining('workflow: a rule uses $CI_PIPELINE_ID'),
  ]);
});

const REPORTER = job('container', { stage: 'build' }, { dotenvVariables: ['IMAGE'] });

function problemsOfNames(keywords: JsonObject): string[] {
  return problemsIn({ jobs: [REPORTER], added: [job('a', keywords)] });
}

test.each<JsonObject>([
  { environment: 'qa' },
  { environment: { name: 'qa/$CI_COMMIT_REF_SLUG', url: 'https://$IMAGE.example.com' } },
  { environment: { name: 'qa/${CI_PIPELINE_IID}' }, resource_group: '$CI_COMMIT_REF_SLUG' },
  { environment: { name: 'qa/$$IMAGE' } },
  { environment: { name: 'qa/$IMAGES' } },
  {},
])('the names in %j may be used', (keywords) => {
  expect(problemsOfNames(keywords)).toEqual([]);
});

test.each<[JsonObject, string]>([
  [{ environment: '$IMAGE' }, 'job a: its environment "$IMAGE" contains $IMAGE, which comes from a dotenv report'],
  [{ environment: { name: 'qa/${IMAGE}' } }, 'contains $IMAGE, which comes from a dotenv report'],
  [{ environment: { name: 'qa/$CI_JOB_ID' } }, 'contains $CI_JOB_ID, which exists only in a running job'],
  [{ environment: { name: 'qa/$CI_PIPELINE_ID' } }, 'contains $CI_PIPELINE_ID, which exists only in a running job'],
  [{ environment: { name: '$CI_ENVIRONMENT_SLUG' } }, 'contains $CI_ENVIRONMENT_SLUG'],
  [{ resource_group: '$IMAGE' }, 'job a: its resource group "$IMAGE" contains $IMAGE, which comes from a dotenv report'],
  [{ environment: '$CI_JOB_ID', resource_group: '$CI_JOB_ID' }, 'its environment "$CI_JOB_ID"'],
])('the names in %j may not be used', (keywords, expected) => {
  expect(problemsOfNames(keywords)).toEqual([expect.stringContaining(expected)]);
});
