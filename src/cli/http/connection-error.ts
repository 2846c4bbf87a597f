import { Unreachable } from '../base/failure';

/**
 * How an exchange failed, for whoever decides whether to try again.
 */
export interface Failing {
  /** Whether the request can have reached the server, and had its effect there. */
  readonly sent: boolean;
  /** Whether it would fail again: there is no such host, or nobody trusts its certificate. */
  readonly lasting: boolean;
}

/**
 * The cause of an `Unreachable`. Its message says what happened; who it happened with is said by the `Unreachable`.
 */
export class ConnectionError extends Error implements Failing {
  public override readonly name = 'ConnectionError';
  public readonly sent: boolean;
  public readonly lasting: boolean;

  public constructor(message: string, { sent, lasting }: Failing) {
    super(message);
    this.sent = sent;
    this.lasting = lasting;
  }
}

/**
 * Whether a server that did not answer may do so later.
 */
export function mayPass(error: unknown): boolean {
  return error instanceof Unreachable && !(error.cause instanceof ConnectionError && error.cause.lasting);
}
