import type { ClusterParts } from '../../kubeconfig/entries';
import { Kubeconfig } from '../../kubeconfig/kubeconfig';

/**
 * Whose credential, for which namespace of which cluster.
 */
export interface CredentialParts {
  readonly reference: ClusterParts;
  /** The address at which CI reaches the cluster, when it is not the reference's. */
  readonly server?: string;
  readonly namespace: string;
  readonly user: string;
  readonly allowProtectedNamespace?: boolean;
}

/**
 * The kubeconfig of a CI job: the reference's cluster, and a token, which is made when everything else is known to be right.
 *
 * @returns What puts a token into it.
 * @throws A refusal when it is none whatever the token: its server lacks https, its namespace is no name.
 */
export function kubeconfigOf({ reference, server = reference.server, ...others }: CredentialParts): (token: string) => Kubeconfig {
  const parts = { ...reference, ...others, server };
  new Kubeconfig({ ...parts, tokenFile: 'there-is-none-yet' });
  return (token) => new Kubeconfig({ ...parts, token });
}

/** As `URL` writes hosts: IPv4 in four decimal numbers, which a name cannot end in. */
const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])$/;
const PRIVATE = /^(?:(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\.[\d.]+|\[f[cde].*\])$/;

/**
 * Why a host means nothing to a CI runner elsewhere, if it is the machine itself.
 */
export function loopbackWarning(hostname: string): string | undefined {
  return LOOPBACK.test(hostname) ? `${hostname} is the machine itself: a CI runner elsewhere does not reach the cluster there` : undefined;
}

/**
 * Why an address may mean nothing to a CI runner, if it may.
 */
export function addressWarning(server: string): string | undefined {
  const { hostname } = new URL(server);
  const loopback = loopbackWarning(hostname);
  if (loopback !== undefined) return loopback;
  if (PRIVATE.test(hostname)) {
    return `${hostname} is a private address: a CI runner reaches it only from the same network; --server gives another one`;
  }
  return undefined;
}
