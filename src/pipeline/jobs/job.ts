import type { Json, JsonObject } from '../../base/json';

/** One entry of `rules`. */
export interface Rule {
  readonly if?: string;
  readonly when?: 'never' | 'manual' | 'always' | 'on_success' | 'delayed';
  readonly start_in?: string;
  readonly allow_failure?: boolean;
}

/** One entry of `needs`. */
export interface Need {
  readonly job: string;
  readonly artifacts: boolean;
  readonly optional?: boolean;
}

/** The keywords of a job that this library writes. */
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

/** A credential that a job gets. */
export interface HeldCredential {
  /** The variable that contains the credential. */
  readonly variable: string;
  /** For people: `masked variable`, `GitLab agent group/infra:prod`, `id_token for cluster-1`. */
  readonly kind: string;
  /**
   * The origin of the variable's value:
   * - `variable`: a kubeconfig in a CI/CD variable
   * - `gitlab`: a token for GitLab's API in a CI/CD variable
   * - `agent`: the kubeconfig of GitLab's agent
   * - `id_token`: a token that GitLab signs for the job
   */
  readonly source: 'variable' | 'gitlab' | 'agent' | 'id_token';
}

/**
 * One job: its keywords, and facts that GitLab's keywords do not contain.
 */
export interface PipelineJob {
  readonly name: string;
  readonly keywords: JobKeywords;
  /** Further keywords, as GitLab reads them. */
  readonly raw?: { readonly [keyword: string]: Json };
  /** Comments by the path of a keyword (`resource_group`, `variables.GIT_STRATEGY`). The path `''` is the job itself. */
  readonly comments?: { readonly [path: string]: string };
  /** The variables that the job writes to its dotenv report. */
  readonly dotenvVariables?: readonly string[];
  /** The variables that the job's script needs from the dotenv reports of other jobs. */
  readonly requiredVariables?: readonly string[];
  readonly credentials?: readonly HeldCredential[];
  /** Whether the job waits for jobs of the user in earlier stages, although it has `needs`. */
  readonly isGated?: boolean;
  /** The environment of the target that the job is for. */
  readonly targetEnvironment?: string;
}
