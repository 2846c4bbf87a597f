import type { RecordedObject } from './history';
import type { ReleaseClient } from './release-options';
import { isApiError } from '../../cluster/status';
import { uidOf } from '../objects/fields';
import { Owner } from '../objects/owner';
import { findLive } from '../objects/targets';

/**
 * The status of a recorded object. `another`: the object of this name has another uid or owner. `unreadable`: the credential may not read it.
 */
export type ObjectStatus = 'there' | 'missing' | 'another' | 'unreadable';

/**
 * Reads an object from the cluster and compares it with the record.
 */
export async function objectStatus({ cluster, namespace, identity }: ReleaseClient, object: RecordedObject): Promise<ObjectStatus> {
  try {
    const live = await findLive(cluster, namespace, object);
    if (!live) return 'missing';
    const isSame = object.uid === undefined || uidOf(live) === object.uid;
    return isSame && ['ours', 'released'].includes(new Owner(identity, namespace).of(live)) ? 'there' : 'another';
  } catch (error) {
    if (isApiError(error, 403)) return 'unreadable';
    throw error;
  }
}
