import { isObject, Json, JsonObject, parseObject } from '../../base/json';
import { serverWords } from '../../base/printable';
import { maskTexts } from '../../base/secrets';
import { show } from '../../base/user-error';
import { HttpError, Unreachable } from '../base/failure';
import type { RetriedResponse } from '../http/retry';

/**
 * The API server's description of a failed request.
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
 * A request that the API server rejected.
 */
export class ApiError extends HttpError {
  public override readonly name = 'ApiError';

  /**
   * @param at The request: `get pods in kube-system`.
   */
  public constructor(at: string, code: number, public readonly status: Status) {
    const words = serverWords(inPlainWords(status.message ?? 'nothing'));
    super(`${at}: the API server says ${code} ${serverWords(status.reason ?? '')}: ${words}`.replace(' :', ':'), code, isAccessDenied(code, status));
  }
}

/**
 * A message of the API server in one line, without Go's names of types and Go's form of values. Such a value may be one of a Secret.
 */
export function inPlainWords(message: string): string {
  // A value may have several lines. Each problem of a list begins with the path of a field.
  return message.split(/\n(?= {2}\.)/).map((entry) => entry.replace(/(?:&|&?value\.valueUnstructured)\{.*\}/s, 'another value')).join('\n')
    .replace(/map\[string\]interface \{\}/g, 'a mapping')
    .replace(/\[\]interface \{\}/g, 'a list')
    .replace(/Go (?:value|struct field)/g, 'a field')
    .replace(/\b(?:u?int|float)(?:8|16|32|64)\b/g, 'number')
    .replace(/\berrors:\n\s*/g, '')
    .split('\n').map((line) => line.trim()).filter((line) => line !== '').join('; ');
}

/**
 * Whether the API server rejected the credential: it does not know it (401), or the credential lacks a right (403).
 * Admission also answers 403, to everybody: policies, quotas, Pod Security, a namespace in deletion. A 403 of unknown origin counts as a missing right.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go
 */
export function isAccessDenied(code: number, { message = '' }: Pick<Status, 'message'>): boolean {
  if (code !== 403 || message.startsWith('admission webhook ')) return code === 401;
  return AUTHORIZATION.test(message) || !/\bis forbidden: /.test(message);
}

/** The messages of authorizers, and of RBAC's protection against privilege escalation. */
const AUTHORIZATION = /is forbidden: (?:User "[^"]*" cannot |user "[^"]*" \(groups=.*\) is attempting to grant RBAC permissions)|^forbidden: /s;

/**
 * The object in a response.
 *
 * @param at The request: `get pods in kube-system`.
 * @throws `ApiError` when the API server rejected the request, `HttpError` when another server on the way did. `Unreachable` for a temporary
 * error (408, 429, 5xx), whose result is unknown: its `cause` is the `ApiError` or `HttpError`.
 */
export function objectOf(at: string, response: RetriedResponse): JsonObject {
  const { status, body } = response;
  const object = parseObject(body);
  if (status >= 200 && status < 300) {
    if (object && !isFailure(object)) return object;
    if (!object) throw new Unreachable(`${at}: ${notKubernetes(response)}`);
  }
  const error = errorOf(at, response, object);
  if (status !== 408 && status !== 429 && status < 500) throw error;
  throw new Unreachable(`${error.message}${response.tried}`, error);
}

/**
 * Corrects the status of a response. The API server answers 500 to many mistakes in manifests, as if a retry could help.
 */
export function correctStatus<T extends { readonly status: number; readonly body: string }>(response: T): T {
  if (response.status !== 500) return response;
  const { message } = parseObject(response.body) ?? {};
  const [, status] = INPUT_MISTAKES.find(([pattern]) => typeof message === 'string' && pattern.test(message)) ?? [];
  return status === undefined ? response : { ...response, status };
}

/**
 * Messages about the object in the request, and the status that such a mistake has elsewhere. Other errors with 500 are temporary: etcd without
 * a leader, a webhook that does not answer.
 *
 * @see https://github.com/kubernetes/apimachinery/blob/master/pkg/util/managedfields/internal/structuredmerge.go
 */
const INPUT_MISTAKES: ReadonlyArray<readonly [RegExp, number]> = [
  [/^failed to create typed (?:patch|live) object \(/, 422],
  [/^failed to convert new object \([^)]*\) to proper version: unable to convert unstructured object to /, 422],
  [/^etcdserver: request is too large$|^rpc error: code = ResourceExhausted desc = trying to send message larger than max /, 413],
];

/**
 * The error of a Status without an HTTP response, as in a watch.
 */
export function statusError(at: string, object: Json | undefined): ApiError {
  const status = isStatus(object) ? masked(object) : { kind: 'Status' as const, message: JSON.stringify(masked(object)) };
  return new ApiError(at, status.code ?? 500, status);
}

function errorOf(at: string, response: RetriedResponse, object: JsonObject | undefined): HttpError {
  const { status, body } = response;
  if (isStatus(object)) return new ApiError(at, status, masked(object));
  // The API server's text for an API group or version that it does not serve.
  if (status === 404 && /^404 page not found\s*$/.test(body)) {
    return new ApiError(at, status, { kind: 'Status', reason: 'NotFound', code: status, message: 'the server could not find the requested resource' });
  }
  return new HttpError(`${at}: ${notKubernetes(response)}`, status);
}

/** A server may repeat the request, with its credential, in any text of its answer. */
function masked(object: Json | undefined): Status {
  return JSON.parse(JSON.stringify(object ?? null), maskTexts);
}

function notKubernetes({ status, body }: RetriedResponse): string {
  return `the answer is not one of an API server: ${status} ${show(body)}`;
}

function isFailure(object: JsonObject): boolean {
  return isStatus(object) && object.status === 'Failure';
}

function isStatus(object: Json | undefined): boolean {
  return isObject(object) && object.kind === 'Status';
}

/**
 * Whether an error is an error of the API server with this status code.
 */
export function isApiError(error: unknown, code: number): error is ApiError {
  return error instanceof ApiError && error.code === code;
}
