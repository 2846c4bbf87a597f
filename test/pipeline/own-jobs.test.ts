import { parse } from 'yaml';
import { BuildJob, CredentialRotation, DeployJob, GitlabPipelineProps, ImageBuild, Synthesis } from '../../src';
import { BUILD, GitlabJob, pipeline, REVIEW, STAGING } from '../support/pipelines';
import { messageOf } from '../support/synth';

jest.mock('../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

type Jobs = Record<string, Record<string, unknown>>;

function fileWith(added: Jobs, props: Partial<GitlabPipelineProps> = {}): Record<string, GitlabJob> {
  const made = pipeline({ buildJob: BUILD, ...props });
  for (const [name, keywords] of Object.entries(added)) made.addJob(name, { script: ['true'], ...keywords });
  return parse(made.toYaml(), { version: '1.1' });
}

describe('a stage of the user', () => {
  test.each<[string, Jobs, string[]]>([
    ['comes before the image by default', { unit: {} }, ['build', 'test', 'image', 'synth', 'deploy']],
    ['stays in the order of the jobs', { a: { stage: 'lint' }, b: { stage: 'unit' } }, ['build', 'lint', 'unit', 'image', 'synth', 'deploy']],
    ['comes after the image when its job needs it', { scan: { stage: 'scan', needs: ['container'] } }, ['build', 'image', 'scan', 'synth', 'deploy']],
    ['comes after the deployment when its job needs it', { smoke: { stage: 'smoke', needs: [{ job: 'deploy-staging', artifacts: false }] } }, ['build', 'image', 'synth', 'deploy', 'smoke']],
    ['comes after the deployment when its job has an environment', { smoke: { stage: 'smoke', environment: { name: 'staging', action: 'verify' } } }, ['build', 'image', 'synth', 'deploy', 'smoke']],
    ['comes last when its job runs after a failure', { alert: { stage: 'alert', when: 'on_failure' } }, ['build', 'image', 'synth', 'deploy', 'alert']],
    ['follows a stage that its job needs, in any order of the calls', { b: { stage: 'pack', needs: ['a'] }, a: { stage: 'lint' } }, ['build', 'lint', 'pack', 'image', 'synth', 'deploy']],
    ['follows the stage of a dependency', { report: { stage: 'report', dependencies: ['synth'] } }, ['build', 'image', 'synth', 'report', 'deploy']],
    ['is that of the library when it has one', { lint: { stage: 'build' } }, ['build', 'image', 'synth', 'deploy']],
    ['is not listed when GitLab always has it', { lint: { stage: '.pre' } }, ['build', 'image', 'synth', 'deploy']],
  ])('%s', (_, added, stages) => {
    expect(fileWith(added).stages).toEqual(stages);
  });

  test('comes before the job of the library that needs it', () => {
    const buildJob = BuildJob.script({ script: ['make'], artifacts: ['out'], needs: ['generate'] });

    expect(fileWith({ generate: { stage: 'generate' } }, { buildJob }).stages).toEqual(['generate', 'build', 'image', 'synth', 'deploy']);
  });

  test('comes before the deployment when no job builds an image or synthesizes', () => {
    const props = { buildJob: undefined, imageBuild: ImageBuild.prebuilt({ reference: 'registry.example.com/web:1' }), synthesis: Synthesis.inDeployJob() };

    expect(fileWith({ lint: {} }, props).stages).toEqual(['test', 'deploy']);
  });

  test('stays where the option stages has it', () => {
    expect(fileWith({ lint: { stage: 'last' } }, { stages: ['build', 'image', 'synth', 'deploy', 'last'] }).stages).toEqual(['build', 'image', 'synth', 'deploy', 'last']);
  });
});

describe('a job of the user before the image', () => {
  const waitsFor = (job: string) => ({ job, artifacts: false, optional: true });
  const needsOf = (added: Jobs, name = 'container', props: Partial<GitlabPipelineProps> = {}) => fileWith(added, props)[name].needs;
  const BUILT = { job: 'build', artifacts: true };

  test.each([['its own stage', { stage: 'test' }], ['the stage of the build', { stage: 'build' }], ['the first stage', { stage: '.pre' }]])('must succeed first when it is in %s', (_, keywords) => {
    expect(needsOf({ lint: keywords })).toEqual([BUILT, waitsFor('lint')]);
  });

  test.each<[string, Record<string, unknown>, boolean]>([
    ['may fail', { allow_failure: true }, false],
    ['may fail with some status', { allow_failure: { exit_codes: 3 } }, true],
    ['may be left out by a person', { when: 'manual' }, false],
    ['must be started by a person', { when: 'manual', allow_failure: false }, true],
    ['must be started by a person in its rules', { rules: [{ if: '$CI_COMMIT_TAG', when: 'manual' }] }, true],
    ['may fail in one of its rules', { rules: [{ if: '$CI_COMMIT_TAG' }, { allow_failure: true }] }, false],
    ['runs after a failure', { when: 'on_failure' }, false],
    ['never runs', { rules: [{ when: 'never' }] }, false],
    ['runs in some pipelines', { rules: [{ if: '$CI_COMMIT_TAG' }, { when: 'never' }] }, true],
    ['is in the stage of the image', { stage: 'image' }, false],
    ['is in a later stage', { stage: 'deploy' }, false],
  ])('that %s: waited for is %p', (_, keywords, isWaitedFor) => {
    expect(needsOf({ lint: { stage: '.pre', ...keywords } })).toEqual(isWaitedFor ? [BUILT, waitsFor('lint')] : [BUILT]);
  });

  test('is no template', () => {
    expect(needsOf({ '.lint': { allow_failure: true }, 'lint': { extends: '.lint' } })).toEqual([BUILT]);
  });

  test('is not waited for when the option needs names others', () => {
    const imageBuild = ImageBuild.buildah({ needs: ['unit'] });

    expect(needsOf({ lint: {}, unit: {} }, 'container', { imageBuild })).toEqual([BUILT, { job: 'unit', artifacts: false }]);
    expect(needsOf({ lint: {} }, 'container', { imageBuild: ImageBuild.buildah({ needs: [] }) })).toEqual([BUILT]);
  });

  test('gates the synthesis of a prebuilt image, and the deploy job that synthesizes', () => {
    const imageBuild = ImageBuild.prebuilt({ reference: 'registry.example.com/web:1' });

    expect(needsOf({ lint: {} }, 'synth', { imageBuild })).toEqual([waitsFor('lint')]);
    expect(needsOf({ lint: {} }, 'synth')).toEqual([{ job: 'container', artifacts: true }]);
    expect(needsOf({ lint: {} }, 'deploy-staging', { imageBuild, synthesis: Synthesis.inDeployJob() })).toEqual([waitsFor('lint')]);
  });
});

describe('the prefix of jobs', () => {
  test('is in front of each name, and of names in keywords', () => {
    const file = fileWith({ '.base': {}, 'lint': { extends: '.base', rules: [{ if: '$CI_COMMIT_TAG', needs: ['build'] }] }, 'smoke': { stage: 'smoke', needs: ['deploy-staging', 'other'] } }, {
      jobPrefix: 'web-', targets: [STAGING, REVIEW], rotation: undefined, raw: { include: 'other.yml' },
    });

    expect(Object.keys(file).filter((name) => /^\.?[a-z-]+$/.test(name) && !['stages', 'workflow', 'include'].includes(name))).toEqual([
      'web-build', 'web-container', 'web-synth', 'web-deploy-staging', 'web-deploy-review', 'web-stop-review', '.web-base', 'web-lint', 'web-smoke',
    ]);
    expect(file['web-container'].needs).toEqual([{ job: 'web-build', artifacts: true }, { job: 'web-lint', artifacts: false, optional: true }]);
    expect(file['web-deploy-review'].environment.on_stop).toBe('web-stop-review');
    expect(file['web-lint']).toMatchObject({ extends: '.web-base', rules: [{ needs: ['web-build'] }] });
    expect(file['web-smoke'].needs).toEqual(['web-deploy-staging', 'other']);
  });

  test('is in front of the jobs of a rotation', () => {
    const file = fileWith({}, { jobPrefix: 'api:', rotation: CredentialRotation.scheduled() });

    expect(file['api:rotate-staging'].needs).toEqual([{ job: 'api:rotation-command', artifacts: true }]);
  });

  test.each(['web ', '-web', '.web', 'ä', '$X'])('may not be %j', (jobPrefix) => {
    expect(messageOf(() => fileWith({}, { jobPrefix }))).toContain('use a prefix such as "web-"');
  });
});

describe('a job of the library', () => {
  test.each<[string, Partial<GitlabPipelineProps>]>([
    ['container', { imageBuild: ImageBuild.buildah({ raw: { parallel: 2 } }) }],
    ['synth', { synthesis: Synthesis.job({ raw: { parallel: { matrix: [{ A: ['1', '2'] }] } } }) }],
    ['deploy-staging', { deployJob: DeployJob.cdk8sCiDeploy({ raw: { parallel: 3 } }) }],
    ['deploy-staging', { deployJob: DeployJob.kubectl({ raw: { parallel: 3 } }) }],
    ['rotate-staging', { rotation: CredentialRotation.scheduled({ raw: { parallel: 2 } }) }],
  ])('%s runs once', (name, props) => {
    expect(messageOf(() => fileWith({}, props))).toContain(`job ${name}: it has "parallel"`);
  });

  test('does not become parallel by a template', () => {
    expect(messageOf(() => fileWith({ '.twice': { parallel: 2 } }, { imageBuild: ImageBuild.docker({ raw: { extends: '.twice' } }) }))).toContain('job container: it has "parallel"');
  });

  test('may build the content of the image in parallel, because GitLab unpacks the files of all', () => {
    const buildJob = BuildJob.script({ script: ['make part-$CI_NODE_INDEX'], artifacts: ['out'], raw: { parallel: 2 } });

    expect(fileWith({ test: { parallel: 4 } }, { buildJob }).build.parallel).toBe(2);
  });
});
