import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';

/**
 * Somebody else may be deploying by now.
 */
export class LockLost extends Failure {
  public override readonly name = 'LockLost';

  public constructor(at: string, why: string) {
    super(`${at}: the lock of this deployment is lost, and nothing more is written: ${why}`, ExitCode.UNREACHABLE);
  }
}
