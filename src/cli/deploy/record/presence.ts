import type { RecordedObject } from './history';
import { isRefusal } from './record-problem';
import type { ReleasePlace } from './release-options';
import { isObject, JsonObject } from '../../../private/json';
import { OWNER_LABEL, ownerId } from '../../../private/release-names';
import { objectPath } from '../../cluster/paths';

/**
 * What there is in the cluster of an object that is recorded: `another` has its name and is not it, and `unreadable` may be anything.
 */
export type Presence = 'there' | 'missing' | 'another' | 'unreadable';

/**
 * Looks for an object in the cluster.
 */
export async function presenceOf({ cluster, namespace, identity }: ReleasePlace, object: RecordedObject): Promise<Presence> {
  const { apiVersion, resource, name, uid } = object;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  try {
    const { metadata } = await cluster.get(objectPath({ group, version, resource, namespace, name }));
    const live = isObject(metadata) ? metadata : {};
    const isSame = uid === undefined || live.uid === uid;
    return isSame && labelOf(live) === ownerId(identity, namespace) ? 'there' : 'another';
  } catch (error) {
    if (isRefusal(error, 404)) return 'missing';
    if (isRefusal(error, 403)) return 'unreadable';
    throw error;
  }
}

function labelOf({ labels }: JsonObject): unknown {
  return isObject(labels) ? labels[OWNER_LABEL] : undefined;
}
