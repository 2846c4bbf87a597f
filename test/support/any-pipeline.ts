import * as fc from 'fast-check';
import { inputsOf } from './component';
import {
  BuildJob, CredentialRotation, DeployCredential, DeployTarget, DeployJob, DeployRef, GitlabPipeline, type GitlabPipelineProps, ImageBuild,
  type JobOptions, Synthesis,
} from '../../src';

const AGENT = DeployCredential.gitlabAgent({ agent: 'group/infra:main' });
const ID_TOKEN = DeployCredential.idToken({ audience: 'https://cluster.example.com', server: 'https://cluster.example.com:6443' });
const VARIABLE = DeployCredential.kubeconfigVariable({ variable: 'KUBE', server: 'https://cluster.example.com:6443' });

/**
 * Pipelines with any valid combination of choices. Each call of the function creates a new one.
 */
export function pipelines(): fc.Arbitrary<() => GitlabPipeline> {
  return fc.record({
    app: fc.constantFrom('web', 'on', '12', 'a-b'),
    targets: manyTargets(),
    buildJob: fc.option(jobOptions().map((options) => BuildJob.script({ ...options, name: 'compile', script: ['a: b', 'true'], artifacts: ['public'] })), { nil: undefined }),
    imageBuild: fc.oneof(
      jobOptions().map((options) => ImageBuild.buildah({ ...options, platform: 'linux/arm64', layerCache: true })),
      jobOptions().map((options) => ImageBuild.docker({ ...options, context: 'site', buildArguments: { VERSION: '$CI_COMMIT_TAG' } })),
      fc.constantFrom('registry.example.com/web:1', '$UPSTREAM').map((reference) => ImageBuild.prebuilt({ reference })),
    ),
    synthesis: fc.oneof(fc.constant(undefined), jobOptions().map(Synthesis.job), fc.constant(Synthesis.inDeployJob({ script: ['make'] }))),
    deployJob: fc.tuple(fc.constantFrom(DeployJob.cdk8sCiDeploy, DeployJob.kubectl), jobOptions()).map(([make, options]) =>
      make({ image: 'registry.example.com/deployer:1', ...options, raw: { coverage: '/a/' }, rolloutTimeout: '5m' })),
    credential: fc.constantFrom(undefined, VARIABLE, AGENT, ID_TOKEN),
    rotation: fc.option(jobOptions().map(({ raw: _, ...options }) => CredentialRotation.scheduled(options)), { nil: undefined }),
    imageVariable: fc.constantFrom(undefined, 'IMAGE', 'WEB_IMAGE'),
    raw: fc.constantFrom(undefined, { default: { tags: ['docker'] } }, { variables: { A: 'yes' } }),
    added: fc.constantFrom(undefined, { script: ['true'] }, { stage: '.pre', script: ['true'], needs: [] }),
  }).map(({ added, ...choices }) => () => {
    // Only a stored credential can be rotated.
    const isStored = choices.credential === undefined || choices.credential === VARIABLE;
    const pipeline = new GitlabPipeline({ ...choices, rotation: isStored ? choices.rotation : undefined });
    if (added) pipeline.addJob('mine', added);
    return pipeline;
  });
}

/** The required inputs of its component, with the values of the pipeline. */
export function requiredInputs(made: GitlabPipeline): { [name: string]: string } {
  const inputs = inputsOf(made.toComponentYaml());
  const { app } = (made as unknown as { props: GitlabPipelineProps }).props;
  const namespaces = Object.keys(inputs).filter((name) => name.endsWith('-namespace'));
  return { app, ...Object.fromEntries(namespaces.map((name) => [name, `example-${/-(\d)-namespace$/.exec(name)?.[1]}`])) };
}

function jobOptions(): fc.Arbitrary<JobOptions> {
  return fc.record({
    image: fc.constantFrom('registry.example.com:5000/builder:1', `builder@sha256:${'0'.repeat(64)}`, '$BUILDER'),
    tags: fc.constantFrom(['docker'], ['yes', '12:30']),
    variables: fc.dictionary(fc.constantFrom('A', 'B_1', 'GIT_DEPTH'), fc.constantFrom('1', 'no', '1_000', '', '$A', 'a: b', '2024-01-01'), { minKeys: 1 }),
    timeout: fc.constantFrom('1h', '50 minutes'),
    raw: fc.constantFrom({ retry: 1 }, { retry: { max: 2, when: ['runner_system_failure'] } }, { coverage: '/a/' }, { allow_failure: true }),
  }, { requiredKeys: [] });
}

/** Environments are named by their kind: `protected-0`, `open-0`, `review-0`. */
function manyTargets(): fc.Arbitrary<DeployTarget[]> {
  const one = fc.record({
    kind: fc.constantFrom('open', 'protected', 'review'),
    manual: fc.boolean(),
    stoppable: fc.option(fc.boolean(), { nil: undefined }),
    autoStopIn: fc.constantFrom(undefined, '3 days'),
    url: fc.constantFrom(undefined, 'https://$CI_ENVIRONMENT_SLUG.example.com'),
    tier: fc.constantFrom(undefined, 'production', 'testing'),
    ref: fc.constantFrom(undefined, DeployRef.branch('release/1'), DeployRef.tag('^v\\d+$'), DeployRef.tag()),
  });
  return fc.array(one, { minLength: 1, maxLength: 4 }).map((targets) => targets.map(({ kind, autoStopIn, stoppable, ...others }, index) => {
    const options = { ...others, autoStopIn, namespace: `example-${index}`, environment: `${kind}-${index}` };
    return kind === 'review'
      ? DeployTarget.review(options)
      : DeployTarget.of({ ...options, protectedRefsOnly: kind === 'protected', stoppable: autoStopIn === undefined ? stoppable : undefined });
  }));
}
