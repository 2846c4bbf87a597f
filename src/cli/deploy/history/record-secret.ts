import { isRefusal, recordProblem } from './record-problem';
import { ownAnnotations } from './recorded-identity';
import { isObject, Json, JsonObject } from '../../../base/json';
import { show } from '../../../base/user-error';
import { IDENTITY_ANNOTATION, OWNER_ID_LABEL, ownerId, RECORD_TYPE } from '../../../release/release-names';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { collectionPath, objectPath } from '../../cluster/paths';
import type { ApiError } from '../../cluster/status';
import type { ReleaseIdentity } from '../objects/release';

/**
 * A Secret of the record as it was read or written last.
 */
export interface RecordSecret {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly data: ReadonlyMap<string, Buffer>;
  readonly annotations: JsonObject;
}

/**
 * What a write changes; `null` takes a key out.
 */
export interface SecretChange {
  readonly data?: { readonly [key: string]: Buffer | null };
  readonly annotations?: { readonly [key: string]: string };
}

/**
 * The Secrets of one record, each written only as it was read.
 */
export class RecordSecrets {
  public constructor(private readonly cluster: KubernetesClient, private readonly namespace: string, private readonly identity: ReleaseIdentity) {}

  /** For people. */
  public at(name: string): string {
    return `Secret ${this.namespace}/${name}`;
  }

  /**
   * @throws `Failure` when the Secret is none of this record.
   */
  public async read(name: string): Promise<RecordSecret | undefined> {
    const found = await find(this.cluster, this.path(name));
    return found && this.checked(name, found);
  }

  /**
   * @param before As it was read; nothing when there was none.
   * @param isDone Whether a Secret that changed in between has what was to be written: the answer to an earlier attempt was lost.
   * @throws `Failure` when somebody else wrote it in between.
   */
  public async write(
    name: string, before: RecordSecret | undefined, change: SecretChange, isDone: (secret: RecordSecret) => boolean,
  ): Promise<RecordSecret> {
    try {
      const answer = before
        ? await this.cluster.merge(this.path(name), this.patch(before, change))
        : await this.cluster.create(this.collection(), this.object(name, change), { repeatable: true });
      return this.checked(name, answer);
    } catch (error) {
      if (!isRefusal(error, 409) && !isRefusal(error, 404)) throw error;
      const now = await this.read(name);
      if (now && isDone(now)) return now;
      if (before && now && isAsBefore(before, now)) return this.write(name, now, change, isDone);
      throw this.overtaken(name, error);
    }
  }

  public async delete(name: string, { uid }: RecordSecret): Promise<void> {
    await this.cluster.delete(this.path(name), { uid });
  }

  private overtaken(name: string, error: ApiError): Error {
    // A namespace that is not there is a 404 too, and no other job's doing.
    if (error.code === 404 && error.status.details?.kind !== 'secrets') return error;
    return recordProblem({
      at: this.at(name),
      given: 'another job wrote to it in the meantime',
      expected: 'one deployment of the application at a time',
      fix: 'look at what the other one did, and run this job again',
    });
  }

  private checked(name: string, object: JsonObject): RecordSecret {
    const at = this.at(name);
    if (object.type !== RECORD_TYPE) {
      const given = `its type is ${show(object.type)}`;
      throw recordProblem({ at, given, expected: show(RECORD_TYPE), fix: 'rename or remove that Secret: the record of releases needs its name' });
    }
    const annotations = ownAnnotations(at, object, this.identity);
    const { uid, resourceVersion } = isObject(object.metadata) ? object.metadata : {};
    return { uid: String(uid), resourceVersion: String(resourceVersion), data: decoded(object.data), annotations };
  }

  private patch({ resourceVersion }: RecordSecret, { data, annotations }: SecretChange): object {
    return { metadata: { resourceVersion, annotations }, data: encoded(data) };
  }

  private object(name: string, { data, annotations }: SecretChange): object {
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name,
        labels: { [OWNER_ID_LABEL]: ownerId(this.identity, this.namespace) },
        annotations: { [IDENTITY_ANNOTATION]: JSON.stringify(this.identity), ...annotations },
      },
      type: RECORD_TYPE,
      data: encoded(data),
    };
  }

  private collection(): string {
    return collectionPath({ group: '', version: 'v1', resource: 'secrets', namespace: this.namespace });
  }

  private path(name: string): string {
    return objectPath({ group: '', version: 'v1', resource: 'secrets', namespace: this.namespace, name });
  }
}

/** Whether only something that is none of the record's business has changed, such as a label. */
function isAsBefore(before: RecordSecret, now: RecordSecret): boolean {
  const isAnother = before.uid !== now.uid || before.resourceVersion === now.resourceVersion;
  const isSameData = before.data.size === now.data.size && [...before.data].every(([key, bytes]) => now.data.get(key)?.equals(bytes));
  return isSameData && !isAnother;
}

function encoded(data: SecretChange['data'] = {}): object {
  return Object.fromEntries(Object.entries(data).map(([key, bytes]) => [key, bytes?.toString('base64') ?? null]));
}

function decoded(data: Json | undefined): Map<string, Buffer> {
  return new Map(Object.entries(isObject(data) ? data : {}).map(([key, text]) => [key, Buffer.from(String(text), 'base64')]));
}
