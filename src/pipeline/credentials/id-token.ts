import type { CredentialKind, CredentialTarget, JobCredential } from './job-credential';
import { userError, show } from '../../base/user-error';
import { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { JOB_FOLDER, MAKE_JOB_FOLDER, REMOVE_JOB_FOLDER } from '../jobs/job-files';
import { checkedVariable, singleQuoted } from '../jobs/shell';

/**
 * Options of a token that GitLab signs for each job.
 */
export interface IdTokenOptions {
  /**
   * The audience that the cluster accepts tokens for, as in the access manifests.
   */
  readonly audience: string;

  /**
   * The address of the API server. The pipeline's file contains it, so it is not secret.
   */
  readonly server: string;

  /**
   * The cluster's CA certificates: base64 of PEM, as in the field of the same name of a kubeconfig. They are not secret.
   *
   * @default - those that the job's image trusts
   */
  readonly certificateAuthorityData?: string;

  /**
   * The variable that GitLab sets to the token.
   *
   * @default 'KUBE_ID_TOKEN'
   */
  readonly variable?: string;
}

/**
 * A token that GitLab signs for the job. The script writes the token to a file, and a kubeconfig without secrets that names this file.
 */
export function idToken(options: IdTokenOptions): CredentialKind {
  const { audience } = options;
  const variable = checkedVariable('variable', options.variable ?? 'KUBE_ID_TOKEN');
  if (!/^[^\0-\x1f\x7f]+$/.test(audience)) {
    throw userError({ at: 'audience', given: `it is ${show(audience)}`, expected: 'the audience that the cluster accepts tokens for', fix: 'copy it from the access manifests' });
  }
  const forTarget = ({ namespace }: CredentialTarget): JobCredential => ({
    keywords: { id_tokens: { [variable]: { aud: audience } } },
    setup: [MAKE_JOB_FOLDER, writeFiles(kubeconfigOf(options, namespace), variable)],
    cleanup: [REMOVE_JOB_FOLDER],
    options: ['--kubeconfig', `"${JOB_FOLDER}/config"`],
    credential: { variable, kind: `id_token for ${audience}`, source: 'id_token' },
  });
  // Report mistakes in the server's data now, not when the file is written.
  kubeconfigOf(options, 'any');
  return { forCommand: forTarget, forKubectl: forTarget };
}

function kubeconfigOf({ server, certificateAuthorityData }: IdTokenOptions, namespace: string): Kubeconfig {
  return new Kubeconfig({ server, certificateAuthorityData, namespace, tokenFile: 'token' });
}

function writeFiles(kubeconfig: Kubeconfig, variable: string): string {
  return `# Write a kubeconfig without secrets, and the token to a file of its own.
(
  umask 077
  test -n "$${variable}" || { echo 'GitLab has set no ${variable}' >&2; exit 1; }
  printf '%s' "$${variable}" > "${JOB_FOLDER}/token"
  printf '%s' ${singleQuoted(kubeconfig.toJson())} > "${JOB_FOLDER}/config"
)`;
}
