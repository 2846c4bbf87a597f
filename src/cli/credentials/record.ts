import { isObject, Json, JsonObject } from '../../base/json';

/**
 * A credential as the cluster remembers it: a Secret whose deletion ends the token. The token itself is not in it, unless it is a token Secret.
 */
export interface CredentialRecord {
  /** Of the Secret. */
  readonly name: string;
  readonly uid: string;
  readonly serviceAccount: string;
  /** Whether tokens are bound to the Secret, or the cluster has put one into it. */
  readonly kind: CredentialKind;
  /** Where the credential was to be kept, in words that stay the same. */
  readonly destination: string;
  /** `pending` until it is known to be kept there. */
  readonly state: 'pending' | 'stored';
  /** Milliseconds since 1970; missing when it never expires. */
  readonly expires?: number;
  /** Since when it may be ended, its successor being in place. */
  readonly endAfter?: number;
  readonly created: number;
}

export type CredentialKind = 'bound' | 'token-secret';

/** Marks the Secrets of credentials, for a label selector. */
export const CREDENTIAL_LABEL = 'cdk8s-ci-deploy/credential';

const ANNOTATIONS = {
  serviceAccount: 'cdk8s-ci-deploy/service-account',
  destination: 'cdk8s-ci-deploy/kept-in',
  state: 'cdk8s-ci-deploy/state',
  expires: 'cdk8s-ci-deploy/expires',
  endAfter: 'cdk8s-ci-deploy/end-after',
} as const;

/** The annotation by which the cluster knows whose token a token Secret holds. */
export const TOKEN_OF = 'kubernetes.io/service-account.name';

const TYPES: Record<CredentialKind, string> = { 'bound': 'Opaque', 'token-secret': 'kubernetes.io/service-account-token' };

/**
 * The Secret of a new credential.
 */
export function secretOf({ name, namespace, serviceAccount, kind, destination }: Omit<CredentialRecord, 'uid' | 'state' | 'created'> & { namespace: string }): object {
  const token: { [key: string]: string } = kind === 'token-secret' ? { [TOKEN_OF]: serviceAccount } : {};
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, ...marks({ serviceAccount, destination, state: 'pending' }, token) },
    type: TYPES[kind],
  };
}

/**
 * Label and annotations that say what is known of a credential, as a part of its metadata.
 */
export function marks(known: Partial<CredentialRecord>, others: { [key: string]: string } = {}): object {
  const annotations = Object.entries(ANNOTATIONS).flatMap(([key, annotation]) => {
    const value = known[key as keyof typeof ANNOTATIONS];
    return value === undefined ? [] : [[annotation, typeof value === 'number' ? new Date(value).toISOString() : value]];
  });
  return { labels: { [CREDENTIAL_LABEL]: 'true' }, annotations: { ...others, ...Object.fromEntries(annotations) } };
}

/**
 * What a Secret says, or nothing when it is no credential's.
 */
export function recordOf(secret: JsonObject): CredentialRecord | undefined {
  const metadata = isObject(secret.metadata) ? secret.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  const text = (key: keyof typeof ANNOTATIONS) => textOf(annotations[ANNOTATIONS[key]]);
  const [name, uid, serviceAccount] = [textOf(metadata.name), textOf(metadata.uid), text('serviceAccount')];
  if (name === undefined || uid === undefined || serviceAccount === undefined) return undefined;
  return {
    name,
    uid,
    serviceAccount,
    kind: secret.type === TYPES['token-secret'] ? 'token-secret' : 'bound',
    destination: text('destination') ?? '',
    state: text('state') === 'stored' ? 'stored' : 'pending',
    expires: timeOf(text('expires')),
    endAfter: timeOf(text('endAfter')),
    created: timeOf(textOf(metadata.creationTimestamp)) ?? 0,
  };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
