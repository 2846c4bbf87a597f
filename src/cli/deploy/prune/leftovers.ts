import { isObject, JsonObject } from '../../../base/json';
import { parseApiVersion } from '../../../kubernetes/api-version';
import { kindName } from '../../../kubernetes/kinds';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { objectPath } from '../../cluster/paths';
import type { RecordedObject } from '../history/history';
import { inReverse } from '../objects/apply-order';
import { concurrently } from '../objects/concurrently';
import { fieldAt, textAt } from '../objects/fields';
import type { ObjectWriter } from '../objects/object-writer';
import type { Owner } from '../objects/owner';
import { objectKey, OwnedObject } from '../objects/release';

/**
 * What is in the cluster of objects that are no longer wanted.
 */
export interface Leftovers {
  /** Ours, and the very objects that were applied. */
  readonly removable: readonly OwnedObject[];
  /** Ours, and data that nobody can bring back: claims of volumes, and Secrets that have values. */
  readonly data: readonly OwnedObject[];
  /** Not there any more, or somebody else's by now. */
  readonly gone: readonly RecordedObject[];
}

/**
 * Looks at objects that the record has and that are no longer wanted. What the record says is not believed: it counts what the objects are and
 * whose, so nothing can be slipped in.
 */
export async function findLeftovers(
  cluster: KubernetesClient, namespace: string, owner: Owner, candidates: readonly RecordedObject[],
): Promise<Leftovers> {
  const found = await concurrently(candidates, async (candidate) => ({ candidate, live: await lookUp(cluster, namespace, candidate) }));
  const ours = found.flatMap(({ candidate, live }) => (live && isOurs(live, candidate, owner) ? [{ owned: owned(candidate, live), live }] : []));
  const keys = new Set(ours.map((one) => objectKey(one.owned)));
  return {
    removable: ours.filter(({ live }) => !isData(live)).map((one) => one.owned),
    data: ours.filter(({ live }) => isData(live)).map((one) => one.owned),
    gone: candidates.filter((candidate) => !keys.has(objectKey(candidate))),
  };
}

/**
 * What is to be removed of what is no longer wanted, and what the record can forget then.
 */
export interface Removal {
  readonly remove: readonly OwnedObject[];
  readonly forget: readonly RecordedObject[];
  /** Of those, what is not there or not ours already now. */
  readonly gone: readonly RecordedObject[];
  /** Left in the cluster, and in the record. */
  readonly kept: readonly OwnedObject[];
}

/**
 * @param withData Which data goes as well.
 */
export function removalOf({ removable, data, gone }: Leftovers, withData: (object: OwnedObject) => boolean): Removal {
  const remove = [...removable, ...data.filter(withData)];
  return { remove, forget: [...gone, ...remove], gone, kept: data.filter((object) => !withData(object)) };
}

/**
 * Deletes objects, those that use others first.
 *
 * @returns The objects that were left, because they are not ours any more.
 */
export async function removeObjects(
  writer: ObjectWriter, namespace: string, objects: readonly OwnedObject[], signal: AbortSignal,
): Promise<OwnedObject[]> {
  const left: OwnedObject[] = [];
  for (const group of inReverse(objects)) {
    await concurrently(group, async (object) => {
      signal.throwIfAborted();
      if (!await writer.delete(pathOf(object, namespace), object)) left.push(object);
    });
  }
  return left;
}

/**
 * What is said of an object that `removeObjects` has left.
 */
export function leftInWords({ kind, name }: Pick<OwnedObject, 'kind' | 'name'>): string {
  return `${kind} ${name} is not deleted: it is not this application's any more`;
}

/** The path of an object of the record. */
export function pathOf({ apiVersion, resource, name }: Omit<RecordedObject, 'uid'>, namespace: string): string {
  const { group, version } = parseApiVersion(apiVersion);
  return objectPath({ group, version, resource, namespace, name });
}

/** What is there, or nothing; also when its kind is no longer served. */
export async function lookUp(cluster: KubernetesClient, namespace: string, object: Omit<RecordedObject, 'uid'>): Promise<JsonObject | undefined> {
  return find(cluster, pathOf(object, namespace));
}

function isOurs(live: JsonObject, { uid }: RecordedObject, owner: Owner): boolean {
  const isSame = uid === undefined || uid === textAt(live, 'metadata', 'uid');
  return isSame && isOwned(owner, live, uid) && fieldAt(live, 'metadata', 'deletionTimestamp') === undefined;
}

/** An object that was left behind is ours as long as it is the recorded one: its annotation alone is no proof. */
function isOwned(owner: Owner, live: JsonObject, recorded: string | undefined): boolean {
  const ownership = owner.of(live);
  return ownership === 'ours' || (ownership === 'released' && recorded !== undefined);
}

function owned({ apiVersion, kind, name, resource }: RecordedObject, live: JsonObject): OwnedObject {
  return { apiVersion, kind, name, resource, uid: textAt(live, 'metadata', 'uid') };
}

function isData(live: JsonObject): boolean {
  const kind = kindName(textAt(live, 'apiVersion'), textAt(live, 'kind'));
  return kind === 'PersistentVolumeClaim' || (kind === 'Secret' && isObject(live.data) && Object.keys(live.data).length > 0);
}
