import { checkedPins, type ClusterPinOptions, pinLines, pinOptions } from './cluster-pins';
import type { CredentialKind } from './job-credential';
import { JOB_FOLDER, MAKE_JOB_FOLDER, REMOVE_JOB_FOLDER } from '../jobs/job-files';
import { checkedVariable } from '../jobs/shell';

/**
 * Options of a kubeconfig in a CI/CD variable.
 */
export interface KubeconfigVariableOptions extends ClusterPinOptions {
  /**
   * The name of the variable.
   *
   * @default 'KUBECONFIG'
   */
  readonly variable?: string;
}

/**
 * A kubeconfig in a CI/CD variable: a variable of type file, or the text itself as JSON, YAML or base64.
 */
export function kubeconfigVariable(options: KubeconfigVariableOptions): CredentialKind {
  const variable = checkedVariable('variable', options.variable ?? 'KUBECONFIG');
  const pins = checkedPins(options);
  const credential = { variable, kind: 'masked variable', source: 'variable' } as const;
  return {
    storedIn: variable,
    forCommand: () => ({ keywords: {}, setup: exportKubeconfig(variable), cleanup: [], options: pinOptions(pins), credential }),
    forKubectl: () => ({
      keywords: {},
      setup: [MAKE_JOB_FOLDER, writeKubeconfig(variable), `export KUBECONFIG="${JOB_FOLDER}/config"`, CHECK_CONTEXT, ...pinLines(pins, [])],
      cleanup: [REMOVE_JOB_FOLDER],
      options: [],
      credential,
    }),
  };
}

/** Copies the value to KUBECONFIG. The command reads all forms of a kubeconfig from there. */
export function exportKubeconfig(variable: string): string[] {
  return variable === 'KUBECONFIG' ? [] : [`export KUBECONFIG="$${variable}"`];
}

/** A text with a colon is JSON or YAML. Base64 never contains a colon. */
function writeKubeconfig(variable: string): string {
  return `# Write the kubeconfig to a folder that only this job can read.
(
  umask 077
  if test -z "$${variable}"; then
    echo 'the variable ${variable} is not set for this environment and branch' >&2
    exit 1
  elif test -f "$${variable}"; then
    cat "$${variable}"
  else
    case "$${variable}" in
      *:*) printf '%s' "$${variable}" ;;
      *) printf '%s' "$${variable}" | base64 -d ;;
    esac
  fi > "${JOB_FOLDER}/config"
)`;
}

/** Without a current context, kubectl would connect to http://localhost:8080. */
const CHECK_CONTEXT = 'kubectl config current-context > /dev/null < /dev/null';
