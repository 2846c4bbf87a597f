/**
 * A ServiceAccount.
 */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}
