import { isObject, Json } from '../../../base/json';
import { ownerId, PULL_SECRET_USER_PREFIX } from '../../../release/release-names';
import { ExitCode, Failure } from '../../base/failure';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { collectionPath } from '../../cluster/paths';
import { ApiError } from '../../cluster/status';
import type { RecordedRelease } from '../history/history';
import type { ReleaseStore } from '../history/release-store';
import type { ReleaseIdentity, ReleaseObject } from '../objects/release';

/**
 * The names of the Secrets in `imagePullSecrets` of all pod templates and ServiceAccounts of a release.
 */
export function pullSecretsIn(objects: readonly ReleaseObject[]): ReadonlySet<string> {
  return new Set(objects.flatMap(({ value }) => namesIn(value)));
}

function namesIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!isObject(value)) return [];
  const { imagePullSecrets, ...rest } = value;
  const references = Array.isArray(imagePullSecrets) ? imagePullSecrets : [];
  const names = references.flatMap((item) => (isObject(item) && typeof item.name === 'string' ? [item.name] : []));
  return [...names, ...Object.values(rest).flatMap(namesIn)];
}

/**
 * Secrets that may have credentials of an application.
 */
export interface UsedSecrets {
  readonly names: readonly string[];
  /** `guessed`: recorded manifests refer to the Secrets, and it is unknown who created them. */
  readonly from: 'option' | 'labels' | 'guessed';
}

export interface UsedSecretsOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** The pull secret, when the user named it. */
  readonly name?: string;
}

/**
 * Finds the pull secrets of an application by their label. When the credential may not list Secrets, it returns those that the recorded releases refer
 * to. So it must be called before the record is removed.
 */
export async function usedSecrets(
  cluster: KubernetesClient, store: ReleaseStore, { namespace, identity, name }: UsedSecretsOptions,
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

async function recordedNames(store: ReleaseStore): Promise<string[]> {
  const names = new Set<string>();
  for (const release of (await store.read())?.releases ?? []) {
    for (const name of pullSecretsIn(await recordedObjects(store, release))) names.add(name);
  }
  return [...names];
}

/** A corrupt record must not keep an application from being destroyed. */
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
