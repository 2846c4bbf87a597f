import { PullSecret, Withdrawal } from './pull-secret';
import { PullSecretRefused, PullSecretUnusable } from './pull-secret-refused';
import { pullSecretsIn } from './references';
import { isObject, Json } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { ownerId, PULL_SECRET_USER_PREFIX } from '../../../release/release-names';
import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { collectionPath } from '../../cluster/paths';
import { ApiError } from '../../cluster/status';
import type { RecordedRelease } from '../history/history';
import type { ReleaseStore } from '../history/release-store';
import type { ReleaseIdentity, ReleaseObject } from '../objects/release';

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

/** Secrets that an application may have put credentials into, and how sure that is. */
export interface UsedSecrets {
  readonly names: readonly string[];
  /** `guessed`: its releases pull with them, and who made them is not known. */
  readonly from: 'option' | 'labels' | 'guessed';
}

/**
 * The pull secrets of an application: by their label, or where Secrets may not be listed by what its recorded releases pull with.
 * To be asked before the record is removed.
 */
export async function usedSecrets(
  cluster: KubernetesClient, store: ReleaseStore, { namespace, identity, name }: WithdrawalOptions,
): Promise<UsedSecrets> {
  if (name !== undefined) return { names: [name], from: 'option' };
  try {
    const path = collectionPath({ group: '', version: 'v1', resource: 'secrets', namespace });
    const { items } = await cluster.get(path, { labelSelector: `${PULL_SECRET_USER_PREFIX}${ownerId(identity, namespace)}` });
    return { names: (Array.isArray(items) ? items : []).flatMap(nameOf), from: 'labels' };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 403) throw error;
    return { names: await recordedNames(store), from: 'guessed' };
  }
}

/**
 * Takes an application's credentials out of its pull secrets.
 *
 * @returns The Secrets that nobody needs any more, and that are removed.
 */
export async function withdrawPullSecrets(
  cluster: KubernetesClient, { names, from }: UsedSecrets, options: WithdrawalOptions, dryRun: boolean,
): Promise<WithdrawnSecret[]> {
  const { namespace, identity, say } = options;
  const results = new Map<string, Withdrawal | PullSecretRefused>();
  for (const name of names) {
    const result = await withdraw(new PullSecret(cluster, { namespace, identity, name, mask: (text) => text }), dryRun);
    if (isFailure(result, from)) throw result;
    results.set(name, result);
  }
  for (const [name, result] of results) {
    if (result === 'shared') say(`Secret ${name} stays: others use it, too`);
    if (result === 'emptied') say(`Secret ${name} stays, without credentials: it is not this application's to delete`);
    if (from === 'labels' && result === 'unchanged') say(`Secret ${name} is left as it is: it has the label of this application, but none of its credentials`);
    if (from === 'labels' && result instanceof PullSecretRefused) say(`Secret ${name} is left as it is: ${printableText(result.refusal.given)}`);
  }
  if (from === 'guessed' && [...results.values()].every((result) => result === 'unchanged' || result instanceof PullSecretRefused)) say(NOT_LISTED);
  return [...results].filter(([, result]) => result === 'removed').map(([name]) => ({ apiVersion: 'v1', kind: 'Secret', name }));
}

const NOT_LISTED = 'the credential may not list Secrets, and the releases name no pull secret of their own: if there is one, name it (--pull-secret)';

async function withdraw(secret: PullSecret, dryRun: boolean): Promise<Withdrawal | PullSecretRefused> {
  try {
    return await secret.withdraw(dryRun);
  } catch (error) {
    if (error instanceof PullSecretRefused) return error;
    throw error;
  }
}

/** Another application can put the label of this one on its Secrets: such a Secret must not keep this application from being removed. */
function isFailure(result: Withdrawal | PullSecretRefused, from: UsedSecrets['from']): result is PullSecretRefused {
  if (!(result instanceof PullSecretRefused)) return false;
  return from === 'option' || (from === 'labels' && !(result instanceof PullSecretUnusable));
}

async function recordedNames(store: ReleaseStore): Promise<string[]> {
  const names = new Set<string>();
  for (const release of (await store.read())?.releases ?? []) {
    for (const name of pullSecretsIn(await recordedObjects(store, release))) names.add(name);
  }
  return [...names];
}

/** What is damaged must not keep an application from being removed. */
async function recordedObjects(store: ReleaseStore, release: RecordedRelease): Promise<readonly ReleaseObject[]> {
  try {
    return (await store.manifests(release)).objects;
  } catch (error) {
    if (error instanceof Failure && error.exitCode === ExitCode.NO) return [];
    throw error;
  }
}

function nameOf(item: Json): string[] {
  const metadata = isObject(item) ? item.metadata : undefined;
  return isObject(metadata) && typeof metadata.name === 'string' ? [metadata.name] : [];
}
