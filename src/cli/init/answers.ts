/**
 * An environment in GitLab and its namespace in the cluster.
 */
export interface TargetAnswer {
  readonly environment: string;
  readonly namespace: string;
  readonly protectedRefsOnly: boolean;
}

/**
 * The builder of the image.
 */
export type BuilderAnswer =
  | { readonly kind: 'buildah' }
  | { readonly kind: 'docker' }
  | { readonly kind: 'prebuilt'; readonly reference: string };

/**
 * The credential of the deploy jobs.
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
 * The input of a new project.
 */
export interface Answers {
  readonly app: string;
  readonly targets: readonly TargetAnswer[];
  /** The path of the project in GitLab, if it is known. */
  readonly project?: string;
  readonly builder: BuilderAnswer;
  readonly credential: CredentialAnswer;
}
