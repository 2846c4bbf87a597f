import type { ImageBuildOptions } from './image-build';
import { userError, show } from '../../base/user-error';
import type { GeneratedJob } from '../jobs/generated-job';
import type { JobKeywords } from '../jobs/job';
import { checkedText, word } from '../jobs/shell';
import type { PipelinePlan } from '../targets/plan';

/** The tag is for one job; in the registry it also keeps the image from being cleared away. */
export const REFERENCE = 'reference="$CI_REGISTRY_IMAGE:$CI_COMMIT_SHORT_SHA-$CI_PIPELINE_ID-$CI_JOB_ID"';

/**
 * A job that builds an image.
 */
export function imageJob(name: string, plan: PipelinePlan, options: ImageBuildOptions, keywords: Partial<JobKeywords>): GeneratedJob {
  return {
    name,
    options,
    comments: { script: 'The tag is never used again: what travels on is the digest, in the dotenv report.' },
    keywords: {
      stage: 'image',
      rules: plan.anyTarget,
      needs: plan.build === undefined ? [] : [{ job: plan.build, artifacts: true }],
      interruptible: true,
      ...keywords,
      artifacts: { reports: { dotenv: 'image.env' } },
    },
    gives: [plan.variable, `${plan.variable}_PIPELINE_ID`],
  };
}

/** What the builders have in common, as words of the shell; the context comes last. */
export function buildWords({ context = '.', dockerfile, buildArguments = {}, platform, target }: ImageBuildOptions): { options: string[]; context: string } {
  return {
    options: [
      ...dockerfile === undefined ? [] : ['--file', word(checkedText('dockerfile', dockerfile))],
      ...Object.entries(buildArguments).flatMap(([name, value]) => ['--build-arg', word(buildArgument(name, value))]),
      ...platform === undefined ? [] : ['--platform', matching('platform', platform, /^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/, 'one platform, as "linux/arm64"')],
      ...target === undefined ? [] : ['--target', matching('target', target, /^[A-Za-z0-9][\w.-]*$/, 'the name of a stage of the Dockerfile')],
    ],
    context: word(checkedText('context', context)),
  };
}

function buildArgument(name: string, value: string): string {
  matching('buildArguments', name, /^[A-Za-z_]\w*$/, 'names of letters, digits and "_"');
  return `${name}=${matching(`buildArguments.${name}`, value, /^[^\0-\x1f\x7f]*$/, 'one line of text')}`;
}

function matching(at: string, text: string, pattern: RegExp, expected: string): string {
  if (pattern.test(text)) return text;
  throw userError({ at, given: `it is ${show(text)}`, expected, fix: 'correct it' });
}

/** Writes the report. The shell has the digest in `digest`. */
export function dotenvReport(variable: string): string[] {
  return [
    `echo "${variable}=$reference@$digest" > image.env`,
    `echo "${variable}_PIPELINE_ID=$CI_PIPELINE_ID" >> image.env`,
  ];
}
