import { UserError } from '../../../base/user-error';

/**
 * Collects what is wrong, so that all of it can be said at once.
 */
export class Problems {
  private readonly found: UserError[] = [];

  /** The result of an action, or nothing when it is refused. */
  public attempt<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.add(error);
      return undefined;
    }
  }

  /** Keeps a refusal; anything else is thrown on. */
  public add(error: unknown): void {
    if (!(error instanceof UserError)) throw error;
    this.found.push(error);
  }

  /**
   * @param what Is it that has problems: `the manifests`.
   * @throws All of it as one refusal, if there is any.
   */
  public check(what: string): void {
    const [first, ...others] = this.found;
    if (!first) return;
    if (others.length === 0) throw first;
    throw new UserError([`${this.found.length} problems in ${what}`, ...this.found.map(({ message }) => `  ${message}`)].join('\n'));
  }
}
