import type { Clock } from '../base/host';

/** Milliseconds after the last sign of an outage for which a server may still be starting. */
const STARTING = 15_000;

/**
 * Whether a server has just been away. An API server that starts again takes requests before it has read who may do what: until then it knows
 * no token, or allows nothing, and says 401 or 403 to those who were welcome before.
 */
export class Outage {
  private last = -Infinity;

  public constructor(private readonly clock: Clock) {}

  /** A connection failed, or somebody on the way says that the server did. */
  public note(): void {
    this.last = this.clock.now();
  }

  /** Whether an answer may be another one when the server has started. */
  public explains({ status }: { readonly status: number }): boolean {
    return (status === 401 || status === 403) && this.clock.now() - this.last < STARTING;
  }
}
