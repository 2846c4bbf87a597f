import { userError, show } from '../../base/user-error';
import type { GeneratedJob, JobOptions } from '../jobs/generated-job';
import type { JobKeywords } from '../jobs/job';
import { checkedText, shellWord } from '../jobs/shell';
import type { PipelinePlan } from '../targets/pipeline-plan';

/**
 * Options of a job that builds an image from a Dockerfile.
 */
export interface ImageBuildOptions extends JobOptions {
  /**
   * The build context: the folder that the builder gets.
   *
   * @default '.'
   */
  readonly context?: string;

  /**
   * The path of the Dockerfile from the top of the repository.
   *
   * @default - `Dockerfile` in the context
   */
  readonly dockerfile?: string;

  /**
   * Values for the ARGs of the Dockerfile. The shell expands references to variables in them, such as `$CI_COMMIT_TAG`.
   * They are not secret: everyone who has the image can read them.
   *
   * @default - none
   */
  readonly buildArguments?: { [name: string]: string };

  /**
   * The one platform of the image, such as `linux/arm64`. For another platform than its own, the runner needs emulation.
   *
   * @default - the runner's
   */
  readonly platform?: string;

  /**
   * The stage of the Dockerfile that becomes the image.
   *
   * @default - the last one
   */
  readonly target?: string;
}

/** Sets `reference`. The tag is unique to the job, and it keeps the registry's clean-up from deleting the image. */
export const SET_REFERENCE = 'reference="$CI_REGISTRY_IMAGE:$CI_COMMIT_SHORT_SHA-$CI_PIPELINE_ID-$CI_JOB_ID"';

/**
 * The parts that jobs with any builder share.
 */
export function imageJob(name: string, plan: PipelinePlan, options: ImageBuildOptions, keywords: Partial<JobKeywords>): GeneratedJob {
  return {
    name,
    options,
    isGated: true,
    comments: { script: 'Each job pushes its own tag. Later jobs use the digest from the dotenv report.' },
    keywords: {
      stage: 'image',
      rules: plan.rules,
      needs: plan.buildJob === undefined ? [] : [{ job: plan.buildJob, artifacts: true }],
      interruptible: true,
      ...keywords,
      artifacts: { reports: { dotenv: 'image.env' } },
    },
    dotenvVariables: [plan.imageVariable, `${plan.imageVariable}_PIPELINE_ID`],
  };
}

/** The options that buildah and docker share, as words of the shell, and the context, which is the last word. */
export function buildWords({ context = '.', dockerfile, buildArguments = {}, platform, target }: ImageBuildOptions): { options: string[]; context: string } {
  return {
    options: [
      ...dockerfile === undefined ? [] : ['--file', shellWord(checkedText('dockerfile', dockerfile))],
      ...Object.entries(buildArguments).flatMap(([name, value]) => ['--build-arg', shellWord(buildArgument(name, value))]),
      ...platform === undefined ? [] : ['--platform', checkedMatch('platform', platform, PLATFORM)],
      ...target === undefined ? [] : ['--target', checkedMatch('target', target, STAGE)],
    ],
    context: shellWord(checkedText('context', context)),
  };
}

interface Grammar {
  readonly pattern: RegExp;
  readonly expected: string;
  readonly fix: string;
}

const PLATFORM: Grammar = {
  pattern: /^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/,
  expected: 'one platform, as "linux/arm64"',
  fix: 'name one; for several platforms, make a job for each',
};

const STAGE: Grammar = {
  pattern: /^[A-Za-z0-9][\w.-]*$/,
  expected: 'the name of a stage of the Dockerfile',
  fix: 'use the name after AS in its FROM line',
};

const ARGUMENT_NAME: Grammar = {
  pattern: /^[A-Za-z_]\w*$/,
  expected: 'names of letters, digits and "_"',
  fix: 'use the name in the ARG line of the Dockerfile',
};

const ARGUMENT_VALUE: Grammar = {
  pattern: /^[^\0-\x1f\x7f]*$/,
  expected: 'one line of text',
  fix: 'remove line breaks and control characters',
};

function buildArgument(name: string, value: string): string {
  checkedMatch('buildArguments', name, ARGUMENT_NAME);
  return `${name}=${checkedMatch(`buildArguments.${name}`, value, ARGUMENT_VALUE)}`;
}

function checkedMatch(at: string, text: string, { pattern, expected, fix }: Grammar): string {
  if (pattern.test(text)) return text;
  throw userError({ at, given: `it is ${show(text)}`, expected, fix });
}

/** Lines that write the dotenv report. They need `reference` and `digest` in the shell. */
export function dotenvReport(variable: string): string[] {
  return [
    `echo "${variable}=$reference@$digest" > image.env`,
    `echo "${variable}_PIPELINE_ID=$CI_PIPELINE_ID" >> image.env`,
  ];
}
