import { ExitCode } from './exit-code';

/**
 * What went wrong outside the command: its message is all there is to say, so no stack is printed for it.
 */
export class Failure extends Error {
  public override readonly name: string = 'Failure';

  public constructor(message: string, public readonly exitCode: ExitCode, cause?: unknown) {
    super(message, { cause });
  }
}

/**
 * A server's answer that is not the one asked for.
 */
export class HttpError extends Failure {
  public override readonly name: string = 'HttpError';

  /**
   * @param message Who says what, with the server's own words escaped.
   * @param code The HTTP status.
   * @param isAccess Whether it is the credential that is refused, and not what was asked for.
   */
  public constructor(message: string, public readonly code: number, isAccess = code === 401 || code === 403) {
    super(message, isAccess ? ExitCode.REFUSED : ExitCode.NO);
  }
}

/**
 * There was no answer: no connection, no trust in it, or no time left.
 */
export class Unreachable extends Failure {
  public override readonly name = 'Unreachable';

  public constructor(message: string, cause?: unknown) {
    super(message, ExitCode.UNREACHABLE, cause);
  }
}

/**
 * The user or the system ended the command.
 */
export class Interrupted extends Failure {
  public override readonly name = 'Interrupted';

  public constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`ended by ${signal}`, signal === 'SIGINT' ? ExitCode.INTERRUPTED : ExitCode.TERMINATED);
  }
}
