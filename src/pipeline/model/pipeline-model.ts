import type { HeldCredential } from '../jobs/job';

/**
 * A pipeline as the command looks at it: what flows where, which GitLab's keywords say only in part.
 */
export interface PipelineModel {
  /** The application. */
  readonly app: string;
  /** The variable that the image travels in. */
  readonly variable: string;
  /** In their order. */
  readonly stages: readonly string[];
  readonly jobs: readonly JobModel[];
  readonly targets: readonly TargetModel[];
}

/** One job. */
export interface JobModel {
  readonly name: string;
  readonly stage: string;
  /** Missing where the job waits for all stages before its own. */
  readonly needs?: readonly NeedModel[];
  /** As in the file, with its variables. */
  readonly environment?: string;
  /** What it does to the environment: `uses` is for its variables alone. */
  readonly action: 'deploys' | 'stops' | 'uses';
  /** Its `rules` in their order. Missing where it has none. */
  readonly rules?: readonly RuleModel[];
  /** Whether someone has to start it. */
  readonly manual: boolean;
  /** Whether it runs for protected refs only. */
  readonly protected: boolean;
  /** The paths of its artifacts. */
  readonly artifacts: readonly string[];
  /** The variables of its dotenv report. */
  readonly gives: readonly string[];
  /** The variables of dotenv reports that its script reads. */
  readonly takes: readonly string[];
  readonly holds: readonly HeldCredential[];
}

/** One of the `rules` of a job. */
export interface RuleModel {
  readonly if?: string;
  readonly changes?: readonly string[];
  readonly exists?: readonly string[];
  /** As in the file: `on_success`, `manual`, `never` … */
  readonly when: string;
}

/** A job that must have ended before. */
export interface NeedModel {
  readonly job: string;
  /** Whether its artifacts come along. */
  readonly artifacts: boolean;
}

/** An environment and its namespace in the cluster. */
export interface TargetModel {
  /** That of a review app has variables in it. */
  readonly environment: string;
  readonly namespace: string;
  readonly protected: boolean;
  readonly review: boolean;
}
