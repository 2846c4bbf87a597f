import { PullSecret } from './pull-secret';
import { isObject, Json } from '../../../private/json';
import { ownerId, PULL_SECRET_USER_PREFIX } from '../../../private/release-names';
import type { Cluster } from '../../cluster/cluster';
import { collectionPath } from '../../cluster/paths';
import { ApiRefusal } from '../../cluster/status';
import type { ReleaseIdentity } from '../release';

export interface WithdrawalOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** The pull secret, when it is known; else those that the application uses are looked for. */
  readonly name?: string;
  readonly say: (line: string) => void;
}

export interface WithdrawnSecret {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly name: string;
}

/**
 * Takes an application's credentials out of its pull secrets.
 *
 * @returns The Secrets that nobody needs any more, and that are removed.
 */
export async function withdrawPullSecrets(cluster: Cluster, options: WithdrawalOptions, dryRun: boolean): Promise<WithdrawnSecret[]> {
  const { namespace, identity, say } = options;
  const removed: WithdrawnSecret[] = [];
  for (const name of options.name === undefined ? await namesOf(cluster, options) : [options.name]) {
    const result = await new PullSecret(cluster, { namespace, identity, name, mask: (text) => text }).withdraw(dryRun);
    if (result === 'removed') removed.push({ apiVersion: 'v1', kind: 'Secret', name });
    if (result === 'kept') say(`Secret ${name} stays: others use it, too`);
  }
  return removed;
}

async function namesOf(cluster: Cluster, { namespace, identity, say }: WithdrawalOptions): Promise<string[]> {
  try {
    const path = collectionPath({ group: '', version: 'v1', resource: 'secrets', namespace });
    const { items } = await cluster.get(path, { labelSelector: `${PULL_SECRET_USER_PREFIX}${ownerId(identity, namespace)}` });
    return (Array.isArray(items) ? items : []).flatMap(nameOf);
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.code !== 403) throw error;
    say('warning: pull secrets are not looked for, since the credential may not list Secrets: name the one that there is (--pull-secret)');
    return [];
  }
}

function nameOf(item: Json): string[] {
  const metadata = isObject(item) ? item.metadata : undefined;
  return isObject(metadata) && typeof metadata.name === 'string' ? [metadata.name] : [];
}
