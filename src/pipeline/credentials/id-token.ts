import type { CredentialKind, CredentialTarget, CredentialUse } from './credential-use';
import { userError, show } from '../../base/user-error';
import { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { JOB_FOLDER, MAKE_JOB_FOLDER, REMOVE_JOB_FOLDER } from '../jobs/job-folder';
import { checkedVariable, singleQuoted } from '../jobs/shell';

/**
 * A token that GitLab makes for each job.
 */
export interface IdToken {
  readonly audience: string;
  readonly server: string;
  readonly certificateAuthorityData?: string;
  readonly variable: string;
}

/**
 * A kubeconfig without any secret, which stands in the script, beside the job's token.
 */
export function idToken(given: IdToken): CredentialKind {
  const { audience } = given;
  const variable = checkedVariable('variable', given.variable);
  if (!/^[^\0-\x1f\x7f]+$/.test(audience)) {
    throw userError({ at: 'audience', given: `it is ${show(audience)}`, expected: 'the audience that the cluster accepts tokens for', fix: 'take it from the access manifests' });
  }
  const use = ({ namespace }: CredentialTarget): CredentialUse => ({
    keywords: { id_tokens: { [variable]: { aud: audience } } },
    before: [MAKE_JOB_FOLDER, writeFiles(kubeconfigOf(given, namespace), variable)],
    after: [REMOVE_JOB_FOLDER],
    options: ['--kubeconfig', `"${JOB_FOLDER}/config"`],
    holds: { variable, kind: `id_token for ${audience}`, source: 'id_token' },
  });
  // Refuses what is wrong with the server at once, not when the file is written.
  kubeconfigOf(given, 'any');
  return { forCommand: use, forKubectl: use };
}

function kubeconfigOf({ server, certificateAuthorityData }: IdToken, namespace: string): Kubeconfig {
  return new Kubeconfig({ server, certificateAuthorityData, namespace, tokenFile: 'token' });
}

function writeFiles(kubeconfig: Kubeconfig, variable: string): string {
  return `# A kubeconfig without a secret, and the token beside it.
(
  umask 077
  test -n "$${variable}" || { echo 'GitLab has set no ${variable}' >&2; exit 1; }
  printf '%s' "$${variable}" > "${JOB_FOLDER}/token"
  printf '%s' ${singleQuoted(kubeconfig.toJson())} > "${JOB_FOLDER}/config"
)`;
}
