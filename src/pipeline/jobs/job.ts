import type { Json, JsonObject } from '../../base/json';

/** One alternative of `rules`. */
export interface Rule {
  readonly if?: string;
  readonly when?: 'never' | 'manual' | 'always' | 'on_success' | 'delayed';
  readonly start_in?: string;
  readonly allow_failure?: boolean;
}

/** A job that must have ended before. */
export interface Need {
  readonly job: string;
  readonly artifacts: boolean;
  readonly optional?: boolean;
}

/** The keywords of a job that the library writes itself; `raw` ones stand beside them. */
export interface JobKeywords {
  readonly stage: string;
  readonly image?: Json;
  readonly services?: Json[];
  readonly tags?: string[];
  readonly rules?: Rule[];
  readonly needs?: Need[];
  readonly variables?: { [name: string]: string };
  readonly id_tokens?: { [variable: string]: { readonly aud: string } };
  readonly environment?: JsonObject;
  readonly resource_group?: string;
  readonly interruptible?: boolean;
  readonly retry?: number;
  readonly timeout?: string;
  readonly before_script?: string[];
  readonly script?: string[];
  readonly after_script?: string[];
  readonly artifacts?: JsonObject;
}

/** A credential that a job holds. */
export interface HeldCredential {
  /** The variable that it comes in. */
  readonly variable: string;
  /** For people: `masked variable`, `GitLab agent group/infra:prod`, `id_token for cluster-1`. */
  readonly kind: string;
  /**
   * Who sets the variable: someone, with a kubeconfig (`variable`) or a token for GitLab itself (`gitlab`); GitLab for an agent; GitLab, with a token of the
   * job's own.
   */
  readonly source: 'variable' | 'gitlab' | 'agent' | 'id_token';
}

/**
 * One job, with what GitLab's keywords do not say of it.
 */
export interface PipelineJob {
  readonly name: string;
  readonly keywords: JobKeywords;
  /** As GitLab reads them. */
  readonly raw?: { readonly [keyword: string]: Json };
  /** Why, by keyword (`resource_group`, or `variables.GIT_STRATEGY`); `''` stands above the job. */
  readonly comments?: { readonly [keyword: string]: string };
  /** The variables of its dotenv report. */
  readonly gives?: readonly string[];
  /** The variables of dotenv reports that its script reads. */
  readonly takes?: readonly string[];
  readonly holds?: readonly HeldCredential[];
  /** The environment that it deploys to. */
  readonly target?: string;
}
