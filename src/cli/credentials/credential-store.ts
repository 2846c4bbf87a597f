import { isObject, JsonObject, Json } from '../../base/json';
import { cryptoModule } from '../../base/lazy-crypto';
import type { Clock } from '../base/host';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import { collectionPath, objectPath } from '../cluster/paths';

/**
 * The credentials of one ServiceAccount, kept as Secrets beside it, so that everyone who may end one finds it:
 * an administrator, the account itself, the next run after one that was killed.
 */
export class CredentialStore {
  public constructor(
    private readonly cluster: KubernetesClient,
    private readonly clock: Clock,
    private readonly account: ServiceAccountRef,
  ) {}

  /** Those that have not been ended, the oldest first. */
  public async list(): Promise<CredentialRecord[]> {
    const { items } = await this.cluster.get(collectionPath({ ...SECRETS, namespace: this.account.namespace }), { labelSelector: CREDENTIAL_LABEL });
    const secrets = Array.isArray(items) ? items.filter(isObject) : [];
    return secrets
      .flatMap((secret) => recordOf(secret) ?? [])
      .filter(({ serviceAccount }) => serviceAccount === this.account.name)
      .sort((a, b) => a.created - b.created);
  }

  /**
   * Makes the Secret of a credential that is about to be made.
   */
  public async create(kind: CredentialKind, destination: string): Promise<CredentialRecord> {
    const name = `${this.account.name.slice(0, 200)}-${timestamp(this.clock.now())}-${cryptoModule().randomBytes(3).toString('hex')}`;
    const { namespace } = this.account;
    return this.read(await this.cluster.apply(this.path(name), credentialSecret({ name, namespace, serviceAccount: this.account.name, kind, destination })));
  }

  /**
   * Takes over a Secret of the manifests as that of a credential.
   */
  public async adopt(name: string, destination: string): Promise<CredentialRecord> {
    return this.annotate(name, { serviceAccount: this.account.name, destination, state: 'pending' });
  }

  /** It is kept where it belongs. */
  public async markStored({ name }: CredentialRecord, expires: number | undefined): Promise<CredentialRecord> {
    return this.annotate(name, { state: 'stored', expires });
  }

  /** Its successor is in place; it may be ended from a time on. */
  public async markReplaced({ name }: CredentialRecord, endAfter: number): Promise<CredentialRecord> {
    return this.annotate(name, { endAfter });
  }

  /** Deletes the Secret, and with it the tokens. Twice is as good as once. */
  public async delete({ name, uid }: Pick<CredentialRecord, 'name' | 'uid'>): Promise<boolean> {
    return this.cluster.delete(this.path(name), { uid });
  }

  private async annotate(name: string, known: Partial<CredentialRecord>): Promise<CredentialRecord> {
    return this.read(await this.cluster.merge(this.path(name), { metadata: recordMetadata(known) }));
  }

  private read(secret: JsonObject): CredentialRecord {
    const record = recordOf(secret);
    if (record) return record;
    throw new Error('the API server gave back a Secret without what was written into it');
  }

  private path(name: string): string {
    return objectPath({ ...SECRETS, namespace: this.account.namespace, name });
  }
}

const SECRETS = { group: '', version: 'v1', resource: 'secrets' };

/** `20261124-150405`: a part of a name that sorts by time. */
function timestamp(now: number): string {
  return new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
}


/**
 * A ServiceAccount.
 */
export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
}

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
export const TOKEN_ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';

const TYPES: Record<CredentialKind, string> = { 'bound': 'Opaque', 'token-secret': 'kubernetes.io/service-account-token' };

/**
 * The Secret of a new credential.
 */
export function credentialSecret({ name, namespace, serviceAccount, kind, destination }: Omit<CredentialRecord, 'uid' | 'state' | 'created'> & { namespace: string }): object {
  const token: { [key: string]: string } = kind === 'token-secret' ? { [TOKEN_ACCOUNT_ANNOTATION]: serviceAccount } : {};
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, ...recordMetadata({ serviceAccount, destination, state: 'pending' }, token) },
    type: TYPES[kind],
  };
}

/**
 * Label and annotations that say what is known of a credential, as a part of its metadata.
 */
export function recordMetadata(known: Partial<CredentialRecord>, others: { [key: string]: string } = {}): object {
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
