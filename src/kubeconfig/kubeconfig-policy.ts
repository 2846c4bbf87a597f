import { checkRoot, CredentialParts, credentialParts, onlyEntry } from './entries';
import { entries, entryNamed, readKubeconfigFile, textField } from './file';

/**
 * How the credential that a CI/CD variable holds is judged.
 */
export interface StoredKubeconfigOptions {
  /**
   * Whether the namespace may be one that the cluster keeps for itself or shares: `default` and `kube-*`.
   *
   * @default false
   */
  readonly allowProtectedNamespace?: boolean;

  /**
   * Whether the token may be in a file that the kubeconfig names (`tokenFile`), as for a job that writes its id_token there.
   *
   * @default false
   */
  readonly allowTokenFile?: boolean;
}

/**
 * Which part of the kubeconfig of the GitLab agent is meant.
 */
export interface AgentContextOptions {
  /**
   * The context: `<path of the agent's project>:<name of the agent>`.
   */
  readonly context: string;

  /**
   * The namespace to work in. The agent's file names none, or a default that is not meant for this job.
   */
  readonly namespace: string;

  /**
   * Whether the namespace may be one that the cluster keeps for itself or shares: `default` and `kube-*`.
   *
   * @default false
   */
  readonly allowProtectedNamespace?: boolean;
}

/**
 * What a kubeconfig must satisfy before a job uses it.
 */
export class KubeconfigPolicy {
  /**
   * A credential that was stored for one job: exactly one cluster, user and context, all of it in the file itself, a namespace, a token.
   * Refused is everything that kubectl would follow silently: exec plugins, other identities, unverified TLS, misspelt fields.
   *
   * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
   */
  public static stored(options: StoredKubeconfigOptions = {}): KubeconfigPolicy {
    const { allowProtectedNamespace, allowTokenFile } = options;
    return new KubeconfigPolicy((text) => ({ ...storedParts(text, allowTokenFile), allowProtectedNamespace }));
  }

  /**
   * The file that GitLab puts into every job of a project with an agent: several contexts of which one is named here, no current one.
   * The other contexts are not looked at; the named one is judged as a stored credential is.
   *
   * @see https://docs.gitlab.com/user/clusters/agent/ci_cd_workflow/
   */
  public static agent(options: AgentContextOptions): KubeconfigPolicy {
    const { namespace, allowProtectedNamespace } = options;
    return new KubeconfigPolicy((text) => ({ ...agentParts(text, options.context), namespace, allowProtectedNamespace }));
  }

  private constructor(private readonly choose: (text: string) => ChosenCredential) {}

  /**
   * @internal
   */
  public _choose(text: string): ChosenCredential {
    return this.choose(text);
  }
}

interface ChosenCredential extends CredentialParts {
  readonly allowProtectedNamespace?: boolean;
}

function storedParts(text: string, allowTokenFile?: boolean): CredentialParts {
  const root = readKubeconfigFile(text);
  checkRoot(root);
  const context = onlyEntry(root, 'contexts', 'context');
  entryNamed([context], textField(root, 'current-context') ?? '', 'current-context');
  return credentialParts(context, [onlyEntry(root, 'clusters', 'cluster')], [onlyEntry(root, 'users', 'user')], allowTokenFile);
}

function agentParts(text: string, name: string): CredentialParts {
  const root = readKubeconfigFile(text);
  checkRoot(root);
  const context = entryNamed(entries(root, 'contexts', 'context'), name, 'context');
  return credentialParts(context, entries(root, 'clusters', 'cluster'), entries(root, 'users', 'user'));
}
