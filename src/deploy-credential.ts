import type { CredentialUse } from './private/pipeline/credential-use';

/**
 * A kubeconfig in a variable.
 */
export interface KubeconfigVariableOptions {
  /**
   * The variable.
   *
   * @default 'KUBECONFIG'
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
   * @param options Its name.
   */
  public static kubeconfigVariable(options: KubeconfigVariableOptions = {}): DeployCredential {
    const { variable = 'KUBECONFIG' } = options;
    return new DeployCredential(() => ({ keywords: {}, before: [], after: [], options: [], holds: { variable, kind: 'masked variable' } }));
  }

  private constructor(private readonly use: () => CredentialUse) {}

  /**
   * @internal
   */
  public _forCommand(): CredentialUse {
    return this.use();
  }
}
