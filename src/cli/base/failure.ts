

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
