import type { AccessRequest } from './access-request';
import type { ListedKind } from './permissions';
import type { Answer } from './verification';
import { isObject, Json, JsonObject, textsIn } from '../../base/json';
import { policyRule, type PolicyRule } from '../../kubernetes/rbac';
import { Semaphore } from '../base/concurrency';
import { HttpError, Unreachable } from '../base/failure';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import { CollectionReference, collectionPath } from '../cluster/paths';
import { ApiError } from '../cluster/status';

/**
 * The server's answer to one review, with its message.
 */
export interface ReviewAnswer {
  readonly answer: Answer;
  readonly message?: string;
}

/**
 * The user that the server authenticates the credential as.
 */
export interface Identity {
  readonly username: string;
  readonly groups: readonly string[];
}

/**
 * The rights of a user in a namespace, or the reason why the server does not list them.
 */
export type RulesReview =
  | { readonly rules: readonly PolicyRule[]; readonly incomplete: boolean; readonly message?: string }
  | { readonly rules?: undefined; readonly message: string };

interface Review {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly resource: string;
}

type ReviewResult = { readonly status: JsonObject; readonly error?: undefined } | { readonly error: HttpError; readonly status?: undefined };

const SELF: Review = { group: 'authentication.k8s.io', version: 'v1', kind: 'SelfSubjectReview', resource: 'selfsubjectreviews' };
const ACCESS: Review = { group: 'authorization.k8s.io', version: 'v1', kind: 'SelfSubjectAccessReview', resource: 'selfsubjectaccessreviews' };
const RULES: Review = { group: 'authorization.k8s.io', version: 'v1', kind: 'SelfSubjectRulesReview', resource: 'selfsubjectrulesreviews' };

/**
 * The reviews that a credential may request about itself, and lists of objects. They change nothing on the server.
 * Each method throws when the server rejects the credential (401) or does not answer.
 */
export class AccessReviews {
  private readonly semaphore = new Semaphore(PARALLEL_REQUESTS);
  private failure?: { readonly error: unknown };
  private errors = 0;

  public constructor(private readonly cluster: KubernetesClient) {}

  /**
   * The user of the credential. Missing when the server has no SelfSubjectReview, as before Kubernetes 1.28.
   *
   * @throws `Unreachable` when the server answers 429 or 5xx: more requests would fail, too.
   */
  public async whoAmI(): Promise<Identity | undefined> {
    const review = await this.review(SELF);
    if (review.error && (review.error.code === 429 || review.error.code >= 500)) throw new Unreachable(review.error.message, review.error);
    const info = review.status && field(review.status, 'userInfo');
    if (!info || typeof info.username !== 'string') return undefined;
    return { username: info.username, groups: textsIn(info.groups) };
  }

  /** Whether the credential may send a request in a namespace. Without one: in all namespaces, or for cluster-scoped resources. */
  public async canI(request: AccessRequest, namespace?: string): Promise<ReviewAnswer> {
    const attributes = 'path' in request ? { nonResourceAttributes: request } : { resourceAttributes: { namespace, ...request } };
    const { error, status } = await this.review(ACCESS, attributes);
    return error ? { answer: 'unknown', message: errorText(error) } : reviewAnswer(status);
  }

  /** Whether a list of a kind succeeds. The list is limited to one object. */
  public async canList({ group, version, resource }: ListedKind, namespace?: string): Promise<ReviewAnswer> {
    const answer = await this.send(async () => this.cluster.get(collectionPath({ group, version, resource, namespace }), { limit: '1' }));
    if (!(answer instanceof HttpError)) return { answer: 'allowed' };
    if (answer instanceof ApiError && answer.code === 403) return { answer: 'denied', message: answer.status.message };
    if (answer.code === 404) return { answer: 'unknown', message: `the server has no ${resource} in ${group ? `${group}/` : ''}${version}` };
    return { answer: 'unknown', message: errorText(answer) };
  }

  /**
   * Lists all rights in a namespace.
   *
   * @param as The user to impersonate.
   */
  public async listRules(namespace: string, as?: string): Promise<RulesReview> {
    const { error, status } = await this.review(RULES, { namespace }, as);
    if (error) return { message: errorText(error) };
    if (!Array.isArray(status.resourceRules)) return { message: 'the answer has no rules' };
    const lists = [status.resourceRules, status.nonResourceRules];
    const rules = lists.flatMap((list) => (Array.isArray(list) ? list.filter(isObject) : [])).map(policyRule);
    return { rules, incomplete: status.incomplete === true, message: text(status.evaluationError) };
  }

  /** All objects of a collection. Missing when the server does not return them. */
  public async listObjects(kind: CollectionReference): Promise<JsonObject[] | undefined> {
    const answer = await this.send(async () => this.cluster.get(collectionPath(kind)));
    if (answer instanceof HttpError || !Array.isArray(answer.items)) return undefined;
    return answer.items.filter(isObject);
  }

  private async review({ group, version, kind, resource }: Review, spec?: object, as?: string): Promise<ReviewResult> {
    const content = { apiVersion: `${group}/${version}`, kind, spec };
    const path = collectionPath({ group, version, resource });
    const answer = await this.send(async () => this.cluster.create(path, content, { repeatable: true, as }));
    return answer instanceof HttpError ? { error: answer } : { status: field(answer, 'status') ?? {} };
  }

  /** Returns an HTTP error as an answer. Any other error, a 401, and too many 5xx errors make this request and all later ones fail. */
  private async send(request: () => Promise<JsonObject>): Promise<JsonObject | HttpError> {
    return this.semaphore.run(async () => {
      if (this.failure) throw this.failure.error;
      try {
        return await request();
      } catch (error) {
        const answer = this.toleratedError(error);
        if (answer) return answer;
        this.failure = { error };
        throw error;
      }
    }, new AbortController().signal);
  }

  private toleratedError(error: unknown): HttpError | undefined {
    if (error instanceof Unreachable && error.cause instanceof HttpError) {
      this.errors += 1;
      return this.errors <= TOLERATED_ERRORS ? error.cause : undefined;
    }
    return error instanceof HttpError && error.code !== 401 ? error : undefined;
  }
}

/** The number of requests that the client sends in parallel. A request that waits here does not use up the client's time limit. */
const PARALLEL_REQUESTS = 4;

/** The number of requests that may fail after all retries. More failures mean that the server does not answer. */
const TOLERATED_ERRORS = 8;

function reviewAnswer({ allowed, denied, evaluationError, reason }: JsonObject): ReviewAnswer {
  // The reason names the binding that allows the request.
  if (allowed === true) return { answer: 'allowed', message: text(reason) };
  const message = text(evaluationError) ?? text(reason);
  if (denied === true || (allowed === false && !text(evaluationError))) return { answer: 'denied', message };
  return { answer: 'unknown', message: message ?? 'the answer says neither yes nor no' };
}

function errorText(error: HttpError): string {
  if (!(error instanceof ApiError)) return error.message;
  const { code, status } = error;
  return `${code} ${status.reason ?? ''}: ${status.message ?? 'no message'}`.replace(' :', ':');
}

function field(object: JsonObject, name: string): JsonObject | undefined {
  const value = object[name];
  return isObject(value) ? value : undefined;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Waits for all promises. When one fails, the others still settle first, so that no request is open when the connection is closed.
 */
export async function settleAll<T extends readonly unknown[] | []>(promises: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
