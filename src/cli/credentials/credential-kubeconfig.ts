import { UserError } from '../../base/user-error';
import type { ClusterParts } from '../../kubeconfig/entries';
import { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { KubeconfigPolicy } from '../../kubeconfig/kubeconfig-policy';

/**
 * The parts of a CI job's kubeconfig, without the token.
 */
export interface KubeconfigParts {
  /** The cluster of the administrator's kubeconfig. */
  readonly reference: ClusterParts;
  /** The address of the API server for CI jobs. By default that of `reference`. */
  readonly server?: string;
  readonly namespace: string;
  readonly user: string;
  readonly allowProtectedNamespace?: boolean;
}

/**
 * Checks the parts of a kubeconfig before a token is created.
 *
 * @returns A function that builds the kubeconfig with a token.
 * @throws A `UserError` when a part is invalid, such as a server without https.
 */
export function kubeconfigBuilder({ reference, server = reference.server, ...others }: KubeconfigParts): (token: string) => Kubeconfig {
  const parts = { ...reference, ...others, server };
  new Kubeconfig({ ...parts, tokenFile: 'placeholder' });
  return (token) => new Kubeconfig({ ...parts, token });
}

/** The formats of a credential. The first one is the default. */
export const CREDENTIAL_FORMATS = ['yaml', 'json', 'base64'] as const;

export type CredentialFormat = typeof CREDENTIAL_FORMATS[number];

const FORMATTERS: Record<CredentialFormat, (credential: Kubeconfig) => string> = {
  yaml: (credential) => credential.toYaml(),
  json: (credential) => credential.toJson(),
  base64: (credential) => credential.toBase64(),
};

/**
 * Formats a credential.
 */
export function formatCredential(credential: Kubeconfig, format: CredentialFormat): string {
  return FORMATTERS[format](credential);
}

/**
 * Parses a credential in any of the formats. Returns nothing when the text is no credential.
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

/** Hosts as `URL` writes them: an IPv4 address has four decimal numbers. No host name ends in a number. */
const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])$/;
const PRIVATE = /^(?:(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\.[\d.]+|\[f[cde].*\])$/;

/**
 * Warns about a loopback address, which reaches no cluster from another machine.
 */
export function loopbackWarning(hostname: string): string | undefined {
  return LOOPBACK.test(hostname) ? `${hostname} is a loopback address: a CI runner on another machine cannot reach the cluster there` : undefined;
}

/**
 * Warns about an address that a CI runner may not reach.
 */
export function addressWarning(server: string): string | undefined {
  const { hostname } = new URL(server);
  const loopback = loopbackWarning(hostname);
  if (loopback !== undefined) return loopback;
  if (PRIVATE.test(hostname)) {
    return `${hostname} is a private address: only a CI runner in the same network can reach it. Use --server for another address`;
  }
  return undefined;
}
