import { userError, show } from '../../base/user-error';
import { checkUrl } from '../../kubeconfig/entries';
import { sha256Digits } from '../../kubernetes/certificates';
import { shellWord, singleQuoted } from '../jobs/shell';

/**
 * The cluster that a credential must be for.
 * Without it, everyone who may change the variable can send the manifests to another cluster.
 */
export interface ClusterPinOptions {
  /**
   * The address of the API server. The job fails when its credential is for another one.
   *
   * @default - any
   */
  readonly server?: string;

  /**
   * The CA certificates that the credential may contain: SHA-256 in hexadecimal digits, as `openssl x509 -fingerprint -sha256` prints it.
   * List the old and the new one while the cluster changes its CA.
   *
   * @default - any
   */
  readonly clusterCaSha256?: string[];
}

/** Checks the address, and normalizes the fingerprints to lower-case digits. */
export function checkedPins({ server, clusterCaSha256 = [] }: ClusterPinOptions): ClusterPinOptions {
  if (server !== undefined) checkUrl('server', server, ['https:']);
  return { server, clusterCaSha256: clusterCaSha256.map(fingerprint) };
}

function fingerprint(text: string): string {
  const digits = sha256Digits(text);
  if (digits !== undefined) return digits;
  throw userError({
    at: 'clusterCaSha256',
    given: `it is ${show(text)}`,
    expected: 'a SHA-256 of 64 hexadecimal digits',
    fix: 'print it by `openssl x509 -in ca.crt -noout -fingerprint -sha256`',
  });
}

/** The pins as options of this library's command. */
export function pinOptions({ server, clusterCaSha256 = [] }: ClusterPinOptions): string[] {
  return [
    ...server === undefined ? [] : ['--server', shellWord(server)],
    ...clusterCaSha256.flatMap((digits) => ['--cluster-ca-sha256', digits]),
  ];
}

/**
 * Lines of a script that end the job when its kubeconfig is for another cluster.
 *
 * @param options kubectl's options that choose the context, as words of the shell.
 */
export function pinLines({ server, clusterCaSha256 = [] }: ClusterPinOptions, options: readonly string[]): string[] {
  const field = (name: string) => ['kubectl', ...options, 'config view --raw --minify --output', `'jsonpath={.clusters[0].cluster.${name}}'`, '< /dev/null'].join(' ');
  return [
    ...server === undefined ? [] : [`test "$(${field('server')})" = ${singleQuoted(server)} || { echo 'KUBECONFIG is for another server' >&2; exit 1; }`],
    ...clusterCaSha256.length === 0 ? [] : [caLines(field('certificate-authority-data'), clusterCaSha256)],
  ];
}

/**
 * The base64 text in a PEM certificate is its DER, and the fingerprint is the SHA-256 of that.
 * A kubeconfig without a certificate fails too: kubectl would trust the system's certificates.
 */
function caLines(data: string, pinned: readonly string[]): string {
  return `# Check the certificates of the cluster.
found="$(${data} | base64 -d | awk '/BEGIN CERT/ { der = ""; next } /END CERT/ { print der; next } { der = der $0 }' |
  while read -r der; do printf '%s' "$der" | base64 -d | sha256sum; done)"
if test -z "$found" || printf '%s\\n' "$found" | grep -qvE '^(${pinned.join('|')}) '; then
  echo 'KUBECONFIG is for a cluster with another certificate' >&2
  exit 1
fi`;
}
