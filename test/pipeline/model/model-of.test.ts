import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CredentialRotation, DeployCredential, GitlabPipeline } from '../../../src/index';
import { JobModel } from '../../../src/pipeline/model/pipeline-model';
import { PROGRAM_OUTPUT_VARIABLE, ProgramOutput } from '../../../src/pipeline/model/program-output';
import { BUILD, pipeline, PRODUCTION, REVIEW, STAGING } from '../../support/pipelines';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hand-over-'));
  process.env[PROGRAM_OUTPUT_VARIABLE] = join(folder, 'pipelines.jsonl');
});

afterEach(() => {
  delete process.env[PROGRAM_OUTPUT_VARIABLE];
  rmSync(folder, { recursive: true, force: true });
});

/** What a program that the command runs hands over. */
function handedOver(...pipelines: GitlabPipeline[]): ProgramOutput[] {
  for (const [index, one] of pipelines.entries()) one.write(join(folder, `${index}.yml`));
  return readFileSync(join(folder, 'pipelines.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
}

function jobsOf(one: GitlabPipeline): Map<string, JobModel> {
  return new Map(handedOver(one)[0]!.model.jobs.map((job) => [job.name, job]));
}

test('a command gets the pipelines in place of their files', () => {
  const [one, other] = [pipeline(), pipeline({ app: 'api' })];

  expect(handedOver(one, other)).toEqual([
    { format: 1, path: join(folder, '0.yml'), yaml: one.toYaml(), model: expect.objectContaining({ app: 'web' }) },
    { format: 1, path: join(folder, '1.yml'), yaml: other.toYaml(), model: expect.objectContaining({ app: 'api' }) },
  ]);
  expect([existsSync(join(folder, '0.yml')), statSync(join(folder, 'pipelines.jsonl')).mode % 0o1000]).toEqual([false, 0o600]);
});

test('without a command the file is written', () => {
  delete process.env[PROGRAM_OUTPUT_VARIABLE];
  pipeline().write(join(folder, '0.yml'));

  expect(readFileSync(join(folder, '0.yml'), 'utf8')).toBe(pipeline().toYaml());
});

test('a pipeline has its targets, and the variable that the image travels in', () => {
  expect(handedOver(pipeline({ targets: [REVIEW, STAGING, PRODUCTION], imageVariable: 'WEB_IMAGE' }))[0]!.model).toMatchObject({
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

test('jobs say what flows between them', () => {
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
])('a job says that it holds %s', (_, credential, expected) => {
  expect(jobsOf(pipeline({ credential })).get('deploy-staging')?.holds).toMatchObject([expected]);
});

test('what stops an environment, and what only uses its variables, does not deploy', () => {
  const jobs = jobsOf(pipeline({ targets: [REVIEW, STAGING], rotation: CredentialRotation.scheduled() }));
  const [stop] = [...jobs.values()].filter(({ action }) => action === 'stops');

  expect(stop).toMatchObject({ environment: 'review/mr-$CI_MERGE_REQUEST_IID', manual: true });
  expect(jobs.get('rotate-staging')).toMatchObject({
    action: 'uses', protected: true, holds: [{ variable: 'KUBECONFIG', source: 'variable' }, { variable: 'GITLAB_TOKEN', source: 'gitlab' }],
  });
});

describe('a job of the user\'s own is read as GitLab reads it', () => {
  test.each<[string, object, Partial<JobModel>]>([
    ['its needs', { needs: ['build', { job: 'synth', artifacts: false }, { project: 'a/b', job: 'c', ref: 'main' }] },
      { needs: [{ job: 'build', artifacts: true }, { job: 'synth', artifacts: false }] }],
    ['that it has nothing of this', {}, { artifacts: [], manual: false, protected: false, action: 'deploys' }],
    ['its environment', { environment: 'staging' }, { environment: 'staging', action: 'deploys' }],
    ['what it does to it', { environment: { name: 'staging', action: 'verify' } }, { environment: 'staging', action: 'uses' }],
    ['that it is started by hand', { when: 'manual' }, { manual: true }],
    ['that a rule has it started by hand', { rules: [{ if: '$A', when: 'never' }, { when: 'manual' }] }, { manual: true, protected: false }],
    ['that it is for protected refs', { rules: [{ if: '$A', when: 'never' }, { if: '$B && $CI_COMMIT_REF_PROTECTED == "true"' }] }, { protected: true }],
    ['its rules', { when: 'manual', rules: [{ if: '$A', when: 'never' }, { changes: ['a'], exists: ['b'] }, { changes: { paths: ['c'] }, when: 'always' }] },
      { rules: [{ if: '$A', when: 'never' }, { changes: ['a'], exists: ['b'], when: 'manual' }, { changes: ['c'], when: 'always' }] }],
    ['its artifacts', { artifacts: { paths: ['dist/'] } }, { artifacts: ['dist/'] }],
  ])('%s', (_, keywords, expected) => {
    const one = pipeline({ buildJob: BUILD });
    one.addJob('own', { stage: 'deploy', script: ['true'], ...keywords });

    expect(jobsOf(one).get('own')).toMatchObject({ stage: 'deploy', ...expected });
  });

  test('that it waits for all stages before its own', () => {
    const one = pipeline();
    one.addJob('own', { stage: 'deploy', script: ['true'] });

    expect(jobsOf(one).get('own')).not.toHaveProperty('needs');
  });
});
