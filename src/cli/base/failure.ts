import { ExitCode } from './exit-code';

/**
 * A failure outside the command, such as a server's error. The command prints its message without a stack.
 */
export class Failure extends Error {
  public override readonly name: string = 'Failure';

  public constructor(message: string, public readonly exitCode: ExitCode, cause?: unknown) {
    super(message, { cause });
  }
}

/**
 * A response with an unexpected status or content.
 */
export class HttpError extends Failure {
  public override readonly name: string = 'HttpError';

  /**
   * @param message The request and the server's message, escaped.
   * @param code The HTTP status.
   * @param isAccess Whether the server rejected the credential rather than the request.
   */
  public constructor(message: string, public readonly code: number, isAccess = code === 401 || code === 403) {
    super(message, isAccess ? ExitCode.REFUSED : ExitCode.NO);
  }
}

/**
 * No usable response: no connection, an untrusted certificate, a timeout, or a temporary error (408, 429, 5xx).
 */
export class Unreachable extends Failure {
  public override readonly name = 'Unreachable';

  public constructor(message: string, cause?: unknown) {
    super(message, ExitCode.UNREACHABLE, cause);
  }
}

/**
 * The user or the system stopped the command with a signal.
 */
export class Interrupted extends Failure {
  public override readonly name = 'Interrupted';

  public constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`ended by ${signal}`, signal === 'SIGINT' ? ExitCode.INTERRUPTED : ExitCode.TERMINATED);
  }
}
