import { Unreachable } from '../../../src/cli/base/failure';
import { CreateOptions, KubernetesClient } from '../../../src/cli/cluster/kubernetes-client';
import { ApiError } from '../../../src/cli/cluster/status';
import { AccessRequest, allowsAccess, PathRequest } from '../../../src/cli/verify/access-request';
import { DEFAULT_RULES } from '../../../src/cli/verify/expectation';
import { PolicyRule, ResourceRequest } from '../../../src/kubernetes/rbac';

/**
 * The state and behaviour of the stand-in server.
 */
export interface RbacClusterProps {
  /** The user of the credential. Missing for a server without SelfSubjectReview. */
  readonly username?: string;
  readonly groups?: readonly string[];
  /** The names of the ServiceAccounts of each namespace. */
  readonly serviceAccounts?: readonly string[];
  /** The served resources, such as `deployments.apps`. */
  readonly resources?: readonly string[];
  /** The rules of a user in a namespace, or in the whole cluster. */
  rules(namespace: string | undefined, username: string): readonly PolicyRule[];
  /** Replaces the answer to a request. */
  answer?(path: string, body: object | undefined): object | undefined;
}

interface Spec {
  readonly namespace?: string;
  readonly resourceAttributes?: ResourceRequest & { readonly namespace?: string };
  readonly nonResourceAttributes?: PathRequest;
}

type Cut = Pick<KubernetesClient, 'server' | 'counts' | 'get' | 'create' | 'resources'>;

/**
 * An API server in memory that answers access reviews and lists from RBAC rules. A test can replace any answer by one that no real server gives.
 */
export function rbacCluster(props: RbacClusterProps): KubernetesClient {
  const me = props.username ?? 'someone';
  const counts = { connections: 1, requests: 0 };
  const may = (namespace: string | undefined, request: AccessRequest) => allowsAccess([...props.rules(namespace, me), ...DEFAULT_RULES], request);
  const cluster: Cut = {
    server: 'https://cluster.example.com:6443',
    counts,
    async get(path) {
      counts.requests++;
      const other = props.answer?.(path, undefined);
      if (other) return other as never;
      const [, group = '', namespace, resource = ''] = /^\/apis?(?:\/([^/]+))?\/v\d\w*(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(path) ?? [];
      if (!may(namespace, { verb: 'list', group, resource })) throw refused(403, 'Forbidden', `${resource} is forbidden: User "${me}" cannot list it`);
      return { items: resource === 'serviceaccounts' ? (props.serviceAccounts ?? []).map((name) => ({ metadata: { name } })) : [] } as never;
    },
    async create(path: string, body: object, { as }: CreateOptions = {}) {
      counts.requests++;
      const other = props.answer?.(path, body);
      if (other) return other as never;
      const { kind, spec = {} } = body as { kind: string; spec?: Spec };
      if (kind === 'SelfSubjectReview') {
        if (!props.username) throw refused(404, 'NotFound', 'the server could not find the requested resource');
        return { status: { userInfo: { username: me, groups: props.groups ?? ['system:authenticated'] } } } as never;
      }
      if (kind === 'SelfSubjectRulesReview') return { status: rulesStatus([...props.rules(spec.namespace, as ?? me), ...DEFAULT_RULES]) } as never;
      const { resourceAttributes: resource } = spec;
      return { status: { allowed: resource ? may(resource.namespace, resource) : may(undefined, spec.nonResourceAttributes!) } } as never;
    },
    async resources() {
      return (props.resources ?? []).map((name) => {
        const [resource = '', ...group] = name.split('.');
        return { group: group.join('.'), version: 'v1', kind: resource, resource, namespaced: true, verbs: [] };
      });
    },
  };
  return cluster as KubernetesClient;
}

/** A permanent API error. */
export function refused(code: number, reason: string, message: string): ApiError {
  return new ApiError('a request', code, { kind: 'Status', code, reason, message });
}

/** A temporary API error, after all retries. */
export function passing(code: number, reason: string, message: string): Unreachable {
  return new Unreachable(message, refused(code, reason, message));
}

function rulesStatus(rules: readonly PolicyRule[]): object {
  const isPath = ({ nonResourceURLs }: PolicyRule) => (nonResourceURLs ?? []).length > 0;
  return { resourceRules: rules.filter((rule) => !isPath(rule)), nonResourceRules: rules.filter(isPath), incomplete: false };
}
