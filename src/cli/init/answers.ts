/**
 * Where the application is deployed to.
 */
export interface TargetAnswer {
  readonly environment: string;
  readonly namespace: string;
  readonly protectedRefsOnly: boolean;
}

/**
 * Who builds the image.
 */
export type BuilderAnswer =
  | { readonly kind: 'buildah' }
  | { readonly kind: 'docker' }
  | { readonly kind: 'prebuilt'; readonly reference: string };

/**
 * What deploy jobs reach the cluster with.
 */
export type CredentialAnswer =
  | { readonly kind: 'kubeconfig' }
  | { readonly kind: 'agent'; readonly agent: string; readonly serviceAccount: { readonly namespace: string; readonly name: string } }
  | {
    readonly kind: 'oidc';
    readonly issuer: string;
    readonly projectId: number;
    readonly audience: string;
    readonly server: string;
    readonly certificateAuthorityData?: string;
  };

/**
 * All that a new project is made from.
 */
export interface Answers {
  readonly app: string;
  readonly targets: readonly TargetAnswer[];
  /** The project's path in GitLab, where it is known. */
  readonly project?: string;
  readonly builder: BuilderAnswer;
  readonly credential: CredentialAnswer;
}
