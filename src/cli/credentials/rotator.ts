import { kubeconfigBuilder, KubeconfigParts } from './credential-kubeconfig';
import type { ServiceAccountRef } from './credential-store';
import { verificationParts } from './verify-credential';
import { userError } from '../../base/user-error';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { tokenClaims } from '../../kubernetes/token-claims';
import type { Access } from '../access/access';
import { readAccessFile } from '../access/read-access';
import { asAdministrator } from '../cluster/cluster-clients';
import { jobCredential, withCredential } from '../cluster/credential';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Context } from '../command-line/command';

/**
 * The user who rotates a credential: an administrator, or the credential itself.
 */
export interface Rotator {
  readonly cluster: KubernetesClient;
  /** The ServiceAccount whose credential is rotated. */
  readonly account: ServiceAccountRef;
  /** Whether the cluster writes the tokens into token Secrets, which never expire. */
  readonly hasTokenSecret: boolean;
  /** The manifests that define the expected rights, if they were given. */
  readonly access?: Access;
  /** The credential that rotates itself. */
  readonly itself?: { readonly kubeconfig: Kubeconfig; readonly secret?: string };
  /** Builds the kubeconfig of the new credential. */
  kubeconfig(token: string): Kubeconfig;
  /** Builds the kubeconfig for the verification on this machine. */
  verificationKubeconfig(token: string): Kubeconfig;
}

/**
 * Runs an action with the rotator that the options choose.
 *
 * @throws A `UserError`, before the first request, when the options choose none.
 */
export async function withRotator<T>(context: Context, action: (rotator: Rotator) => Promise<T>): Promise<T> {
  const { args } = context;
  const [file] = args.operands;
  const access = file === undefined ? undefined : await readAccessFile(context, file);
  if (args.has('itself')) return withItself(context, access, action);
  if (access) return withAdministrator(context, access, action);
  throw userError({
    at: 'ACCESS.yaml',
    given: 'the operand is missing',
    expected: 'the access manifests, or --itself',
    fix: 'run `cdk8s-ci-deploy rotate dist/access.yaml`, or add --itself to rotate the credential in KUBECONFIG',
  });
}

async function withAdministrator<T>(context: Context, access: Access, action: (rotator: Rotator) => Promise<T>): Promise<T> {
  const { namespace, serviceAccount } = access;
  if (!serviceAccount) {
    throw userError({
      at: access.file,
      given: 'its subject has no token of the cluster',
      expected: 'a ServiceAccount',
      fix: 'remove this environment from the rotation: no credential is stored for it',
    });
  }
  return asAdministrator(context, async ({ cluster, reference }) => action({
    cluster,
    account: { namespace, name: serviceAccount.name },
    hasTokenSecret: serviceAccount.tokenSecret !== undefined,
    access,
    ...builders(context, { reference, server: context.args.one('server'), namespace, user: serviceAccount.name, allowProtectedNamespace: true }),
  }));
}

async function withItself<T>(context: Context, access: Access | undefined, action: (rotator: Rotator) => Promise<T>): Promise<T> {
  const { args } = context;
  const { kubeconfig, source } = await jobCredential(context, {
    kubeconfig: args.one('kubeconfig'), context: args.one('context'), allowProtectedNamespace: args.has('allow-protected-namespace'),
  });
  const claims = tokenClaims(kubeconfig.token ?? '');
  if (claims?.serviceAccount === undefined || claims.namespace === undefined) {
    throw userError({
      at: source,
      given: 'its token belongs to no ServiceAccount',
      expected: 'the token of a ServiceAccount, which can request its replacement',
      fix: 'ask an administrator to run `cdk8s-ci-deploy rotate ACCESS.yaml`',
    });
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

function builders(context: Context, parts: KubeconfigParts): Pick<Rotator, 'kubeconfig' | 'verificationKubeconfig'> {
  return { kubeconfig: kubeconfigBuilder(parts), verificationKubeconfig: kubeconfigBuilder(verificationParts(context, parts)) };
}
