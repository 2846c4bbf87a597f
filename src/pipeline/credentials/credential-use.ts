import type { HeldCredential, JobKeywords } from '../jobs/job';

/**
 * The part of a target that a credential depends on.
 */
export interface CredentialTarget {
  readonly namespace: string;
}

/**
 * What a credential adds to a job.
 */
export interface CredentialUse {
  readonly keywords: Pick<JobKeywords, 'id_tokens'>;
  /** Lines before the one that uses it. */
  readonly before: readonly string[];
  /** Lines of `after_script`. */
  readonly after: readonly string[];
  /** Options of the command, as words of the shell. */
  readonly options: readonly string[];
  readonly holds: HeldCredential;
}

/**
 * One kind of credential, for those who can use it.
 */
export interface CredentialKind {
  /** The variable that a job can rotate it in, if it is one that is kept. */
  readonly keptIn?: string;
  /** For this library's command. */
  forCommand(target: CredentialTarget): CredentialUse;
  /** For kubectl, which would follow everything in a kubeconfig. */
  forKubectl(target: CredentialTarget): CredentialUse;
}
