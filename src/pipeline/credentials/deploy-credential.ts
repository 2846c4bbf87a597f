import type { CredentialKind, CredentialTarget, CredentialUse } from './credential-use';
import { gitlabAgent } from './gitlab-agent';
import { idToken } from './id-token';
import { kubeconfigVariable } from './kubeconfig-variable';

/**
 * Which cluster a credential must be for, so that nobody who may change a variable can send manifests elsewhere.
 */
export interface ClusterPinOptions {
  /**
   * The address of the API server. A credential for another one is refused.
   *
   * @default - any
   */
  readonly server?: string;

  /**
   * The certificates that the server may be verified with: SHA-256 in hexadecimal digits, as `openssl x509 -fingerprint -sha256` prints it.
   * Two while one replaces the other.
   *
   * @default - any
   */
  readonly clusterCaSha256?: string[];
}

/**
 * A kubeconfig in a variable.
 */
export interface KubeconfigVariableOptions extends ClusterPinOptions {
  /**
   * The variable.
   *
   * @default 'KUBECONFIG'
   */
  readonly variable?: string;
}

/**
 * A context of GitLab's agent.
 */
export interface GitlabAgentOptions extends ClusterPinOptions {
  /**
   * `<path of the agent's project>:<name of the agent>`.
   */
  readonly agent: string;
}

/**
 * A token that GitLab makes for each job.
 */
export interface IdTokenOptions {
  /**
   * The audience that the cluster accepts tokens for, as in the access manifests.
   */
  readonly audience: string;

  /**
   * The address of the API server. With the certificates it stands in the file, which has no secret then.
   */
  readonly server: string;

  /**
   * The certificates that the server is verified with: base64 of PEM, as the field of the same name of a kubeconfig holds them.
   *
   * @default - those that the job's image trusts
   */
  readonly certificateAuthorityData?: string;

  /**
   * The variable that GitLab puts the token into.
   *
   * @default 'KUBE_ID_TOKEN'
   */
  readonly variable?: string;
}

/**
 * What a deploy job reaches the cluster with.
 */
export class DeployCredential {
  /**
   * The kubeconfig that `cdk8s-ci-deploy grant` stored as a masked variable of the environment.
   *
   * @param options Its name, and the cluster that it must be for.
   */
  public static kubeconfigVariable(options: KubeconfigVariableOptions = {}): DeployCredential {
    const { variable = 'KUBECONFIG' } = options;
    return new DeployCredential(kubeconfigVariable(variable, options));
  }

  /**
   * The GitLab agent's context, in the kubeconfig that GitLab puts into each job. A project variable KUBECONFIG would beat that one.
   *
   * @param options The agent, and the cluster that it must be for.
   */
  public static gitlabAgent(options: GitlabAgentOptions): DeployCredential {
    return new DeployCredential(gitlabAgent(options.agent, options));
  }

  /**
   * A token that GitLab signs for the job and that ends with it: nothing is stored. The cluster must trust GitLab as an issuer.
   *
   * @param options What the token is for, and where the cluster is.
   */
  public static idToken(options: IdTokenOptions): DeployCredential {
    return new DeployCredential(idToken({ ...options, variable: options.variable ?? 'KUBE_ID_TOKEN' }));
  }

  private constructor(private readonly kind: CredentialKind) {}

  /**
   * The variable that a job can rotate it in, if it is one that is kept.
   *
   * @internal
   */
  public get _keptIn(): string | undefined {
    return this.kind.keptIn;
  }

  /**
   * @internal
   */
  public _forCommand(target: CredentialTarget): CredentialUse {
    return this.kind.forCommand(target);
  }

  /**
   * @internal
   */
  public _forKubectl(target: CredentialTarget): CredentialUse {
    return this.kind.forKubectl(target);
  }
}
