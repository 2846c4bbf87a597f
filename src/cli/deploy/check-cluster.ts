import { cryptoModule } from '../../base/lazy-crypto';
import { userError, show } from '../../base/user-error';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import type { Arguments } from '../command-line/arguments';

/**
 * Refuses the credential of another cluster than the one that is meant: `--server`, and `--cluster-ca-sha256` for each certificate that the
 * server is verified with.
 */
export function checkCluster(source: string, kubeconfig: Pick<Kubeconfig, 'server' | 'certificateAuthorityData'>, args: Arguments): void {
  const server = args.one('server');
  if (server !== undefined && address(server) !== new URL(kubeconfig.server).href) {
    throw otherCluster(`${source}: its server is ${show(kubeconfig.server)}`, `${show(server)} (--server)`);
  }
  const pinned = new Set(args.all('cluster-ca-sha256').map((text) => fingerprint(text)));
  const other = pinned.size > 0 && fingerprints(kubeconfig.certificateAuthorityData ?? '').find((found) => !pinned.has(found));
  if (other === false || other === undefined) return;
  throw otherCluster(`${source}: its server is verified with a certificate of SHA-256 ${other}`, 'the certificate of --cluster-ca-sha256');
}

function address(server: string): string {
  if (URL.canParse(server)) return new URL(server).href;
  throw userError({ at: '--server', given: show(server), expected: 'the address of an API server', fix: 'correct it' });
}

function otherCluster(given: string, expected: string): Error {
  return userError({ given, expected, fix: 'use the credential of that cluster, or correct the option' });
}

function fingerprint(text: string): string {
  const digits = text.replace(/^(?:sha256 fingerprint=|sha256:)/i, '').replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return digits;
  throw userError({ at: '--cluster-ca-sha256', given: show(text), expected: 'a SHA-256 in hexadecimal digits, as `openssl x509 -fingerprint -sha256` prints it', fix: 'correct it' });
}

/** Without certificates of its own, the system's would be trusted: one that no pin is of. */
function fingerprints(data: string): string[] {
  const pem = Buffer.from(data, 'base64').toString('latin1').match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (pem.length === 0) return ['that the system trusts'];
  return pem.map((block) => new (cryptoModule().X509Certificate)(block).fingerprint256.replaceAll(':', '').toLowerCase());
}
