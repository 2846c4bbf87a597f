import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import type { Access } from '../access/access';
import type { Administrator } from '../cluster/cluster-clients';
import type { Context } from '../command-line/command';
import type { Account } from '../credentials/account';
import type { CredentialStore } from '../credentials/credential-store';
import type { Destination } from '../credentials/destination';
import { kubeconfigOf } from '../credentials/new-kubeconfig';
import type { StepLog } from '../io/step-log';

/**
 * Whose credentials are to be ended, and by whom.
 */
export interface Revocation {
  readonly context: Context;
  readonly access: Access;
  readonly account: Account;
  readonly administrator: Administrator;
  readonly ledger: CredentialStore;
  /** A token that is to be ended, when one was given, and the Secret that ends it. */
  readonly token?: GivenToken;
  /** Where GitLab keeps the credential, when that was said. */
  readonly destination?: Destination;
  readonly steps: StepLog;
}

/**
 * A token that someone gave.
 */
export interface GivenToken {
  readonly token: string;
  /** Missing when it is bound to nothing. */
  readonly secret?: string;
}

/**
 * A token of the account as a client shows it to the administrator's cluster.
 */
export function showing({ account, administrator: { reference } }: Revocation, token: string): Kubeconfig {
  return kubeconfigOf({ reference, namespace: account.namespace, user: account.name, allowProtectedNamespace: true })(token);
}
