import type { HeldCredential, JobKeywords } from '../jobs/job';

/**
 * The part of a target that a credential needs.
 */
export interface CredentialTarget {
  readonly namespace: string;
}

/**
 * The parts of a job that depend on its credential.
 */
export interface JobCredential {
  readonly keywords: Pick<JobKeywords, 'id_tokens'>;
  /** Lines of the script that run before the command. */
  readonly setup: readonly string[];
  /** Lines of `after_script`. */
  readonly cleanup: readonly string[];
  /** Options of the command, as words of the shell. */
  readonly options: readonly string[];
  readonly credential: HeldCredential;
}

/**
 * One kind of credential.
 */
export interface CredentialKind {
  /** The CI/CD variable that stores the credential, if a job can rotate it there. */
  readonly storedIn?: string;
  /** For the command of this library. */
  forCommand(target: CredentialTarget): JobCredential;
  /** For kubectl, which reads and runs all that a kubeconfig names, exec plugins for example. */
  forKubectl(target: CredentialTarget): JobCredential;
}
