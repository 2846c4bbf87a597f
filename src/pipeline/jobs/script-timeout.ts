import type { JobKeywords } from './job';
import { userError } from '../../base/user-error';
import { gitlabDuration, gitlabSeconds } from '../../gitlab/duration';

/**
 * The time that the script of a job with a credential may take.
 */
export interface ScriptTime {
  /** The longest time that the commands of the script take by their own limits, in seconds. */
  readonly needed: number;
  /** What that time consists of, for error messages: `a rollout of 10m, its rollback`. */
  readonly parts: string;
}

/** The part of a job's timeout before and after its script: to start the job, for after_script, and to upload reports. In seconds. */
const MARGIN = 600;

/** The comment above the variable. */
export const SCRIPT_TIMEOUT_COMMENT = 'After this time, the runner still uploads reports and removes the credential from its disk. It would not after the timeout of the job.';

/**
 * The timeout of a job, and the variable that ends its script before.
 *
 * After the timeout of the job, the runner skips after_script and the clean-up. Variables of type file stay on the disk of a shell runner.
 * Needs GitLab Runner 16.4; older ones ignore the variable.
 *
 * @param job The name of the job, for errors.
 * @param timeout The user's option, in GitLab's syntax.
 * @throws `UserError` when the script cannot end in that time.
 * @see https://docs.gitlab.com/ci/runners/configure_runners/#set-script-and-after_script-timeouts
 */
export function scriptTimeout(job: string, { needed, parts }: ScriptTime, timeout?: string): Required<Pick<JobKeywords, 'timeout' | 'variables'>> {
  const least = needed + MARGIN;
  const seconds = timeout === undefined ? least : gitlabSeconds('timeout', timeout);
  if (seconds < least || seconds > LONGEST) {
    throw userError({
      at: `job ${job}`,
      given: `its timeout is ${timeout}`,
      expected: seconds > LONGEST ? 'at most 30 days' : `at least ${gitlabDuration(least)}: ${parts}, and ${gitlabDuration(MARGIN)} to start and to clean up`,
      fix: `set the option timeout to "${gitlabDuration(least)}", or remove it`,
    });
  }
  return { timeout: timeout ?? gitlabDuration(least), variables: { RUNNER_SCRIPT_TIMEOUT: goDuration(seconds - MARGIN) } };
}

/** GitLab accepts no longer timeout. In seconds. */
const LONGEST = 30 * 86_400;

/** A duration as Go's time.ParseDuration reads it. */
function goDuration(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
