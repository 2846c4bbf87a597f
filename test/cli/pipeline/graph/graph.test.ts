import { graphOf } from '../../../../src/cli/pipeline/graph/graph';
import { jobModel, pipelineModel, PRODUCTION, STAGING } from '../models';

test('a stage is a column, in the order of the file', () => {
  const model = pipelineModel();
  const jobs = [jobModel('late', '.post'), jobModel('early', '.pre'), jobModel('unlisted', 'verify'), ...model.jobs];

  expect(graphOf({ ...model, jobs }).columns.map(({ stage }) => stage)).toEqual(['.pre', 'build', 'image', 'synth', 'deploy', 'verify', '.post']);
});

test('a stage without jobs is none', () => {
  expect(graphOf({ ...pipelineModel(), jobs: [jobModel('a', 'image')] }).columns).toEqual([{ stage: 'image', jobs: [jobModel('a', 'image', { needs: [] })] }]);
});

test('what a job needs in its stage stands above it, and what stops an environment below', () => {
  const needs = (job: string) => ({ needs: [{ job, artifacts: false }] });
  const jobs = [jobModel('c', 'deploy', needs('b')), jobModel('stop', 'deploy', { action: 'stops' }), jobModel('b', 'deploy', needs('a')), jobModel('a', 'deploy')];

  expect(graphOf({ ...pipelineModel(), jobs }).columns[0]?.jobs.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'stop']);
});

test('an arrow says what comes along', () => {
  expect(graphOf(pipelineModel()).arrows.map(({ from, to, carries }) => [from.name, to.name, carries])).toEqual([
    ['build', 'container', ['artifact']],
    ['container', 'synth', ['dotenv IMAGE']],
    ['synth', 'deploy-staging', ['artifact']],
    ['synth', 'deploy-production', ['artifact']],
    ['deploy-staging', 'deploy-production', []],
  ]);
});

test.each<[string, boolean, string[], string[], string[], string[]]>([
  ['nothing without artifacts', false, ['public'], ['IMAGE'], ['IMAGE'], []],
  ['both kinds', true, ['public'], ['IMAGE'], ['IMAGE'], ['artifact', 'dotenv IMAGE']],
  ['only what is read', true, [], ['A', 'B', 'C'], ['A', 'C'], ['dotenv A, C']],
  ['the pipeline of a variable alone', true, [], ['IMAGE_PIPELINE_ID'], ['IMAGE_PIPELINE_ID'], ['dotenv IMAGE_PIPELINE_ID']],
])('along comes %s', (_, artifacts, paths, gives, takes, expected) => {
  const jobs = [jobModel('a', 'build', { artifacts: paths, gives }), jobModel('b', 'deploy', { takes, needs: [{ job: 'a', artifacts }] })];

  expect(graphOf({ ...pipelineModel(), jobs }).arrows.map(({ carries }) => carries)).toEqual([expected]);
});

test('a need of a job that is not there has no arrow', () => {
  expect(graphOf({ ...pipelineModel(), jobs: [jobModel('a', 'build', { needs: [{ job: 'optional', artifacts: true }] })] }).arrows).toEqual([]);
});

test('needs in a circle, which GitLab refuses, are drawn all the same', () => {
  const jobs = [jobModel('a', 'build', { needs: [{ job: 'b', artifacts: true }] }), jobModel('b', 'build', { needs: [{ job: 'a', artifacts: true }] })];

  expect(graphOf({ ...pipelineModel(), jobs })).toMatchObject({ columns: [{ jobs: [{ name: 'a' }, { name: 'b' }] }], arrows: [{}, {}] });
});

test('a job deploys to the target of its environment', () => {
  const jobs = [
    jobModel('a', 'deploy', { environment: 'staging' }),
    jobModel('b', 'deploy', { environment: 'elsewhere' }),
    jobModel('c', 'deploy', { environment: 'staging', action: 'uses' }),
  ];

  expect(graphOf({ ...pipelineModel(), jobs }).deployments.map(({ job, target }) => [job.name, target])).toEqual([['a', STAGING]]);
  expect(graphOf(pipelineModel()).deployments.map(({ job, target }) => [job.name, target])).toEqual([['deploy-staging', STAGING], ['deploy-production', PRODUCTION]]);
});
