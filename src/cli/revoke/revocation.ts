import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { tokenClaims } from '../../kubernetes/token-claims';
import type { Access } from '../access/access';
import type { Administrator } from '../cluster/cluster-clients';
import type { Context } from '../command-line/command';
import { kubeconfigBuilder } from '../credentials/credential-kubeconfig';
import type { CredentialStore, ServiceAccountRef } from '../credentials/credential-store';
import type { Destination } from '../credentials/destination';
import type { StepLog } from '../io/step-log';

/**
 * Whose credentials are to be ended, and by whom.
 */
export interface Revocation {
  readonly context: Context;
  readonly access: Access;
  readonly account: ServiceAccountRef;
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
export function kubeconfigWith({ account, administrator: { reference } }: Revocation, token: string): Kubeconfig {
  return kubeconfigBuilder({ reference, namespace: account.namespace, user: account.name, allowProtectedNamespace: true })(token);
}

/**
 * The token of --token-file, if there is one.
 *
 * @throws A refusal when it is not one of the account.
 */
export async function readGivenToken({ args, files }: Context, account: ServiceAccountRef): Promise<GivenToken | undefined> {
  const file = args.one('token-file');
  if (file === undefined) return undefined;
  const at = file === '-' ? 'standard input' : file;
  const token = decodeText(await files.read(file), at).trim();
  const claims = tokenClaims(token);
  if (claims?.namespace === account.namespace && claims.serviceAccount === account.name) return { token, secret: claims.secret };
  throw userError({
    at,
    given: 'it is no token of that account',
    expected: `a token of ServiceAccount ${show(`${account.namespace}/${account.name}`)}`,
    fix: 'give the manifests that belong to it',
  });
}
