import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CredentialRotation, DeployCredential, GitlabPipeline } from '../../../src';
import { JobModel } from '../../../src/pipeline/model/pipeline-model';
import { PROGRAM_OUTPUT_VARIABLE, ProgramOutput } from '../../../src/pipeline/model/program-output';
import { BUILD, pipeline, PRODUCTION, REVIEW, STAGING } from '../../support/pipelines';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-output-'));
  process.env[PROGRAM_OUTPUT_VARIABLE] = join(folder, 'pipelines.jsonl');
});

afterEach(() => {
  delete process.env[PROGRAM_OUTPUT_VARIABLE];
  rmSync(folder, { recursive: true, force: true });
});

/** The output of a program that the command runs. */
function programOutput(...pipelines: GitlabPipeline[]): ProgramOutput[] {
  for (const [index, one] of pipelines.entries()) one.write(join(folder, `${index}.yml`));
  return readFileSync(join(folder, 'pipelines.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
}

function jobsOf(one: GitlabPipeline): Map<string, JobModel> {
  return new Map(programOutput(one)[0]!.model.jobs.map((job) => [job.name, job]));
}

test('write passes the pipelines to the command in place of writing files', () => {
  const [one, other] = [pipeline(), pipeline({ app: 'api' })];

  expect(programOutput(one, other)).toEqual([
    { format: 1, path: join(folder, '0.yml'), yaml: one.toYaml(), model: expect.objectContaining({ app: 'web' }) },
    { format: 1, path: join(folder, '1.yml'), yaml: other.toYaml(), model: expect.objectContaining({ app: 'api' }) },
  ]);
  expect([existsSync(join(folder, '0.yml')), statSync(join(folder, 'pipelines.jsonl')).mode % 0o1000]).toEqual([false, 0o600]);
});

test('write writes the file without a command', () => {
  delete process.env[PROGRAM_OUTPUT_VARIABLE];
  pipeline().write(join(folder, '0.yml'));

  expect(readFileSync(join(folder, '0.yml'), 'utf8')).toBe(pipeline().toYaml());
});

test('the model has the targets and the image variable', () => {
  expect(programOutput(pipeline({ targets: [REVIEW, STAGING, PRODUCTION], imageVariable: 'WEB_IMAGE' }))[0]!.model).toMatchObject({
    app: 'web',
    variable: 'WEB_IMAGE',
    stages: expect.arrayContaining(['image', 'synth', 'deploy']),
    targets: [
      { environment: 'review/mr-$CI_MERGE_REQUEST_IID', namespace: 'example-review', protected: false, review: true },
      { environment: 'staging', namespace: 'example-staging', protected: false, review: false },
      { environment: 'production', namespace: 'example', protected: true, review: false },
    ],
  });
});

test('the model has the artifacts, dotenv variables and credentials of each job', () => {
  const jobs = jobsOf(pipeline({ targets: [STAGING, PRODUCTION], buildJob: BUILD }));
  const image = ['IMAGE', 'IMAGE_PIPELINE_ID'];

  expect(jobs.get('build')).toMatchObject({ artifacts: ['public'], gives: [], holds: [] });
  expect(jobs.get('container')).toMatchObject({ needs: [{ job: 'build', artifacts: true }], gives: image });
  expect(jobs.get('synth')).toMatchObject({ needs: [{ job: 'container', artifacts: true }], takes: image, holds: [] });
  expect(jobs.get('deploy-production')).toMatchObject({
    environment: 'production',
    action: 'deploys',
    protected: true,
    needs: expect.arrayContaining([{ job: 'synth', artifacts: true }]),
    holds: [{ variable: 'KUBECONFIG', kind: 'masked variable', source: 'variable' }],
  });
  expect(jobs.get('deploy-staging')).toMatchObject({ protected: false });
});

test.each<[string, DeployCredential, object]>([
  ['a variable', DeployCredential.kubeconfigVariable({ variable: 'KUBE' }), { variable: 'KUBE', source: 'variable' }],
  ['an agent', DeployCredential.gitlabAgent({ agent: 'group/infra:prod' }), { variable: 'KUBECONFIG', source: 'agent', kind: 'GitLab agent group/infra:prod' }],
  ['an id_token', DeployCredential.idToken({ audience: 'cluster-1', server: 'https://kube.example.com' }), { variable: 'KUBE_ID_TOKEN', source: 'id_token' }],
])('the model has the credential of a job with %s', (_, credential, expected) => {
  expect(jobsOf(pipeline({ credential })).get('deploy-staging')?.holds).toMatchObject([expected]);
});

test('the model tells jobs that stop an environment or use its variables from jobs that deploy', () => {
  const jobs = jobsOf(pipeline({ targets: [REVIEW, STAGING], rotation: CredentialRotation.scheduled() }));
  const [stop] = [...jobs.values()].filter(({ action }) => action === 'stops');

  expect(stop).toMatchObject({ environment: 'review/mr-$CI_MERGE_REQUEST_IID', manual: true });
  expect(jobs.get('rotate-staging')).toMatchObject({
    action: 'uses', protected: true, holds: [{ variable: 'KUBECONFIG', source: 'variable' }, { variable: 'GITLAB_TOKEN', source: 'gitlab' }],
  });
});

describe('the model of a job of the user', () => {
  test.each<[string, object, Partial<JobModel>]>([
    ['the needs', { needs: ['build', { job: 'synth', artifacts: false }, { project: 'a/b', job: 'c', ref: 'main' }] },
      { needs: [{ job: 'build', artifacts: true }, { job: 'synth', artifacts: false }] }],
    ['the defaults without keywords', {}, { artifacts: [], manual: false, protected: false, action: 'deploys' }],
    ['the environment', { environment: 'staging' }, { environment: 'staging', action: 'deploys' }],
    ['the action on the environment', { environment: { name: 'staging', action: 'verify' } }, { environment: 'staging', action: 'uses' }],
    ['the manual start of a job', { when: 'manual' }, { manual: true }],
    ['the manual start of a rule', { rules: [{ if: '$A', when: 'never' }, { when: 'manual' }] }, { manual: true, protected: false }],
    ['the protection of its refs', { rules: [{ if: '$A', when: 'never' }, { if: '$B && $CI_COMMIT_REF_PROTECTED == "true"' }] }, { protected: true }],
    ['the rules', { when: 'manual', rules: [{ if: '$A', when: 'never' }, { changes: ['a'], exists: ['b'] }, { changes: { paths: ['c'] }, when: 'always' }] },
      { rules: [{ if: '$A', when: 'never' }, { changes: ['a'], exists: ['b'], when: 'manual' }, { changes: ['c'], when: 'always' }] }],
    ['the paths of artifacts', { artifacts: { paths: ['dist/'] } }, { artifacts: ['dist/'] }],
  ])('has %s', (_, keywords, expected) => {
    const one = pipeline({ buildJob: BUILD });
    one.addJob('own', { stage: 'deploy', script: ['true'], ...keywords });

    expect(jobsOf(one).get('own')).toMatchObject({ stage: 'deploy', ...expected });
  });

  test('has no needs when the job waits for all earlier stages', () => {
    const one = pipeline();
    one.addJob('own', { stage: 'deploy', script: ['true'] });

    expect(jobsOf(one).get('own')).not.toHaveProperty('needs');
  });
});
