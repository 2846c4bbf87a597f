/**
 * How the token of a deployer's ServiceAccount comes into being.
 */
export class DeployerToken {
  /**
   * Requested from the API server when access is granted, with an expiry. Nothing is stored in the cluster by the manifests.
   *
   * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
   */
  public static tokenRequest(): DeployerToken {
    return new DeployerToken(undefined);
  }

  /**
   * Kept in a Secret of type `kubernetes.io/service-account-token`, which the cluster fills.
   *
   * The price: it never expires, and everyone who may read Secrets in the namespace can read it.
   * It ends when the Secret is deleted.
   *
   * @see https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets
   */
  public static tokenSecret(): DeployerToken {
    return new DeployerToken('token');
  }

  private constructor(private readonly suffix: string | undefined) {}

  /**
   * The name of the Secret, if there is one.
   *
   * @internal
   */
  public _secretName(serviceAccount: string): string | undefined {
    return this.suffix && `${serviceAccount}-${this.suffix}`;
  }
}
