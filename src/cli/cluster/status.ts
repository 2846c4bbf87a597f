import { serverWords } from '../../private/printable';
import { Refused } from '../failure';

/**
 * What an API server says of a request that it did not grant, as it says it.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export interface Status {
  readonly kind: 'Status';
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: ReadonlyArray<{ readonly reason?: string; readonly message?: string; readonly field?: string }>;
  };
}

/**
 * The API server's no.
 */
export class ApiRefusal extends Refused {
  public override readonly name = 'ApiRefusal';

  /**
   * @param at What was asked for: `get pods in kube-system`.
   */
  public constructor(at: string, code: number, public readonly status: Status) {
    super(`${at}: the API server says ${code} ${status.reason ?? ''}: ${serverWords(status.message ?? 'nothing')}`.replace(' :', ':'), code);
  }
}
