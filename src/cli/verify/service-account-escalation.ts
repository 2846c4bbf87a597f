import { describeRequests, shortList, uncoveredRequests } from './access-request';
import { AccessReviews, RulesReview, settleAll } from './access-reviews';
import { DEFAULT_RULES } from './expectation';
import type { Check } from './verification';
import { isObject, JsonObject } from '../../base/json';
import { dns1123Subdomain } from '../../kubernetes/names';
import type { PolicyRule } from '../../kubernetes/rbac';
import { serviceAccountUser } from '../../kubernetes/service-accounts';

/**
 * The results of earlier checks that the escalation check needs.
 */
export interface EscalationContext {
  readonly namespace: string;
  /** Another namespace, whose rights reveal ClusterRoleBindings. */
  readonly outside: string;
  /** The user name of the credential. */
  readonly username?: string;
  /** The checks in the namespace. */
  readonly checks: readonly Check[];
  /** All rights of the credential in the namespace, if the server listed them. */
  readonly rules?: readonly PolicyRule[];
}

/** Warnings are risks; notes are limits of the check. */
interface Findings {
  readonly warnings: string[];
  readonly notes: string[];
}

const NO_FINDINGS: Findings = { warnings: [], notes: [] };

/** The number of ServiceAccounts that are checked one by one. */
const MAX_ACCOUNTS = 40;

/** The rights that let a user act as any ServiceAccount of the namespace: verb, resource, and the text for people. */
const IMPERSONATION_PATHS: readonly (readonly [string, string, string])[] = [
  ['impersonate', 'serviceaccounts', 'impersonation'],
  ['create', 'serviceaccounts/token', 'a new token'],
  ['create', 'pods', 'a Pod'],
  ['list', 'secrets', 'a token Secret'],
];

/**
 * Warns about ServiceAccounts in the namespace that have more rights than the credential and that the credential can act as.
 * The server lists the rights of another ServiceAccount only for a user who may impersonate it.
 */
export async function escalationWarnings(reviews: AccessReviews, context: EscalationContext): Promise<Findings> {
  const { namespace } = context;
  const paths = IMPERSONATION_PATHS.filter(([verb, resource]) => isAllowed(context.checks, verb, resource));
  if (paths.length === 0) return NO_FINDINGS;
  const how = `by ${paths.map(([, , text]) => text).join(', ')}`;
  const accounts = await reviews.listObjects({ group: '', version: 'v1', resource: 'serviceaccounts', namespace });
  if (!accounts) return unknownRights(`the credential can act as every ServiceAccount in ${namespace} (${how}), but may not list them`);
  const others = accounts.map(nameOf).filter((name) => name !== '' && serviceAccountUser(namespace, name) !== context.username);
  if (others.length === 0) return NO_FINDINGS;
  if (paths[0]?.[0] !== 'impersonate') return unknownRights(`the credential can act as ${shortList(others)} (${how})`);
  return accountWarnings(reviews, context, others, how);
}

async function accountWarnings(reviews: AccessReviews, context: EscalationContext, others: string[], how: string): Promise<Findings> {
  const { namespace, outside, rules } = context;
  const accounts = await settleAll(others.slice(0, MAX_ACCOUNTS).map(async (name) => {
    const user = serviceAccountUser(namespace, name);
    const [insideRules, outsideRules] = await settleAll([reviews.listRules(namespace, user), reviews.listRules(outside, user)]);
    return { name, insideRules, outsideRules };
  }));
  const warnings = accounts.flatMap(({ name, insideRules, outsideRules }) => {
    const more = additionalRights(outsideRules, DEFAULT_RULES);
    if (more.length > 0) return [`ServiceAccount ${name} gives access outside the namespace: it has ${shortList(more)} in ${outside}, and the credential can act as it (${how})`];
    const higher = rules ? additionalRights(insideRules, [...rules, ...DEFAULT_RULES]) : [];
    return higher.length > 0 ? [`ServiceAccount ${name} has more rights in the namespace: ${shortList(higher)}; the credential can act as it (${how})`] : [];
  });
  const unlisted = accounts.filter(({ insideRules, outsideRules }) => !insideRules.rules || !outsideRules.rules).map(({ name }) => name);
  return {
    warnings,
    notes: [
      ...unlisted.length > 0 ? [`the server does not list the rights of these ServiceAccounts: ${unlisted.join(', ')}`] : [],
      ...others.length > MAX_ACCOUNTS ? [`only the first ${MAX_ACCOUNTS} of ${others.length} other ServiceAccounts in ${namespace} were checked`] : [],
      `the other ServiceAccounts in ${namespace} were checked in ${namespace} and ${outside}; RoleBindings in other namespaces were not`,
    ],
  };
}

function unknownRights(what: string): Findings {
  return { warnings: [`${what}. Their rights are not visible to the credential; an administrator can list them: kubectl get clusterrolebindings,rolebindings -A -o wide`], notes: [] };
}

function additionalRights({ rules }: RulesReview, limits: readonly PolicyRule[]): string[] {
  return rules ? describeRequests(uncoveredRequests(rules, limits)) : [];
}

function isAllowed(checks: readonly Check[], verb: string, target: string): boolean {
  const [resource, subresource] = target.split('/');
  return checks.some(({ scope, request, answer }) => scope.kind === 'namespace' && answer === 'allowed' && request !== undefined && 'resource' in request
    && request.verb === verb && request.group === '' && request.resource === resource && request.subresource === subresource);
}

/** Empty for an invalid name, which no server returns. */
function nameOf({ metadata }: JsonObject): string {
  const name = isObject(metadata) ? metadata.name : undefined;
  return typeof name === 'string' && dns1123Subdomain(name) === undefined ? name : '';
}
