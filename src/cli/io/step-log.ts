import { UserError } from '../../base/user-error';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import type { Output } from '../base/host';

/**
 * What a command that changes something has done so far, said as it goes.
 */
export class StepLog {
  private done = 0;

  public constructor(private readonly stderr: Output) {}

  /** Something was done that stays when the command ends now. */
  public did(what: string): void {
    this.done += 1;
    this.stderr.write(`- ${what}\n`);
  }

  /** Something to know, with nothing done. */
  public note(what: string): void {
    this.stderr.write(`${what}\n`);
  }

  public warn(what: string): void {
    this.stderr.write(`warning: ${what}\n`);
  }

  /**
   * Runs what may fail half-way: then its message says that what was done is listed, and how to go on.
   */
  public async within<T>(action: () => Promise<T>, goOn = 'run the same command again to go on'): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Failure) && !(error instanceof UserError && this.done > 0)) throw error;
      const state = this.done > 0 ? `what is listed above was done; ${goOn}` : 'nothing was changed';
      throw new Failure(`${error.message}\n${state}`, error instanceof Failure ? error.exitCode : ExitCode.USAGE, error);
    }
  }
}
