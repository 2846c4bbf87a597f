import * as fc from 'fast-check';
import { BuildJob, DeployCredential, DeployEnvironment, DeployJob, DeployRef, GitlabPipeline, ImageBuild, type JobOptions, Synthesis } from '../../src';

/**
 * Pipelines of all kinds of choices that go together. Each is made anew by every call.
 */
export function pipelines(): fc.Arbitrary<() => GitlabPipeline> {
  return fc.record({
    app: fc.constantFrom('web', 'on', '12', 'a-b'),
    targets: targetsArbitrary(),
    build: fc.option(jobOptions()),
    image: fc.tuple(fc.constantFrom(ImageBuild.buildah), jobOptions()),
    synthesis: fc.option(fc.tuple(fc.constantFrom(Synthesis.job, Synthesis.inDeployJob), jobOptions())),
    deploy: fc.tuple(fc.constantFrom(DeployJob.cdk8sCiDeploy), jobOptions()),
    credential: fc.constantFrom(undefined, DeployCredential.kubeconfigVariable(), DeployCredential.kubeconfigVariable({ variable: 'KUBE' })),
    imageVariable: fc.constantFrom(undefined, 'IMAGE', 'WEB_IMAGE'),
    raw: fc.constantFrom(undefined, { default: { tags: ['docker'] } }, { variables: { A: 'yes' }, workflow: { rules: [{ when: 'always' }] } }),
    added: fc.constantFrom(undefined, { script: ['true'] }, { stage: '.pre', script: ['true'], needs: [] }),
  }).map((choices) => () => {
    const pipeline = new GitlabPipeline({
      app: choices.app,
      targets: choices.targets,
      buildJob: choices.build === null ? undefined : BuildJob.script({ ...choices.build, name: 'compile', script: ['a: b', 'true'], artifacts: ['public'] }),
      imageBuild: choices.image[0](choices.image[1]),
      synthesis: choices.synthesis?.[0](choices.synthesis[1]),
      deployJob: choices.deploy[0](withoutRetry(choices.deploy[1])),
      credential: choices.credential,
      imageVariable: choices.imageVariable,
      raw: choices.raw,
      stages: choices.added === undefined ? undefined : ['build', 'image', 'synth', 'test', 'deploy'],
    });
    if (choices.added) pipeline.addJob('mine', choices.added);
    return pipeline;
  });
}

function jobOptions(): fc.Arbitrary<JobOptions> {
  return fc.record({
    image: fc.constantFrom('registry.example.com:5000/builder:1', `builder@sha256:${'0'.repeat(64)}`, '$BUILDER'),
    tags: fc.constantFrom(['docker'], ['yes', '12:30']),
    variables: fc.dictionary(fc.constantFrom('A', 'B_1', 'GIT_DEPTH'), fc.constantFrom('1', 'no', '1_000', '', '$A', 'a: b', '2024-01-01'), { minKeys: 1 }),
    timeout: fc.constantFrom('1h', '30 minutes'),
    raw: fc.constantFrom({ retry: 1 }, { retry: { max: 2, when: ['runner_system_failure'] } }, { coverage: '/a/' }, { allow_failure: true }),
  }, { requiredKeys: [] });
}

function withoutRetry({ raw, ...options }: JobOptions): JobOptions {
  const { retry: _, ...rest } = raw ?? {};
  return { ...options, raw: rest };
}

function targetsArbitrary(): fc.Arbitrary<DeployEnvironment[]> {
  const one = fc.record({
    isProtected: fc.boolean(),
    isReview: fc.boolean(),
    manual: fc.boolean(),
    stoppable: fc.option(fc.boolean(), { nil: undefined }),
    autoStopIn: fc.constantFrom(undefined, '3 days'),
    url: fc.constantFrom(undefined, 'https://$CI_ENVIRONMENT_SLUG.example.com'),
    tier: fc.constantFrom(undefined, 'production', 'testing'),
    branch: fc.constantFrom(undefined, 'main', 'release/1'),
  });
  return fc.array(one, { minLength: 1, maxLength: 4 }).map((targets) => targets.map(({ isReview, isProtected, branch, manual, stoppable, ...others }, index) => {
    const options = { ...others, namespace: `example-${index}`, environment: `${isProtected && !isReview ? 'protected' : 'open'}-${index}` };
    // Promotion goes from target to target, so all of them are for one ref.
    const ref = branch === undefined ? undefined : DeployRef.branch('main');
    return isReview ? DeployEnvironment.review(options) : DeployEnvironment.of({ ...options, ref: targets[0]?.branch === undefined ? undefined : ref, protected: isProtected, manual, stoppable });
  }));
}
