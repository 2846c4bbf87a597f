import type { Rule } from './job';
import type { Target } from './target';

/**
 * What the jobs of a pipeline know of each other.
 */
export interface PipelinePlan {
  readonly app: string;
  /** The variable that the image travels in. */
  readonly variable: string;
  readonly targets: readonly Target[];
  /** When anything is deployed at all. */
  readonly anyTarget: Rule[];
  /** The names of jobs, where there are such. */
  readonly build?: string;
  readonly image?: string;
  readonly synth?: string;
  /** SHA-256 of the command, in hex. */
  readonly commandSha256: string;
}
