import type { Presented } from './connection';
import { sendableToken } from './token';
import { isObject, Json, parseObject } from '../../base/json';
import type { ClusterParts } from '../../kubeconfig/entries';
import type { ExecParts } from '../../kubeconfig/user';

/**
 * What a plugin gave.
 */
export interface ExecCredential extends Presented {
  /** Milliseconds since 1970 until which it can be used; without it, until the server says no. */
  readonly expires?: number;
}

/**
 * What a plugin is told, as the value of KUBERNETES_EXEC_INFO.
 *
 * @param interactive Whether it may ask at the terminal.
 * @param config What the kubeconfig has for it.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#input-and-output-formats
 */
export function execInfo({ apiVersion, provideClusterInfo }: ExecParts, cluster: ClusterParts, interactive: boolean, config?: Json): string {
  const told = {
    'server': cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'certificate-authority-data': cluster.certificateAuthorityData,
    'proxy-url': cluster.proxyUrl,
    config,
  };
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: { interactive, ...provideClusterInfo ? { cluster: told } : {} } });
}

/**
 * Reads what a plugin printed, which is a secret: errors do not repeat it.
 *
 * @returns What is wrong with it, as text.
 */
export function readExecCredential(text: string, apiVersion: string): ExecCredential | string {
  const credential = parseObject(text);
  if (credential?.kind !== 'ExecCredential') return 'what it printed is no ExecCredential';
  if (credential.apiVersion !== apiVersion) return `it answered in another version than ${apiVersion}`;
  const status = isObject(credential.status) ? credential.status : {};
  const token = textOf(status.token);
  const [certificate, key] = [textOf(status.clientCertificateData), textOf(status.clientKeyData)];
  if ((certificate === undefined) !== (key === undefined)) return 'it gave a client certificate without its key, or the reverse';
  const clientCertificate = certificate !== undefined && key !== undefined ? { certificate, key } : undefined;
  if (token === undefined && !clientCertificate) return 'it gave neither a token nor a client certificate';
  const expires = Date.parse(textOf(status.expirationTimestamp) ?? '');
  return {
    token: token === undefined ? undefined : sendableToken('the exec plugin\'s token', token),
    clientCertificate,
    expires: Number.isNaN(expires) ? undefined : expires,
  };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
