import { userError, show } from '../../base/user-error';
import { checkUrl } from '../../kubeconfig/values';
import { singleQuoted, word } from '../jobs/shell';

/**
 * Which cluster a credential must be for.
 */
export interface ClusterPins {
  readonly server?: string;
  readonly clusterCaSha256?: string[];
}

/** Refuses pins that no credential could satisfy. */
export function checkedPins({ server, clusterCaSha256 = [] }: ClusterPins): ClusterPins {
  if (server !== undefined) checkUrl('server', server, ['https:']);
  return { server, clusterCaSha256: clusterCaSha256.map(fingerprint) };
}

function fingerprint(text: string): string {
  const digits = text.replace(/^(?:sha256 fingerprint=|sha256:)/i, '').replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return digits;
  throw userError({
    at: 'clusterCaSha256', given: `it is ${show(text)}`, expected: 'a SHA-256 in hexadecimal digits, as `openssl x509 -fingerprint -sha256` prints it', fix: 'correct it',
  });
}

/** As options of this library's command. */
export function pinOptions({ server, clusterCaSha256 = [] }: ClusterPins): string[] {
  return [
    ...server === undefined ? [] : ['--server', word(server)],
    ...clusterCaSha256.flatMap((digits) => ['--cluster-ca-sha256', digits]),
  ];
}

/**
 * As lines that end a job whose kubeconfig is for another cluster.
 *
 * @param options Those of kubectl that choose the context, as words of the shell.
 */
export function pinLines({ server, clusterCaSha256 = [] }: ClusterPins, options: readonly string[]): string[] {
  const field = (name: string) => ['kubectl', ...options, 'config view --raw --minify --output', `'jsonpath={.clusters[0].cluster.${name}}'`, '< /dev/null'].join(' ');
  return [
    ...server === undefined ? [] : [`test "$(${field('server')})" = ${singleQuoted(server)} || { echo 'KUBECONFIG is for another server' >&2; exit 1; }`],
    ...clusterCaSha256.length === 0 ? [] : [caLines(field('certificate-authority-data'), clusterCaSha256)],
  ];
}

/** A fingerprint is that of the certificate's DER, which the base64 in its PEM is. Without any certificate, the system's would be trusted. */
function caLines(data: string, pinned: readonly string[]): string {
  return `# The certificates of the cluster.
found="$(${data} | base64 -d | awk '/BEGIN CERT/ { der = ""; next } /END CERT/ { print der; next } { der = der $0 }' |
  while read -r der; do printf '%s' "$der" | base64 -d | sha256sum; done)"
if test -z "$found" || printf '%s\\n' "$found" | grep -qvE '^(${pinned.join('|')}) '; then
  echo 'KUBECONFIG is for a cluster with another certificate' >&2
  exit 1
fi`;
}
