import { checkRoot, CredentialParts, credentialParts, onlyEntry } from './entries';
import { entries, entryNamed, readKubeconfigFile, textField } from './file';
import { show, userError } from '../base/user-error';

/**
 * Options for a kubeconfig that is stored in a CI/CD variable.
 */
export interface StoredKubeconfigOptions {
  /**
   * Whether the namespaces `default` and `kube-*` are allowed, which the cluster shares or uses itself.
   *
   * @default false
   */
  readonly allowProtectedNamespace?: boolean;

  /**
   * Whether the token may be in a file that the kubeconfig names (`tokenFile`). A job can write its id_token to that file.
   *
   * @default false
   */
  readonly allowTokenFile?: boolean;
}

/**
 * Options for the kubeconfig of the GitLab agent.
 */
export interface AgentContextOptions {
  /**
   * The name of the context: `<path of the agent's project>:<name of the agent>`.
   */
  readonly context: string;

  /**
   * The namespace of commands. The agent's kubeconfig has no namespace, or a default for all jobs.
   */
  readonly namespace: string;

  /**
   * Whether the namespaces `default` and `kube-*` are allowed, which the cluster shares or uses itself.
   *
   * @default false
   */
  readonly allowProtectedNamespace?: boolean;
}

interface ChosenContextOptions {
  readonly context?: string;
  readonly namespace?: string;
  readonly allowProtectedNamespace?: boolean;
}

/**
 * The rules that a kubeconfig must satisfy before a job uses it.
 */
export class KubeconfigPolicy {
  /**
   * A credential for one job: exactly one cluster, user and context, a namespace and a token, and no references to other files.
   * Fields that kubectl would silently obey or ignore are refused: exec plugins, impersonation, unverified TLS, misspelt fields.
   *
   * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
   */
  public static stored(options: StoredKubeconfigOptions = {}): KubeconfigPolicy {
    const { allowProtectedNamespace, allowTokenFile } = options;
    return new KubeconfigPolicy((text) => ({ ...storedParts(text, allowTokenFile), allowProtectedNamespace }));
  }

  /**
   * The file that GitLab writes for every job of a project with an agent. It has several contexts and no current context.
   * The named context must satisfy the same rules as a stored credential. The other contexts are not checked.
   *
   * @see https://docs.gitlab.com/user/clusters/agent/ci_cd_workflow/
   */
  public static agent(options: AgentContextOptions): KubeconfigPolicy {
    const { namespace, allowProtectedNamespace } = options;
    return new KubeconfigPolicy((text) => ({ ...namedParts(text, options.context), namespace, allowProtectedNamespace }));
  }

  /**
   * The rules for the options of the command: a context of any kubeconfig, and the namespace.
   *
   * @internal
   */
  public static _chosen({ context, namespace, allowProtectedNamespace }: ChosenContextOptions): KubeconfigPolicy {
    return new KubeconfigPolicy((text) => {
      const parts = context === undefined ? storedParts(text, true) : namedParts(text, context, true);
      if (context === undefined) checkNamespaceOption(parts.namespace, namespace);
      else if (namespace === undefined && parts.namespace === undefined) throw missingNamespace(context);
      return { ...parts, namespace: namespace ?? parts.namespace, allowProtectedNamespace };
    });
  }

  private constructor(private readonly read: (text: string) => ParsedCredential) {}

  /**
   * Reads the credential of a kubeconfig.
   *
   * @internal
   */
  public _read(text: string): ParsedCredential {
    return this.read(text);
  }
}

interface ParsedCredential extends CredentialParts {
  readonly allowProtectedNamespace?: boolean;
}

function storedParts(text: string, allowTokenFile?: boolean): CredentialParts {
  const root = readKubeconfigFile(text);
  checkRoot(root);
  const context = onlyEntry(root, 'contexts', 'context');
  entryNamed([context], textField(root, 'current-context') ?? '', 'current-context');
  return credentialParts(context, [onlyEntry(root, 'clusters', 'cluster')], [onlyEntry(root, 'users', 'user')], allowTokenFile);
}

function namedParts(text: string, name: string, allowTokenFile?: boolean): CredentialParts {
  const root = readKubeconfigFile(text);
  checkRoot(root);
  const context = entryNamed(entries(root, 'contexts', 'context'), name, 'context');
  return credentialParts(context, entries(root, 'clusters', 'cluster'), entries(root, 'users', 'user'), allowTokenFile);
}

function missingNamespace(context: string): Error {
  return userError({ at: '--namespace', given: `it is missing, and context ${show(context)} names none`, expected: 'the namespace of this job', fix: 'add --namespace NAME' });
}

/** A stored credential is for one namespace. Another one in the option is a mistake, such as the credential of another environment. */
function checkNamespaceOption(own: string | undefined, namespace: string | undefined): void {
  if (own === undefined || namespace === undefined || own === namespace) return;
  throw userError({
    at: '--namespace',
    given: show(namespace),
    expected: `${show(own)}, the namespace of the credential`,
    fix: 'remove --namespace, or use the credential of that namespace; with --context, --namespace replaces the namespace of the context',
  });
}
