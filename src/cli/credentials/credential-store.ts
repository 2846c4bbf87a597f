import type { Account } from './account';
import { CREDENTIAL_LABEL, CredentialKind, CredentialRecord, marks, recordOf, secretOf } from './record';
import { isObject, JsonObject } from '../../base/json';
import { cryptoModule } from '../../base/lazy-modules';
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
    private readonly account: Account,
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
  public async open(kind: CredentialKind, destination: string): Promise<CredentialRecord> {
    const name = `${this.account.name.slice(0, 200)}-${timestamp(this.clock.now())}-${cryptoModule().randomBytes(3).toString('hex')}`;
    const { namespace } = this.account;
    return this.read(await this.cluster.apply(this.path(name), secretOf({ name, namespace, serviceAccount: this.account.name, kind, destination })));
  }

  /**
   * Takes over a Secret of the manifests as that of a credential.
   */
  public async adopt(name: string, destination: string): Promise<CredentialRecord> {
    return this.mark(name, { serviceAccount: this.account.name, destination, state: 'pending' });
  }

  /** It is kept where it belongs. */
  public async stored({ name }: CredentialRecord, expires: number | undefined): Promise<CredentialRecord> {
    return this.mark(name, { state: 'stored', expires });
  }

  /** Its successor is in place; it may be ended from a time on. */
  public async endAfter({ name }: CredentialRecord, endAfter: number): Promise<CredentialRecord> {
    return this.mark(name, { endAfter });
  }

  /** Deletes the Secret, and with it the tokens. Twice is as good as once. */
  public async end({ name, uid }: Pick<CredentialRecord, 'name' | 'uid'>): Promise<boolean> {
    return this.cluster.delete(this.path(name), { uid });
  }

  private async mark(name: string, known: Partial<CredentialRecord>): Promise<CredentialRecord> {
    return this.read(await this.cluster.merge(this.path(name), { metadata: marks(known) }));
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
