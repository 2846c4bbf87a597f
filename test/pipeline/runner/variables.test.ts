import { readCiFile } from './ci-file';
import { Job } from './job';
import { PUSH_TO_MAIN, ProjectVariable } from './pipeline-event';
import { expand, valuesOf, variablesOfJob, VariableSources } from './variables';

function variables(keywords: object, more: Partial<VariableSources> = {}, dotenv: Record<string, string> = {}) {
  const { jobs, variables: fileVariables } = readCiFile(JSON.stringify({ variables: { FILE: 'file', A: 'file' }, job: { script: ['true'], ...keywords } }));
  const [definition] = jobs as [typeof jobs[0]];
  const sources: VariableSources = {
    url: 'http://127.0.0.1:1', pipelineId: 4701, pipelineIid: 1, commit: 'abcdef0123'.repeat(4), event: PUSH_TO_MAIN, fileVariables, projectVariables: [], predefined: {}, timeout: 3600, ...more,
  };
  return variablesOfJob(new Job(9001, definition, false, {}, definition.environment?.name), sources, dotenv, {});
}

test('dotenv variables beat those of the file, project variables beat both, and those of a schedule beat all', () => {
  const value = (more: Partial<VariableSources>, dotenv = {}) => valuesOf(variables({ variables: { A: 'job' } }, more, dotenv)).A;
  const projectVariables = [{ key: 'A', value: 'project' }];
  expect(value({})).toBe('job');
  expect(value({}, { A: 'dotenv' })).toBe('dotenv');
  expect(value({ projectVariables }, { A: 'dotenv' })).toBe('project');
  expect(value({ projectVariables, event: { ...PUSH_TO_MAIN, source: 'schedule', variables: [{ key: 'A', value: 'schedule' }] } })).toBe('schedule');
});

const SCOPED: readonly ProjectVariable[] = [
  { key: 'A', value: 'production', environmentScope: 'production' },
  { key: 'A', value: 'all', environmentScope: '*' },
  { key: 'A', value: 'review', environmentScope: 'review/*' },
];

test.each<[string | undefined, string]>([['production', 'production'], ['review/mr-1', 'review'], ['staging', 'all'], [undefined, 'all']])('a job of the environment %s gets the most specific variable', (environment, expected) => {
  expect(valuesOf(variables(environment ? { environment } : {}, { projectVariables: SCOPED })).A).toBe(expected);
});

test('a protected variable is for protected refs only', () => {
  const projectVariables = [{ key: 'SECRET', value: 's', protected: true, masked: true, raw: true, variableType: 'file' as const }];
  expect(variables({}, { projectVariables })).toContainEqual({ key: 'SECRET', value: 's', public: false, masked: true, raw: true, file: true });
  expect(valuesOf(variables({}, { projectVariables, event: { ...PUSH_TO_MAIN, isProtected: false } })).SECRET).toBeUndefined();
});

test('the token of the job is masked, and its environment has the variables of GitLab', () => {
  const of = variables({ environment: { name: 'production', url: 'https://$CI_ENVIRONMENT_SLUG.example.com', deployment_tier: 'production' } });
  expect(of.filter(({ masked }) => masked).map(({ key }) => key)).toEqual(['CI_JOB_TOKEN', 'CI_REGISTRY_PASSWORD', 'CI_DEPENDENCY_PROXY_PASSWORD', 'CI_REPOSITORY_URL']);
  expect(valuesOf(of)).toMatchObject({
    CI_ENVIRONMENT_NAME: 'production', CI_ENVIRONMENT_URL: 'https://production.example.com', CI_ENVIRONMENT_TIER: 'production', CI_COMMIT_SHORT_SHA: 'abcdef01', CI_JOB_ID: '9001',
  });
});

test('expand replaces variables, and an unknown one by nothing', () => {
  expect(expand('$A-${B}-$C', { A: '1', B: '2' })).toBe('1-2-');
});
