import type { JsonObject } from '../base/json';
import { show, Problem } from '../base/user-error';
import { serviceAccountUses } from '../kubernetes/service-accounts';

/**
 * The ServiceAccounts that the objects of a release may not use.
 */
export interface AccountRules {
  /** The accounts of deployers, by name. */
  readonly deployers: readonly string[];
  /** The accounts that the user allows by name. */
  readonly allowed: readonly string[];
  /** The option that allows an account, with a value: `--allow-service-account gitlab-example`. */
  readonly option: (account: string) => string;
}

/**
 * The problems of an object that would get the rights of a deployer: a pod that runs as its ServiceAccount, or a Secret for its token.
 * Everyone who reads that pod's files or that Secret could deploy.
 */
export function accountProblems(at: string, object: JsonObject, { deployers, allowed, option }: AccountRules): Problem[] {
  const used = serviceAccountUses(object).filter(({ account }) => deployers.includes(account) && !allowed.includes(account));
  return used.map(({ account, field }) => ({
    at,
    given: `${field} is ${show(account)}, the ServiceAccount that deploys`,
    expected: 'an account with the rights of the workload alone',
    fix: `use another account, or allow this one by name (${option(account)})`,
  }));
}
