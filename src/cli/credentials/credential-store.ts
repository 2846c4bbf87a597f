import { isObject, Json, JsonObject } from '../../base/json';
import { cryptoModule } from '../../base/lazy-modules';
import { TOKEN_ACCOUNT_ANNOTATION, TOKEN_SECRET_TYPE } from '../../kubernetes/service-accounts';
import type { Clock } from '../base/host';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import { collectionPath, objectPath } from '../cluster/paths';

/**
 * The name of a ServiceAccount.
 */
export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
}

/**
 * A credential as the cluster records it: a Secret whose deletion revokes the token. Only a token Secret holds the token itself.
 */
export interface CredentialRecord {
  /** The name of the Secret. */
  readonly name: string;
  readonly uid: string;
  readonly serviceAccount: string;
  /** Whether tokens are bound to the Secret, or the cluster wrote a token into it. */
  readonly kind: CredentialKind;
  /** The identity of the destination that stores the credential. */
  readonly destination: string;
  /** `pending` until the destination has stored the credential. */
  readonly state: 'pending' | 'stored';
  /** Milliseconds since 1970. Missing when the token never expires. */
  readonly expires?: number;
  /** The time after which a replaced credential is revoked, in milliseconds since 1970. Missing for a credential in use. */
  readonly endAfter?: number;
  readonly created: number;
}

export type CredentialKind = 'bound' | 'token-secret';

/**
 * The credentials of one ServiceAccount, as Secrets beside it. An administrator, the ServiceAccount itself and a later run can find and revoke them.
 */
export class CredentialStore {
  public constructor(
    private readonly cluster: KubernetesClient,
    private readonly clock: Clock,
    private readonly account: ServiceAccountRef,
  ) {}

  /** All credentials that are not revoked, the oldest first. */
  public async list(): Promise<CredentialRecord[]> {
    const { items } = await this.cluster.get(collectionPath({ ...SECRETS, namespace: this.account.namespace }), { labelSelector: CREDENTIAL_LABEL });
    const secrets = Array.isArray(items) ? items.filter(isObject) : [];
    return secrets
      .flatMap((secret) => recordOf(secret) ?? [])
      .filter(({ serviceAccount }) => serviceAccount === this.account.name)
      .sort((a, b) => a.created - b.created);
  }

  /** Creates the Secret of a new credential, before its token exists. */
  public async create(kind: CredentialKind, destination: string): Promise<CredentialRecord> {
    const { namespace, name: serviceAccount } = this.account;
    const name = `${serviceAccount.slice(0, 200)}-${timestamp(this.clock.now())}-${cryptoModule().randomBytes(3).toString('hex')}`;
    return this.read(await this.cluster.apply(this.path(name), credentialSecret({ name, namespace, serviceAccount, kind, destination })));
  }

  /** Records a token Secret of the manifests as a credential. */
  public async adopt(name: string, destination: string): Promise<CredentialRecord> {
    return this.annotate(name, { serviceAccount: this.account.name, destination, state: 'pending' });
  }

  /** Records that the destination has stored the credential. */
  public async markStored({ name }: CredentialRecord, expires: number | undefined): Promise<CredentialRecord> {
    return this.annotate(name, { state: 'stored', expires });
  }

  /** Records that another credential replaces this one, and when to revoke this one. */
  public async markReplaced({ name }: CredentialRecord, endAfter: number): Promise<CredentialRecord> {
    return this.annotate(name, { endAfter });
  }

  /** Deletes the Secret, which revokes its tokens. Returns whether it existed. */
  public async delete({ name, uid }: Pick<CredentialRecord, 'name' | 'uid'>): Promise<boolean> {
    return this.cluster.delete(this.path(name), { uid });
  }

  private async annotate(name: string, known: Partial<CredentialRecord>): Promise<CredentialRecord> {
    return this.read(await this.cluster.merge(this.path(name), { metadata: recordMetadata(known) }));
  }

  private read(secret: JsonObject): CredentialRecord {
    const record = recordOf(secret);
    if (record) return record;
    throw new Error('the API server returned a Secret without the annotations that were written');
  }

  private path(name: string): string {
    return objectPath({ ...SECRETS, namespace: this.account.namespace, name });
  }
}

const SECRETS = { group: '', version: 'v1', resource: 'secrets' };

/** `20261124-150405`, which sorts by time. */
function timestamp(now: number): string {
  return new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
}

/** The label of every Secret of a credential. */
const CREDENTIAL_LABEL = 'cdk8s-ci-deploy/credential';

const ANNOTATIONS = {
  serviceAccount: 'cdk8s-ci-deploy/service-account',
  destination: 'cdk8s-ci-deploy/kept-in',
  state: 'cdk8s-ci-deploy/state',
  expires: 'cdk8s-ci-deploy/expires',
  endAfter: 'cdk8s-ci-deploy/end-after',
} as const;

const TYPES: Record<CredentialKind, string> = { 'bound': 'Opaque', 'token-secret': TOKEN_SECRET_TYPE };

/**
 * The Secret of a new credential.
 */
export function credentialSecret(
  { name, namespace, serviceAccount, kind, destination }: Omit<CredentialRecord, 'uid' | 'state' | 'created'> & { namespace: string },
): object {
  const token: { [key: string]: string } = kind === 'token-secret' ? { [TOKEN_ACCOUNT_ANNOTATION]: serviceAccount } : {};
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, ...recordMetadata({ serviceAccount, destination, state: 'pending' }, token) },
    type: TYPES[kind],
  };
}

/**
 * The label and annotations that record a credential.
 */
export function recordMetadata(known: Partial<CredentialRecord>, others: { [key: string]: string } = {}): object {
  const annotations = Object.entries(ANNOTATIONS).flatMap(([key, annotation]) => {
    const value = known[key as keyof typeof ANNOTATIONS];
    return value === undefined ? [] : [[annotation, typeof value === 'number' ? new Date(value).toISOString() : value]];
  });
  return { labels: { [CREDENTIAL_LABEL]: 'true' }, annotations: { ...others, ...Object.fromEntries(annotations) } };
}

/**
 * Reads a credential from its Secret. Returns nothing for any other Secret.
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
