import type { JobOptions } from './job-options';
import { BUILDERS } from './private/pipeline/builders';
import { commonKeywords } from './private/pipeline/common-keywords';
import type { JobKeywords, PipelineJob } from './private/pipeline/job';
import type { PipelinePlan } from './private/pipeline/plan';

/**
 * How an image is built from a Dockerfile.
 */
export interface ImageBuildOptions extends JobOptions {
  /**
   * The folder that is sent to the builder.
   *
   * @default '.'
   */
  readonly context?: string;

  /**
   * The Dockerfile.
   *
   * @default - `Dockerfile` in the context
   */
  readonly dockerfile?: string;
}

/**
 * The job that builds the image and hands its reference over in a dotenv report.
 */
export class ImageBuild {
  /**
   * Built by buildah, which needs no daemon and no privileged runner.
   *
   * @param options What is built.
   */
  public static buildah(options: ImageBuildOptions = {}): ImageBuild {
    return new ImageBuild(options.name ?? 'container', (name, plan) => buildahJob(name, plan, options));
  }

  private constructor(private readonly name: string, private readonly job: (name: string, plan: PipelinePlan) => PipelineJob) {}

  /**
   * @internal
   */
  public _name(): string {
    return this.name;
  }

  /**
   * @internal
   */
  public _job(plan: PipelinePlan): PipelineJob {
    return this.job(this.name, plan);
  }
}

function buildahJob(name: string, plan: PipelinePlan, options: ImageBuildOptions): PipelineJob {
  const { context = '.', dockerfile } = options;
  const file = dockerfile === undefined ? [] : ['--file', dockerfile];
  return {
    name,
    comments: { script: 'The tag is never used again: what travels on is the digest, in the dotenv report.' },
    keywords: {
      ...imageJob(plan),
      ...commonKeywords({ ...options, image: options.image ?? BUILDERS.buildah }),
      script: [
        'reference="$CI_REGISTRY_IMAGE:$CI_COMMIT_SHORT_SHA-$CI_PIPELINE_ID-$CI_JOB_ID"',
        'printf \'%s\' "$CI_REGISTRY_PASSWORD" | buildah login --username "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"',
        ['buildah build --pull', ...file, '--tag "$reference"', context].join(' '),
        'buildah push --digestfile image.digest "$reference"',
        ...handOver(plan.variable, '$reference@$(cat image.digest)'),
      ],
    },
    raw: options.raw,
    gives: [plan.variable, `${plan.variable}_PIPELINE_ID`],
  };
}

function imageJob(plan: PipelinePlan): JobKeywords {
  return {
    stage: 'image',
    rules: plan.anyTarget,
    needs: plan.build === undefined ? [] : [{ job: plan.build, artifacts: true }],
    artifacts: { reports: { dotenv: 'image.env' } },
  };
}

/** @param reference In double quotes of the shell. */
function handOver(variable: string, reference: string): string[] {
  return [
    `echo "${variable}=${reference}" > image.env`,
    `echo "${variable}_PIPELINE_ID=$CI_PIPELINE_ID" >> image.env`,
  ];
}
