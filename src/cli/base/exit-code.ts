/**
 * What the command's exit status says.
 */
export enum ExitCode {
  /** Done. */
  DONE = 0,
  /** It ran and the answer is no; also that of an admission policy or a quota. A bug in the command counts as no. */
  NO = 1,
  /** The usage or the input is wrong: nothing was written or contacted. */
  USAGE = 2,
  /** A server does not know the credential, or does not let it do this (401, 403). */
  REFUSED = 3,
  /** A server could not be reached in time, or over a connection that is not to be trusted; worth a retry. */
  UNREACHABLE = 4,
  /** Ended by SIGINT. */
  INTERRUPTED = 130,
  /** Ended by SIGTERM. */
  TERMINATED = 143,
}
