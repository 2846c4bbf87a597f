import { ApiError, Status } from './status';
import { isObject, Json, JsonObject, parseObject } from '../../base/json';
import { show } from '../../base/user-error';
import { HttpError, Unreachable } from '../base/failure';
import type { TriedAnswer } from '../http/retry';

/**
 * The object in an answer.
 *
 * @param at What was asked for.
 * @throws `ApiError` for a no of the API server, `HttpError` for one of somebody else on the way, and `Unreachable` for what may pass
 * (408, 429, 5xx): nothing is known then. Its `cause` is the refusal, with the whole Status.
 */
export function objectOf(at: string, answer: TriedAnswer): JsonObject {
  const { status, body } = answer;
  const object = parseObject(body);
  if (status >= 200 && status < 300) {
    if (object && !isFailure(object)) return object;
    if (!object) throw new Unreachable(`${at}: the answer is not one of an API server: ${status} ${show(body)}`);
  }
  const refusal = refusalOf(at, status, object, body);
  if (status !== 408 && status !== 429 && status < 500) throw refusal;
  throw new Unreachable(`${refusal.message}${answer.tried}`, refusal);
}

/**
 * The API server answers 500 to an apply with a field that the kind does not have, as if that could pass. It is a 422 like other invalid objects.
 */
export function asMeant<T extends { readonly status: number; readonly body: string }>(answer: T): T {
  const isOurFault = answer.status === 500 && /"message":"failed to create typed patch object /.test(answer.body);
  return isOurFault ? { ...answer, status: 422 } : answer;
}

/**
 * A Status as an error, when it comes without an HTTP status of its own, as in a watch.
 */
export function statusError(at: string, object: Json | undefined): ApiError {
  const status = isStatus(object) ? object as unknown as Status : { kind: 'Status' as const, message: JSON.stringify(object) };
  return new ApiError(at, status.code ?? 500, status);
}

function refusalOf(at: string, status: number, object: JsonObject | undefined, body: string): HttpError {
  if (isStatus(object)) return new ApiError(at, status, object as unknown as Status);
  // What the API server says itself of a group or version that it does not have.
  if (status === 404 && /^404 page not found\s*$/.test(body)) {
    return new ApiError(at, status, { kind: 'Status', reason: 'NotFound', code: status, message: 'the server could not find the requested resource' });
  }
  return new HttpError(`${at}: the answer is not one of an API server: ${status} ${show(body)}`, status);
}

function isFailure(object: JsonObject): boolean {
  return isStatus(object) && object.status === 'Failure';
}

function isStatus(object: Json | undefined): boolean {
  return isObject(object) && object.kind === 'Status';
}
