import { gitlabAgent, type GitlabAgentOptions } from './gitlab-agent';
import { idToken, type IdTokenOptions } from './id-token';
import type { CredentialKind, CredentialTarget, JobCredential } from './job-credential';
import { kubeconfigVariable, type KubeconfigVariableOptions } from './kubeconfig-variable';

/**
 * The credential of deploy jobs for the cluster.
 */
export class DeployCredential {
  /**
   * A kubeconfig in a masked variable of the environment, as `cdk8s-ci-deploy grant` stores it.
   *
   * @param options The variable, and the cluster that the kubeconfig must be for.
   */
  public static kubeconfigVariable(options: KubeconfigVariableOptions = {}): DeployCredential {
    return new DeployCredential(kubeconfigVariable(options));
  }

  /**
   * A context of GitLab's agent, in the kubeconfig that GitLab puts into each job.
   * Do not set a project variable KUBECONFIG: it would replace that kubeconfig.
   *
   * @param options The agent, and the cluster that its context must be for.
   */
  public static gitlabAgent(options: GitlabAgentOptions): DeployCredential {
    return new DeployCredential(gitlabAgent(options));
  }

  /**
   * A token that GitLab signs for the job and that expires with it. No credential is stored. The cluster must trust GitLab as an issuer.
   *
   * @param options The audience of the token, and the cluster.
   */
  public static idToken(options: IdTokenOptions): DeployCredential {
    return new DeployCredential(idToken(options));
  }

  private constructor(private readonly kind: CredentialKind) {}

  /**
   * The CI/CD variable that stores the credential, if a job can rotate it there.
   *
   * @internal
   */
  public get _storedIn(): string | undefined {
    return this.kind.storedIn;
  }

  /**
   * @internal
   */
  public _forCommand(target: CredentialTarget): JobCredential {
    return this.kind.forCommand(target);
  }

  /**
   * @internal
   */
  public _forKubectl(target: CredentialTarget): JobCredential {
    return this.kind.forKubectl(target);
  }
}
