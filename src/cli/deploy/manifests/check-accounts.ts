import type { JsonObject } from '../../../base/json';
import { userError } from '../../../base/user-error';
import type { Kubeconfig } from '../../../kubeconfig/kubeconfig';
import { tokenClaims } from '../../../kubernetes/token-claims';
import { AccountRules, accountProblems } from '../../../release/account-rules';
import type { Arguments } from '../../command-line/arguments';

/**
 * The rules for ServiceAccounts: no object may use the account of the credential that deploys it.
 * The claims of the token name that account. A credential without a ServiceAccount of the namespace has none.
 */
export function accountRules(args: Arguments, { token = '', namespace }: Pick<Kubeconfig, 'token' | 'namespace'>): AccountRules {
  const claims = tokenClaims(token);
  const isOfNamespace = claims?.serviceAccount !== undefined && claims.namespace === namespace;
  return {
    deployers: isOfNamespace ? [String(claims.serviceAccount)] : [],
    allowed: args.all('allow-service-account'),
    option: (account) => `--allow-service-account ${account}`,
  };
}

/**
 * One check for each field of an object that uses the account of the deployer.
 */
export function accountChecks(at: string, value: JsonObject, rules: AccountRules): Array<() => never> {
  return accountProblems(at, value, rules).map((problem) => () => {
    throw userError(problem);
  });
}
