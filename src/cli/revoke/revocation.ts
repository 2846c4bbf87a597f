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
 * The credentials to revoke, and the clients that do it.
 */
export interface Revocation {
  readonly context: Context;
  readonly access: Access;
  readonly account: ServiceAccountRef;
  readonly administrator: Administrator;
  readonly store: CredentialStore;
  /** The token of --token-file, if there is one. */
  readonly token?: GivenToken;
  /** The destination in GitLab, if the options choose one. */
  readonly destination?: Destination;
  readonly steps: StepLog;
}

/**
 * A token that the user gave.
 */
export interface GivenToken {
  readonly token: string;
  /** The Secret that the token is bound to. Missing for a token that is bound to nothing. */
  readonly secret?: string;
}

/**
 * Reads the token of --token-file, if there is one.
 *
 * @throws A `UserError` when the token belongs to another ServiceAccount.
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
    given: 'it is no token of the ServiceAccount in the manifests',
    expected: `a token of ServiceAccount ${show(`${account.namespace}/${account.name}`)}`,
    fix: claims?.serviceAccount === undefined || claims.namespace === undefined
      ? 'use the token alone, without the kubeconfig around it'
      : `use the access manifests of ServiceAccount ${show(`${claims.namespace}/${claims.serviceAccount}`)}`,
  });
}

/**
 * The kubeconfig that shows a token of the ServiceAccount to the API server.
 */
export function kubeconfigWith({ account, administrator: { reference } }: Revocation, token: string): Kubeconfig {
  return kubeconfigBuilder({ reference, namespace: account.namespace, user: account.name, allowProtectedNamespace: true })(token);
}
