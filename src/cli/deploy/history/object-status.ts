import type { RecordedObject } from './history';
import { isRefusal } from './record-problem';
import type { ReleasePlace } from './release-options';
import { parseApiVersion } from '../../../kubernetes/api-version';
import { objectPath } from '../../cluster/paths';
import { textAt } from '../objects/fields';
import { Owner } from '../objects/owner';

/**
 * What there is in the cluster of an object that is recorded: `another` has its name and is not it, and `unreadable` may be anything.
 */
export type Presence = 'there' | 'missing' | 'another' | 'unreadable';

/**
 * Looks for an object in the cluster.
 */
export async function presenceOf({ cluster, namespace, identity }: ReleasePlace, object: RecordedObject): Promise<Presence> {
  const { apiVersion, resource, name, uid } = object;
  const { group, version } = parseApiVersion(apiVersion);
  try {
    const live = await cluster.get(objectPath({ group, version, resource, namespace, name }));
    const isSame = uid === undefined || textAt(live, 'metadata', 'uid') === uid;
    return isSame && ['ours', 'released'].includes(new Owner(identity, namespace).of(live)) ? 'there' : 'another';
  } catch (error) {
    if (isRefusal(error, 404)) return 'missing';
    if (isRefusal(error, 403)) return 'unreadable';
    throw error;
  }
}
