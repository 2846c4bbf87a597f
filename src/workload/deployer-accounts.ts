import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { defaultAccountName } from '../access/deployer-identity';
import { isNamespaceDeployer } from '../access/namespace-deployer';
import { isObject, JsonObject } from '../base/json';
import { userError } from '../base/user-error';
import { AccountRules, accountProblems } from '../release/account-rules';

/**
 * The rules for the ServiceAccounts of a chart: no object may use the account of a deployer of its namespace. The NamespaceDeployers of the app
 * name those accounts. Without one, the program does not know the account, and the rule is for its default name.
 */
export function chartAccountRules(chart: IConstruct, namespace: string, allowed: readonly string[]): AccountRules {
  const deployers = chart.node.root.node.findAll().filter(isNamespaceDeployer).filter((deployer) => deployer.namespace === namespace);
  return {
    deployers: deployers.length > 0 ? deployers.flatMap(({ _account }) => _account ?? []) : [defaultAccountName(namespace)],
    allowed,
    option: (account) => `allowedServiceAccounts: [${JSON.stringify(account)}]`,
  };
}

const GUARDED = new WeakSet<ApiObject>();

/**
 * Checks the ServiceAccounts of all objects below a construct when cdk8s renders them. Validation must not render them: constructs of cdk8s-plus
 * change each time they are rendered.
 *
 * @param skip Excludes a construct and everything below it.
 */
export function checkAccountsWhenRendered(root: IConstruct, rules: AccountRules, skip: (construct: IConstruct) => boolean): void {
  for (const child of root.node.children) {
    // A NamespaceDeployer writes the token Secret of its own account.
    if (skip(child) || isNamespaceDeployer(child)) continue;
    if (ApiObject.isApiObject(child)) guard(child as ApiObject, rules);
    checkAccountsWhenRendered(child, rules, skip);
  }
}

function guard(object: ApiObject, rules: AccountRules): void {
  if (GUARDED.has(object)) return;
  GUARDED.add(object);
  const render = object.toJson.bind(object);
  object.toJson = () => {
    const manifest = render();
    const [problem] = isObject(manifest) ? unfold(manifest, object.node.path).flatMap(({ at, value }) => accountProblems(at, value, rules)) : [];
    if (problem) throw userError(problem);
    return manifest;
  };
}

function unfold(value: JsonObject, at: string): Array<{ readonly at: string; readonly value: JsonObject }> {
  if (!Array.isArray(value.items)) return [{ at, value }];
  return value.items.flatMap((item, index) => (isObject(item) ? unfold(item, `${at}/items[${index}]`) : []));
}
