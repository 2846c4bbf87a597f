/**
 * What the command's exit status says.
 */
export enum ExitCode {
  /** Done. */
  DONE = 0,
  /** It ran and the answer is no; a bug in the command counts as no. */
  NO = 1,
  /** The usage or the input is wrong: nothing was written or contacted. */
  USAGE = 2,
}
