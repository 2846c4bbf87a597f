import { runKubectl } from './cluster';
import { ResourceRequest } from '../../src/kubernetes/rbac';
import { jsonObjects } from '../support/discovery-server';
import { until } from '../support/until';

/**
 * A request in a namespace, and the user who sends it.
 */
export interface AccessRequest {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly namespace: string;
  readonly request: ResourceRequest;
}

interface Review {
  readonly status: { readonly allowed: boolean; readonly evaluationError?: string };
}

/**
 * Asks the API server's authorizer about each request with one run of kubectl. The answers are in the order of the requests.
 */
export function serverAllows(kubeconfig: string, requests: readonly AccessRequest[]): boolean[] {
  const list = { apiVersion: 'v1', kind: 'List', items: requests.map(review) };
  const answers = jsonObjects(runKubectl(kubeconfig, ['create', '--validate=ignore', '-o', 'json', '-f', '-'], JSON.stringify(list))) as Review[];
  if (answers.length !== requests.length) throw new Error(`${requests.length} access reviews had ${answers.length} answers`);
  return answers.map(({ status }) => status.allowed);
}

/**
 * Waits until the authorizer knows the right that was granted last. It learns of Roles and RoleBindings through a watch.
 */
export async function untilAllowed(kubeconfig: string, request: AccessRequest): Promise<void> {
  await until(() => serverAllows(kubeconfig, [request])[0] === true);
}

/** The user name and groups of a ServiceAccount that authenticates with a token. */
export function serviceAccountUser(namespace: string, name: string): Pick<AccessRequest, 'user' | 'groups'> {
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

function review({ user, groups, namespace, request }: AccessRequest): object {
  return {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, groups, resourceAttributes: { namespace, ...request } },
  };
}
