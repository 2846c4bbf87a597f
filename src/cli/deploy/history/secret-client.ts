import { ownAnnotations, recordProblem } from './record-data';
import { isObject, Json, JsonObject } from '../../../base/json';
import { show } from '../../../base/user-error';
import { IDENTITY_ANNOTATION, OWNER_ID_LABEL, ownerId, RECORD_TYPE } from '../../../release/release-names';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { collectionPath, objectPath } from '../../cluster/paths';
import { isApiError, type ApiError } from '../../cluster/status';
import type { ReleaseIdentity } from '../objects/release';

/**
 * A Secret as it was last read or written.
 */
export interface StoredSecret {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly data: ReadonlyMap<string, Buffer>;
  readonly annotations: JsonObject;
}

/**
 * The changes of a write. `null` removes a key.
 */
export interface SecretChange {
  readonly data?: { readonly [key: string]: Buffer | null };
  readonly annotations?: { readonly [key: string]: string };
}

/**
 * Reads and writes the Secrets of one record. A write fails when the Secret has changed since it was read.
 */
export class SecretClient {
  public constructor(private readonly cluster: KubernetesClient, private readonly namespace: string, private readonly identity: ReleaseIdentity) {}

  /** For messages: `Secret example/cdk8s-ci-deploy-web-production-0123456789`. */
  public at(name: string): string {
    return `Secret ${this.namespace}/${name}`;
  }

  /**
   * @throws `Failure` when the Secret has another type or another owner.
   */
  public async read(name: string): Promise<StoredSecret | undefined> {
    const object = await find(this.cluster, this.path(name));
    return object && this.checked(name, object);
  }

  /**
   * Creates or changes a Secret.
   *
   * @param before The Secret as it was read, or undefined when it did not exist.
   * @param isDone Whether a Secret already has this change. It has after an earlier attempt whose response was lost.
   * @throws `Failure` when another job has written the Secret since it was read.
   */
  public async write(
    name: string, before: StoredSecret | undefined, change: SecretChange, isDone: (secret: StoredSecret) => boolean,
  ): Promise<StoredSecret> {
    try {
      const answer = before
        ? await this.cluster.merge(this.path(name), this.patch(before, change))
        : await this.cluster.create(this.collection(), this.object(name, change), { repeatable: true });
      return this.checked(name, answer);
    } catch (error) {
      if (!isApiError(error, 409) && !isApiError(error, 404)) throw error;
      const now = await this.read(name);
      if (now && isDone(now)) return now;
      if (before && now && isAsBefore(before, now)) return this.write(name, now, change, isDone);
      throw this.overtaken(name, error);
    }
  }

  public async delete(name: string, { uid }: StoredSecret): Promise<void> {
    await this.cluster.delete(this.path(name), { uid });
  }

  private overtaken(name: string, error: ApiError): Error {
    // A missing namespace is a 404, too.
    if (error.code === 404 && error.status.details?.kind !== 'secrets') return error;
    return recordProblem({
      at: this.at(name),
      given: 'another job has changed it meanwhile',
      expected: 'one deployment of the application at a time',
      fix: 'check the result of the other job, then run this job again',
    });
  }

  private checked(name: string, object: JsonObject): StoredSecret {
    const at = this.at(name);
    if (object.type !== RECORD_TYPE) {
      const given = `its type is ${show(object.type)}`;
      throw recordProblem({ at, given, expected: show(RECORD_TYPE), fix: 'rename or delete this Secret: the release record needs its name' });
    }
    const annotations = ownAnnotations(at, object, this.identity);
    const { uid, resourceVersion } = isObject(object.metadata) ? object.metadata : {};
    return { uid: String(uid), resourceVersion: String(resourceVersion), data: decoded(object.data), annotations };
  }

  private patch({ resourceVersion }: StoredSecret, { data, annotations }: SecretChange): object {
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

/** Whether the data is the same and only other fields have changed, such as a label. */
function isAsBefore(before: StoredSecret, now: StoredSecret): boolean {
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

/** Bytes. The limit of Kubernetes is 1 MiB of values in a Secret. */
const LARGEST_SECRET = 1_000_000;

/** Bytes of manifests in the record's own Secret. The remaining bytes are for the list of releases and objects. */
const LARGEST_INLINE = 600_000;

/**
 * Whether the manifests of a release fit into the record's own Secret.
 *
 * @param others Bytes of the other releases' manifests in that Secret.
 */
export function fitsInline(bytes: Uint8Array, others: number): boolean {
  return bytes.length + others <= LARGEST_INLINE;
}

/**
 * The number of Secrets for these bytes.
 */
export function partCount(bytes: Uint8Array): number {
  return Math.ceil(bytes.length / LARGEST_SECRET);
}

/**
 * Splits bytes into parts that fit into one Secret each. The keys are the lowest numbers that are not in use.
 */
export function splitIntoParts(bytes: Buffer, inUse: readonly number[]): Map<number, Buffer> {
  const used = new Set(inUse);
  const parts = new Map<number, Buffer>();
  for (let start = 0, number = 1; start < bytes.length; number += 1) {
    if (used.has(number)) continue;
    parts.set(number, bytes.subarray(start, start + LARGEST_SECRET));
    start += LARGEST_SECRET;
  }
  return parts;
}

/**
 * @throws `Failure` when the list of releases and objects does not fit into a Secret.
 */
export function checkSize(at: string, bytes: Uint8Array): void {
  if (bytes.length <= LARGEST_SECRET - LARGEST_INLINE) return;
  throw recordProblem({
    at,
    given: `the list of objects has ${bytes.length} bytes after compression`,
    expected: `at most ${LARGEST_SECRET - LARGEST_INLINE}`,
    fix: 'split the application into several, each with its own --app',
  });
}
