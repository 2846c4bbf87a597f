import { serverWords } from '../../base/printable';
import { HttpError } from '../base/failure';

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
 * Whether a no is one to the credential: it is not known (401), or lacks a right (403). Admission says 403, too, to an object that anybody else would
 * not get through either: policies, quotas, Pod Security, a namespace that is being deleted. What is not known to be its no counts as a missing right.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go
 */
export function isAccessDenied(code: number, { message = '' }: Pick<Status, 'message'>): boolean {
  if (code !== 403 || message.startsWith('admission webhook ')) return code === 401;
  return AUTHORIZATION.test(message) || !/\bis forbidden: /.test(message);
}

/** What authorizers have said no to, and what RBAC lets nobody give away. */
const AUTHORIZATION = /is forbidden: (?:User "[^"]*" cannot |user "[^"]*" \(groups=.*\) is attempting to grant RBAC permissions)|^forbidden: /s;

/**
 * The API server's no.
 */
export class ApiError extends HttpError {
  public override readonly name = 'ApiError';

  /**
   * @param at What was asked for: `get pods in kube-system`.
   */
  public constructor(at: string, code: number, public readonly status: Status) {
    super(`${at}: the API server says ${code} ${status.reason ?? ''}: ${serverWords(status.message ?? 'nothing')}`.replace(' :', ':'), code, isAccessDenied(code, status));
  }
}
