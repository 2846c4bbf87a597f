import type { HeldCredential, JobKeywords } from './job';

/**
 * What a credential adds to a job.
 */
export interface CredentialUse {
  readonly keywords: Pick<JobKeywords, 'id_tokens' | 'variables'>;
  /** Lines before the one that uses it. */
  readonly before: readonly string[];
  /** Lines of `after_script`. */
  readonly after: readonly string[];
  /** Options of the command, as words of the shell. */
  readonly options: readonly string[];
  readonly holds: HeldCredential;
}
