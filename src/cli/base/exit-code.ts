/**
 * The exit codes of the command.
 */
export enum ExitCode {
  /** Success. */
  DONE = 0,
  /** A check or the deployment failed, or an admission policy or quota rejected an object. Also a bug in the command. */
  NO = 1,
  /** The usage or the input is wrong. The command changed nothing and sent no request. */
  USAGE = 2,
  /** A server rejected the credential (401), or the credential lacks a right (403). */
  REFUSED = 3,
  /** No server could be reached in time, or its certificate is not trusted. A retry may help. */
  UNREACHABLE = 4,
  /** Ended by SIGINT. */
  INTERRUPTED = 130,
  /** Ended by SIGTERM. */
  TERMINATED = 143,
}
