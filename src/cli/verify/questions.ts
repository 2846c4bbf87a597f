import type { AccessRequest } from './access-request';
import type { ListedKind } from './permissions';
import type { Answer } from './verification';
import { isObject, Json, JsonObject } from '../../base/json';
import type { PolicyRule } from '../../kubernetes/rbac';
import { HttpError, Unreachable } from '../base/failure';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import { CollectionReference, collectionPath } from '../cluster/paths';
import { ApiError } from '../cluster/status';
import { Semaphore } from '../http/semaphore';

/**
 * An answer with the server's own words.
 */
export interface Told {
  readonly answer: Answer;
  readonly message?: string;
}

/**
 * Who the server takes the credential for.
 */
export interface Identity {
  readonly username: string;
  readonly groups: readonly string[];
}

/**
 * All that the server says one may do in a namespace, or why it does not say.
 */
export type RulesTold =
  | { readonly rules: readonly PolicyRule[]; readonly incomplete: boolean; readonly message?: string }
  | { readonly rules?: undefined; readonly message: string };

interface Review {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly resource: string;
}

type Reviewed = { readonly status: JsonObject; readonly refusal?: undefined } | { readonly refusal: HttpError; readonly status?: undefined };

const SELF: Review = { group: 'authentication.k8s.io', version: 'v1', kind: 'SelfSubjectReview', resource: 'selfsubjectreviews' };
const ACCESS: Review = { group: 'authorization.k8s.io', version: 'v1', kind: 'SelfSubjectAccessReview', resource: 'selfsubjectaccessreviews' };
const RULES: Review = { group: 'authorization.k8s.io', version: 'v1', kind: 'SelfSubjectRulesReview', resource: 'selfsubjectrulesreviews' };

/**
 * The questions that a credential may ask about itself. They change nothing on the server.
 * Each of them throws when the server does not know the credential (401) or does not answer at all.
 */
export class Questions {
  private readonly slots = new Semaphore(AT_ONCE);
  private failure?: { readonly error: unknown };
  private failing = 0;

  public constructor(private readonly cluster: KubernetesClient) {}

  /** Who am I? Nothing when the server does not say, as before Kubernetes 1.28. One that fails at this is not worth more questions. */
  public async self(): Promise<Identity | undefined> {
    const review = await this.review(SELF);
    if (review.refusal && (review.refusal.code === 429 || review.refusal.code >= 500)) throw new Unreachable(review.refusal.message, review.refusal);
    const info = review.status && field(review.status, 'userInfo');
    if (!info || typeof info.username !== 'string') return undefined;
    return { username: info.username, groups: texts(info.groups) };
  }

  /** May I? Without a namespace: in all of them, and in the cluster itself. */
  public async mayI(request: AccessRequest, namespace?: string): Promise<Told> {
    const attributes = 'path' in request ? { nonResourceAttributes: request } : { resourceAttributes: { namespace, ...request } };
    const { refusal, status } = await this.review(ACCESS, attributes);
    return refusal ? { answer: 'unknown', message: words(refusal) } : decision(status);
  }

  /** Can I really list this? At most one object is asked for. */
  public async list({ group, version, resource }: ListedKind, namespace?: string): Promise<Told> {
    const answer = await this.ask(async () => this.cluster.get(collectionPath({ group, version, resource, namespace }), { limit: '1' }));
    if (!(answer instanceof HttpError)) return { answer: 'allowed' };
    if (answer instanceof ApiError && answer.code === 403) return { answer: 'denied', message: answer.status.message };
    if (answer.code === 404) return { answer: 'unknown', message: `the server has no ${resource} in ${group ? `${group}/` : ''}${version}` };
    return { answer: 'unknown', message: words(answer) };
  }

  /**
   * All that I may do in a namespace.
   *
   * @param as A user to ask this as, for those who may impersonate it.
   */
  public async rules(namespace: string, as?: string): Promise<RulesTold> {
    const { refusal, status } = await this.review(RULES, { namespace }, as);
    if (refusal) return { message: words(refusal) };
    if (!Array.isArray(status.resourceRules)) return { message: 'the answer has no rules' };
    const rules = [status.resourceRules, status.nonResourceRules].flatMap((its) => (Array.isArray(its) ? its.filter(isObject) : [])).map(policyRule);
    return { rules, incomplete: status.incomplete === true, message: text(status.evaluationError) };
  }

  /** All objects of a collection, or nothing when they may not be seen. */
  public async objects(kind: CollectionReference): Promise<JsonObject[] | undefined> {
    const answer = await this.ask(async () => this.cluster.get(collectionPath(kind)));
    if (answer instanceof HttpError || !Array.isArray(answer.items)) return undefined;
    return answer.items.filter(isObject);
  }

  private async review({ group, version, kind, resource }: Review, spec?: object, as?: string): Promise<Reviewed> {
    const content = { apiVersion: `${group}/${version}`, kind, spec };
    const path = collectionPath({ group, version, resource });
    const answer = await this.ask(async () => this.cluster.create(path, content, { repeatable: true, as }));
    return answer instanceof HttpError ? { refusal: answer } : { status: field(answer, 'status') ?? {} };
  }

  /** What was refused, or failed a few times in a way that may pass, was at least answered. Whatever else fails ends all questions. */
  private async ask(question: () => Promise<JsonObject>): Promise<JsonObject | HttpError> {
    return this.slots.run(async () => {
      if (this.failure) throw this.failure.error;
      try {
        return await question();
      } catch (error) {
        const refusal = this.borne(error);
        if (refusal) return refusal;
        this.failure = { error };
        throw error;
      }
    }, new AbortController().signal);
  }

  private borne(error: unknown): HttpError | undefined {
    if (error instanceof Unreachable && error.cause instanceof HttpError) {
      this.failing += 1;
      return this.failing <= FAILING_BORNE ? error.cause : undefined;
    }
    return error instanceof HttpError && error.code !== 401 ? error : undefined;
  }
}

/** As many as the client sends at once: a question that waits here does not use up the time that the client gives it. */
const AT_ONCE = 4;

/** Each of them took all the time that the client tries again. A server that fails at more is one that does not answer. */
const FAILING_BORNE = 8;

function decision({ allowed, denied, evaluationError, reason }: JsonObject): Told {
  // RBAC names the binding here.
  if (allowed === true) return { answer: 'allowed', message: text(reason) };
  const message = text(evaluationError) ?? text(reason);
  if (denied === true || (allowed === false && !text(evaluationError))) return { answer: 'denied', message };
  return { answer: 'unknown', message: message ?? 'the answer says neither yes nor no' };
}

function words(refusal: HttpError): string {
  if (!(refusal instanceof ApiError)) return refusal.message;
  const { code, status } = refusal;
  return `${code} ${status.reason ?? ''}: ${status.message ?? 'no message'}`.replace(' :', ':');
}

function policyRule(rule: JsonObject): PolicyRule {
  return {
    verbs: texts(rule.verbs),
    apiGroups: texts(rule.apiGroups),
    resources: texts(rule.resources),
    resourceNames: texts(rule.resourceNames),
    nonResourceURLs: texts(rule.nonResourceURLs),
  };
}

function field(object: JsonObject, name: string): JsonObject | undefined {
  const value = object[name];
  return isObject(value) ? value : undefined;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
