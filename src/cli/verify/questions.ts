import type { AccessRequest } from './access-request';
import type { ListedKind } from './permissions';
import type { Answer } from './verification';
import { isObject, Json, JsonObject } from '../../private/json';
import type { PolicyRule } from '../../private/rbac';
import type { Cluster } from '../cluster/cluster';
import { ApiRefusal } from '../cluster/status';

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

type Reviewed = { readonly status: JsonObject } | { readonly refusal: ApiRefusal };

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';

/**
 * The questions that a credential may ask about itself. They change nothing on the server.
 * Each of them throws when the server does not know the credential (401) or does not answer at all.
 */
export class Questions {
  public constructor(private readonly cluster: Cluster) {}

  /** Who am I? Nothing when the server does not say, as before Kubernetes 1.28. */
  public async self(): Promise<Identity | undefined> {
    const review = await this.review('/apis/authentication.k8s.io/v1/selfsubjectreviews', 'authentication.k8s.io/v1', 'SelfSubjectReview');
    const info = 'refusal' in review ? undefined : field(review.status, 'userInfo');
    if (!info || typeof info.username !== 'string') return undefined;
    return { username: info.username, groups: texts(info.groups) };
  }

  /** May I? Without a namespace: in all of them, and in the cluster itself. */
  public async mayI(request: AccessRequest, namespace?: string): Promise<Told> {
    const attributes = 'path' in request ? { nonResourceAttributes: request } : { resourceAttributes: { namespace, ...request } };
    const review = await this.review(`${AUTHORIZATION}/selfsubjectaccessreviews`, 'authorization.k8s.io/v1', 'SelfSubjectAccessReview', attributes);
    return 'refusal' in review ? { answer: 'unknown', message: words(review.refusal) } : decision(review.status);
  }

  /** Can I really list this? At most one object is asked for. */
  public async list({ group, version, resource }: ListedKind, namespace?: string): Promise<Told> {
    const api = group ? `/apis/${group}/${version}` : `/api/${version}`;
    const path = namespace === undefined ? `${api}/${resource}` : `${api}/namespaces/${namespace}/${resource}`;
    const answer = await orRefusal(this.cluster.get(path, { limit: '1' }));
    if (!(answer instanceof ApiRefusal)) return { answer: 'allowed' };
    if (answer.code === 403) return { answer: 'denied', message: answer.status.message };
    if (answer.code === 404) return { answer: 'unknown', message: `the server has no ${resource} in ${group ? `${group}/` : ''}${version}` };
    return { answer: 'unknown', message: words(answer) };
  }

  /**
   * All that I may do in a namespace.
   *
   * @param as A user to ask this as, for those who may impersonate it.
   */
  public async rules(namespace: string, as?: string): Promise<RulesTold> {
    const review = await this.review(`${AUTHORIZATION}/selfsubjectrulesreviews`, 'authorization.k8s.io/v1', 'SelfSubjectRulesReview', { namespace }, as);
    if ('refusal' in review) return { message: words(review.refusal) };
    const { status } = review;
    if (!Array.isArray(status.resourceRules)) return { message: 'the answer has no rules' };
    const rules = [status.resourceRules, status.nonResourceRules].flatMap((its) => (Array.isArray(its) ? its.filter(isObject) : [])).map(policyRule);
    return { rules, incomplete: status.incomplete === true, message: text(status.evaluationError) };
  }

  /** All objects of a kind in a namespace, or nothing when they may not be seen. */
  public async objects(api: string, namespace: string, resource: string): Promise<JsonObject[] | undefined> {
    const answer = await orRefusal(this.cluster.get(`${api}/namespaces/${namespace}/${resource}`));
    if (answer instanceof ApiRefusal || !Array.isArray(answer.items)) return undefined;
    return answer.items.filter(isObject);
  }

  private async review(path: string, apiVersion: string, kind: string, spec?: object, as?: string): Promise<Reviewed> {
    const answer = await orRefusal(this.cluster.create(path, { apiVersion, kind, ...spec && { spec } }, { repeatable: true, as }));
    if (answer instanceof ApiRefusal) return { refusal: answer };
    return { status: field(answer, 'status') ?? {} };
  }
}

async function orRefusal(request: Promise<JsonObject>): Promise<JsonObject | ApiRefusal> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ApiRefusal && error.code !== 401) return error;
    throw error;
  }
}

function decision({ allowed, denied, evaluationError, reason }: JsonObject): Told {
  // RBAC names the binding here.
  if (allowed === true) return { answer: 'allowed', message: text(reason) };
  const message = text(evaluationError) ?? text(reason);
  if (denied === true || (allowed === false && !text(evaluationError))) return { answer: 'denied', message };
  return { answer: 'unknown', message: message ?? 'the answer says neither yes nor no' };
}

function words({ code, status }: ApiRefusal): string {
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
