import { UserError } from '../../base/user-error';
import { ExitCode, Failure } from '../base/failure';
import type { Output } from '../base/host';

/**
 * Reports the steps of a command on standard error, each when it is done.
 */
export class StepLog {
  private done = 0;

  public constructor(private readonly stderr: Output) {}

  /** Reports a change. It stays when the command fails later. */
  public did(what: string): void {
    this.done += 1;
    this.stderr.write(`- ${what}\n`);
  }

  /** Reports a fact. Nothing was changed. */
  public note(what: string): void {
    this.stderr.write(`${what}\n`);
  }

  public warn(what: string): void {
    this.stderr.write(`warning: ${what}\n`);
  }

  /**
   * Runs an action. If it fails, adds to the error whether something was changed and how to continue.
   */
  public async within<T>(action: () => Promise<T>, goOn = 'run the same command again to continue'): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Failure) && !(error instanceof UserError && this.done > 0)) throw error;
      const state = this.done > 0 ? `the steps listed above are done; ${goOn}` : 'nothing was changed';
      throw new Failure(`${error.message}\n${state}`, error instanceof Failure ? error.exitCode : ExitCode.USAGE, error);
    }
  }
}
