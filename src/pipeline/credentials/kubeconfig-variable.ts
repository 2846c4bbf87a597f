import { checkedPins, ClusterPins, pinLines, pinOptions } from './cluster-pins';
import type { CredentialKind } from './credential-use';
import { JOB_FOLDER, MAKE_JOB_FOLDER, REMOVE_JOB_FOLDER } from '../jobs/job-folder';
import { checkedVariable } from '../jobs/shell';

/**
 * A kubeconfig that is kept in a variable: as a file, or as JSON or base64 in one line.
 */
export function kubeconfigVariable(name: string, given: ClusterPins): CredentialKind {
  const variable = checkedVariable('variable', name);
  const pins = checkedPins(given);
  const holds = { variable, kind: 'masked variable', source: 'variable' } as const;
  return {
    keptIn: variable,
    forCommand: () => ({ keywords: {}, before: asKubeconfig(variable), after: [], options: pinOptions(pins), holds }),
    forKubectl: () => ({
      keywords: {},
      before: [MAKE_JOB_FOLDER, writeKubeconfig(variable), `export KUBECONFIG="${JOB_FOLDER}/config"`, CHECK_CONTEXT, ...pinLines(pins, [])],
      after: [REMOVE_JOB_FOLDER],
      options: [],
      holds,
    }),
  };
}

/** The command reads all forms from the variable KUBECONFIG itself. */
export function asKubeconfig(variable: string): string[] {
  return variable === 'KUBECONFIG' ? [] : [`export KUBECONFIG="$${variable}"`];
}

/** Base64 has no colon, and neither JSON nor YAML of a kubeconfig is without. */
function writeKubeconfig(variable: string): string {
  return `# The kubeconfig, where only this job finds it.
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

/** Without a current context kubectl would try http://localhost:8080. */
const CHECK_CONTEXT = 'kubectl config current-context > /dev/null < /dev/null';
