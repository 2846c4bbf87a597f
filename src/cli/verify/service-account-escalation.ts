import { DEFAULT_RULES } from './default-rights';
import type { Questions, RulesTold } from './questions';
import { beyond, describeRequests } from './rule-coverage';
import { together } from './settle-all';
import type { Check } from './verification';
import { isObject, JsonObject } from '../../base/json';
import { dns1123Subdomain } from '../../kubernetes/names';
import type { PolicyRule } from '../../kubernetes/rbac';

/**
 * What is known before the neighbours are looked at.
 */
export interface Neighbourhood {
  readonly namespace: string;
  /** A namespace in which rights of the whole cluster show. */
  readonly outside: string;
  /** Who asks, as the server knows it. */
  readonly username?: string;
  /** What is known of the rights in the namespace. */
  readonly checks: readonly Check[];
  /** All rights in the namespace, if the server told. */
  readonly rules?: readonly PolicyRule[];
}

/** More are not looked at one by one. */
const MOST = 40;

/** What makes the rights of the other ServiceAccounts of a namespace one's own. */
const WAYS: readonly (readonly [string, string, string])[] = [
  ['impersonate', 'serviceaccounts', 'impersonation'],
  ['create', 'serviceaccounts/token', 'a new token'],
  ['create', 'pods', 'a Pod'],
  ['list', 'secrets', 'a token Secret'],
];

/**
 * Warns of ServiceAccounts in the namespace that the credential can act as, and that may do more than it may itself.
 * Whoever may impersonate them can ask the server what they may do; for others that is not visible from inside the namespace.
 */
export async function neighbourWarnings(questions: Questions, around: Neighbourhood): Promise<{ warnings: string[]; notes: string[] }> {
  const ways = WAYS.filter(([verb, resource]) => isAllowed(around.checks, verb, resource));
  if (ways.length === 0) return { warnings: [], notes: [] };
  const how = `by ${ways.map(([, , words]) => words).join(', ')}`;
  const accounts = await questions.objects({ group: '', version: 'v1', resource: 'serviceaccounts', namespace: around.namespace });
  if (!accounts) return unseen(`the credential can act as every ServiceAccount in ${around.namespace} (${how}), and may not list them`);
  const others = accounts.map(nameOf).filter((name) => name !== '' && userOf(around.namespace, name) !== around.username);
  if (others.length === 0) return { warnings: [], notes: [] };
  if (ways[0]?.[0] !== 'impersonate') return unseen(`the credential can act as ${shortList(others)} (${how})`);
  return asked(questions, around, others, how);
}

async function asked(questions: Questions, around: Neighbourhood, others: string[], how: string): Promise<{ warnings: string[]; notes: string[] }> {
  const looks = await together(others.slice(0, MOST).map(async (name) => {
    const user = userOf(around.namespace, name);
    const [inside, outside] = await together([questions.rules(around.namespace, user), questions.rules(around.outside, user)]);
    return { name, inside, outside };
  }));
  const warnings = looks.flatMap(({ name, inside, outside }) => {
    const out = more(outside, DEFAULT_RULES);
    const up = around.rules ? more(inside, [...around.rules, ...DEFAULT_RULES]) : [];
    if (out.length > 0) return [`ServiceAccount ${name} leads out of the namespace: it has ${shortList(out)} in ${around.outside}, and the credential can act as it (${how})`];
    return up.length > 0 ? [`ServiceAccount ${name} has more rights in the namespace: ${shortList(up)}; and the credential can act as it (${how})`] : [];
  });
  const silent = looks.filter(({ inside, outside }) => !inside.rules || !outside.rules).map(({ name }) => name);
  return {
    warnings,
    notes: [
      ...silent.length > 0 ? [`the server does not say what these ServiceAccounts may do: ${silent.join(', ')}`] : [],
      ...others.length > MOST ? [`of ${others.length} other ServiceAccounts in ${around.namespace}, the first ${MOST} were looked at`] : [],
      `what the other ServiceAccounts in ${around.namespace} may do was asked for ${around.namespace} and ${around.outside}; RoleBindings elsewhere do not show`,
    ],
  };
}

function unseen(what: string): { warnings: string[]; notes: string[] } {
  return { warnings: [`${what}; what those may do does not show from inside: kubectl get clusterrolebindings,rolebindings -A -o wide`], notes: [] };
}

function more(told: RulesTold, limits: readonly PolicyRule[]): string[] {
  return told.rules ? describeRequests(beyond(told.rules, limits)) : [];
}

/** Some of many, with how many there are. */
export function shortList(entries: readonly string[], most = 6): string {
  const rest = entries.length - most;
  return [...entries.slice(0, most), ...rest > 0 ? [`and ${rest} more`] : []].join(', ');
}

function isAllowed(checks: readonly Check[], verb: string, written: string): boolean {
  const [resource, subresource] = written.split('/');
  return checks.some(({ place, request, answer }) => place.kind === 'namespace' && answer === 'allowed' && request !== undefined && 'resource' in request
    && request.verb === verb && request.group === '' && request.resource === resource && request.subresource === subresource);
}

function userOf(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** Empty for what no server gives a ServiceAccount as its name. */
function nameOf({ metadata }: JsonObject): string {
  const name = isObject(metadata) ? metadata.name : undefined;
  return typeof name === 'string' && dns1123Subdomain(name) === undefined ? name : '';
}
