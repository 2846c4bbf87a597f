import type { Waiting } from './delete-and-wait';
import { cryptoModule } from '../../base/lazy-modules';
import { serviceAccountUser } from '../../kubernetes/service-accounts';
import type { ServiceAccountRef } from '../credentials/credential-store';
import { describeRequests, uncoveredRequests } from '../verify/access-request';
import { AccessReviews } from '../verify/access-reviews';

/** Milliseconds in which every API server must notice that a RoleBinding is gone. */
const RIGHTS_TIMEOUT = 10_000;

/**
 * The rights that a ServiceAccount has in its namespace, as the API server lists them.
 */
export interface RemainingRights {
  /** The rights that not every ServiceAccount of the namespace has. Missing when the server does not list them. */
  readonly rights?: readonly string[];
  /** Why the list is missing or incomplete. */
  readonly doubt?: string;
}

/**
 * Asks the API server until the ServiceAccount has no rights of its own, or until the time is over.
 * Every ServiceAccount has some rights by its groups. The answer for an account that does not exist tells which.
 */
export async function remainingRights({ cluster, clock, signal }: Waiting, { namespace, name }: ServiceAccountRef): Promise<RemainingRights> {
  const reviews = new AccessReviews(cluster);
  // A random name, so that no binding can name it.
  const anyone = await reviews.listRules(namespace, serviceAccountUser(namespace, `none-${cryptoModule().randomBytes(8).toString('hex')}`));
  if (!anyone.rules) return { doubt: anyone.message };
  for (const end = clock.now() + RIGHTS_TIMEOUT; ;) {
    const own = await reviews.listRules(namespace, serviceAccountUser(namespace, name));
    if (!own.rules) return { doubt: own.message };
    const rights = describeRequests(uncoveredRequests(own.rules, anyone.rules));
    if (rights.length === 0 || clock.now() >= end) return { rights, doubt: own.incomplete ? own.message ?? 'the list is incomplete' : undefined };
    await clock.sleep(250, signal);
  }
}
