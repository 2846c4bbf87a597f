import { UserError } from '../../base/user-error';
import type { ClusterParts } from '../../kubeconfig/entries';
import { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { KubeconfigPolicy } from '../../kubeconfig/kubeconfig-policy';

/**
 * Whose credential, for which namespace of which cluster.
 */
export interface KubeconfigParts {
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
export function kubeconfigBuilder({ reference, server = reference.server, ...others }: KubeconfigParts): (token: string) => Kubeconfig {
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

/** The forms of a credential, the first one being the default. */
export const CREDENTIAL_FORMATS = ['yaml', 'json', 'base64'] as const;

export type CredentialFormat = typeof CREDENTIAL_FORMATS[number];

/**
 * A credential in one of its forms.
 */
export function formatCredential(credential: Kubeconfig, form: CredentialFormat): string {
  return FORMATTERS[form](credential);
}

/**
 * The credential that a text is, whatever its form, or nothing when it is none.
 */
export function parseCredential(text: string): Kubeconfig | undefined {
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}\s*$/.test(text);
  try {
    return Kubeconfig.parse(isBase64 ? Buffer.from(text, 'base64').toString('utf8') : text, KubeconfigPolicy.stored({ allowProtectedNamespace: true }));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const FORMATTERS: Record<CredentialFormat, (credential: Kubeconfig) => string> = {
  yaml: (credential) => credential.toYaml(),
  json: (credential) => credential.toJson(),
  base64: (credential) => credential.toBase64(),
};
