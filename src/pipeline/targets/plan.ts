import type { Target } from './target';
import type { Rule } from '../jobs/job';

/**
 * What the jobs of a pipeline know of each other.
 */
export interface PipelinePlan {
  readonly app: string;
  /** The variable that the image travels in. */
  readonly variable: string;
  /** Variables of the job that synthesizes, where no job hands the image over. */
  readonly imageVariables: { readonly [name: string]: string };
  readonly targets: readonly Target[];
  /** Comes first in the rules of every job: the pipelines that are for something else. */
  readonly notHere: readonly Rule[];
  /** When anything is deployed at all, `notHere` in it. */
  readonly anyTarget: Rule[];
  /** The names of jobs, where there are such. */
  readonly build?: string;
  readonly image?: string;
  readonly synth?: string;
  /** What the deploy job of a target runs first, where there is no job that synthesizes. */
  readonly synthesize?: (target: Target) => string[];
  /** How long GitLab keeps what jobs hand on, as GitLab reads it. */
  readonly handedOnFor: string;
  /** SHA-256 of the command, in hex. */
  readonly commandSha256: string;
}
