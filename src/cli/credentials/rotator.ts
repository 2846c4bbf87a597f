import { KubeconfigParts, kubeconfigBuilder } from './credential-kubeconfig';
import type { ServiceAccountRef } from './credential-store';
import { verificationParts } from './verify-credential';
import { userError } from '../../base/user-error';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { tokenClaims } from '../../kubernetes/token-claims';
import type { Access } from '../access/access';
import { readAccessFile } from '../access/read-access';
import { asAdministrator, withCredential } from '../cluster/cluster-clients';
import { jobCredential } from '../cluster/credential';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Context } from '../command-line/command';

/**
 * Who replaces whose credential: an administrator, or the credential itself.
 */
export interface Rotator {
  readonly cluster: KubernetesClient;
  readonly account: ServiceAccountRef;
  /** Whether the cluster makes its tokens, which never expire. */
  readonly hasTokenSecret: boolean;
  /** What the credential must be able to do, when that is known. */
  readonly access?: Access;
  /** The credential that rotates itself. */
  readonly itself?: { readonly kubeconfig: Kubeconfig; readonly secret?: string };
  /** The successor's kubeconfig. */
  kubeconfig(token: string): Kubeconfig;
  /** The same as it is proved from here. */
  proof(token: string): Kubeconfig;
}

/**
 * Does something as the rotator that the options name.
 *
 * @throws A refusal, before anything is contacted, when they name none.
 */
export async function withRotator<T>(context: Context, action: (rotator: Rotator) => Promise<T>): Promise<T> {
  const { args } = context;
  const [file] = args.operands;
  const access = file === undefined ? undefined : await readAccessFile(context, file);
  if (args.has('itself')) return asItself(context, access, action);
  if (!access) {
    throw userError({ at: 'ACCESS.yaml', given: 'there is none', expected: 'the access manifests, or --itself', fix: 'say whose credential is meant' });
  }
  return asOther(context, access, action);
}

async function asOther<T>(context: Context, access: Access, action: (rotator: Rotator) => Promise<T>): Promise<T> {
  const { args } = context;
  const { namespace, serviceAccount } = access;
  if (!serviceAccount) {
    throw userError({ at: access.file, given: 'its deployer has no token of the cluster', expected: 'a ServiceAccount', fix: 'nothing is kept, so there is nothing to replace' });
  }
  return asAdministrator(context, async ({ cluster, reference }) => action({
    cluster,
    account: { namespace, name: serviceAccount.name },
    hasTokenSecret: serviceAccount.tokenSecret !== undefined,
    access,
    ...builders(context, { reference, server: args.one('server'), namespace, user: serviceAccount.name, allowProtectedNamespace: true }),
  }));
}

async function asItself<T>(context: Context, access: Access | undefined, action: (rotator: Rotator) => Promise<T>): Promise<T> {
  const { args } = context;
  const { kubeconfig, source } = await jobCredential(context, {
    kubeconfig: args.one('kubeconfig'), allowProtectedNamespace: args.has('allow-protected-namespace'),
  });
  const claims = tokenClaims(kubeconfig.token ?? '');
  if (claims?.serviceAccount === undefined || claims.namespace === undefined) {
    throw userError({ at: source, given: 'its token is not that of a ServiceAccount', expected: 'one that can ask for its successor', fix: 'let an administrator rotate it' });
  }
  const { namespace, serviceAccount: name, secret, expires } = claims;
  const parts = { reference: kubeconfig, server: args.one('server'), namespace: kubeconfig.namespace, user: name, allowProtectedNamespace: true };
  return withCredential(context, kubeconfig, async (cluster) => action({
    cluster,
    account: { namespace, name },
    hasTokenSecret: expires === undefined,
    access,
    itself: { kubeconfig, secret },
    ...builders(context, parts),
  }));
}

function builders(context: Context, parts: KubeconfigParts): Pick<Rotator, 'kubeconfig' | 'proof'> {
  return { kubeconfig: kubeconfigBuilder(parts), proof: kubeconfigBuilder(verificationParts(context, parts)) };
}
