import { isObject, JsonObject } from '../../../base/json';
import { userError } from '../../../base/user-error';
import { kindName } from '../../../kubernetes/kinds';
import { DO_NOT_DELETE_ANNOTATION } from '../../../release/release-names';
import { concurrently } from '../../base/concurrency';
import { ExitCode, Failure } from '../../base/failure';
import type { Clock } from '../../base/host';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { RecordedObject, ReleaseHistory } from '../history/history';
import { inReverse } from '../objects/apply-order';
import { fieldAt, textAt } from '../objects/fields';
import { ObjectWriter } from '../objects/object-writer';
import type { Owner } from '../objects/owner';
import { objectKey } from '../objects/release';
import type { OwnedObject } from '../objects/release';
import { findLive, pathOf } from '../objects/targets';

/**
 * An object that stays in the cluster and in the record.
 */
export interface KeptObject extends OwnedObject {
  /** The annotation that keeps it: `helm.sh/resource-policy`. Missing when another rule keeps it. */
  readonly keptBy?: string;
}

/**
 * Recorded objects that are no longer in the release, by their state in the cluster.
 */
export interface PruneCandidates {
  /** Objects of this application, with the recorded uid. */
  readonly removable: readonly OwnedObject[];
  /** The same, but with data that cannot be recovered: PersistentVolumeClaims, and Secrets with values. */
  readonly data: readonly OwnedObject[];
  /** Objects of this application with an annotation against their deletion. No option deletes them. */
  readonly protected: readonly KeptObject[];
  /** Deleted since, or owned by somebody else now. */
  readonly gone: readonly RecordedObject[];
}

/**
 * Reads recorded objects from the cluster. It trusts the cluster, not the record: only an object with our label and the recorded uid may be
 * deleted, so a forged record deletes nothing else.
 */
export async function findPruneCandidates(
  cluster: KubernetesClient, namespace: string, owner: Owner, recorded: readonly RecordedObject[],
): Promise<PruneCandidates> {
  const found = await concurrently(recorded, async (object) => ({ object, live: await findLive(cluster, namespace, object) }));
  const ours = found.flatMap(({ object, live }) => (live && isOurs(live, object, owner) ? [{ owned: ownedObject(object, live), live }] : []));
  const keys = new Set(ours.map(({ owned }) => objectKey(owned)));
  const kept = ours.flatMap(({ owned, live }) => keepAnnotationsOf(live).slice(0, 1).map((keptBy) => ({ ...owned, keptBy })));
  const free = ours.filter(({ owned }) => !kept.some((object) => objectKey(object) === objectKey(owned)));
  return {
    removable: free.filter(({ live }) => !hasData(live)).map(({ owned }) => owned),
    data: free.filter(({ live }) => hasData(live)).map(({ owned }) => owned),
    protected: kept,
    gone: recorded.filter((object) => !keys.has(objectKey(object))),
  };
}

/**
 * Recorded objects that are not in a set of objects.
 */
export function notIn(
  history: Pick<ReleaseHistory, 'objects'> | undefined, wanted: ReadonlyArray<Omit<RecordedObject, 'uid' | 'resource'>>,
): RecordedObject[] {
  const keys = new Set(wanted.map(objectKey));
  return (history?.objects ?? []).filter((object) => !keys.has(objectKey(object)));
}

/**
 * Objects to delete, and what that means for the record.
 */
export interface Removal {
  readonly remove: readonly OwnedObject[];
  /** Taken out of the record after the objects are deleted. */
  readonly forget: readonly RecordedObject[];
  /** Those of `forget` that are gone already. */
  readonly gone: readonly RecordedObject[];
  /** Stay in the cluster and in the record. */
  readonly kept: readonly KeptObject[];
}

/**
 * @param withData Decides which objects with data are deleted, too.
 */
export function removalOf({ removable, data, protected: kept, gone }: PruneCandidates, withData: (object: OwnedObject) => boolean): Removal {
  const remove = [...removable, ...data.filter(withData)];
  return { remove, forget: [...gone, ...remove], gone, kept: [...data.filter((object) => !withData(object)), ...kept] };
}

/**
 * Which objects a deployment may prune.
 */
export interface PruneOptions {
  readonly prune: boolean;
  /** Whether PersistentVolumeClaims, and Secrets with values, are deleted, too. */
  readonly pruneData: boolean;
  /** Whether many objects may be deleted at once. See `isMany`. */
  readonly allowPruneMany: boolean;
}

/**
 * Decides which objects are deleted after the release is ready.
 *
 * @param total The number of objects that the earlier releases have in the cluster.
 * @throws `Failure` when there are suspiciously many.
 */
export function planPrune(candidates: PruneCandidates, total: number, options: PruneOptions): Removal {
  const { removable, data, protected: kept, gone } = candidates;
  if (!options.prune) return { remove: [], forget: gone, gone, kept: [...removable, ...data, ...kept] };
  const removal = removalOf(candidates, () => options.pruneData);
  if (isMany(removal.remove.length, total) && !options.allowPruneMany) throw tooMany(removal.remove, total);
  return removal;
}

/**
 * Whether so many objects may be a mistake: more than half of them, and more than one, so that an application of one object may replace it.
 */
export function isMany(removed: number, total: number): boolean {
  return removed > 1 && removed > total / 2;
}

function tooMany(remove: readonly OwnedObject[], total: number): Failure {
  const names = remove.slice(0, 5).map(({ kind, name }) => `${kind} ${name}`).join(', ');
  const { message } = userError({
    at: 'prune',
    given: `${remove.length} of ${total} objects are not in this release (${names}${remove.length > 5 ? ', …' : ''})`,
    expected: 'at most half of them to be deleted at once',
    fix: 'check that these are the right manifests, all of them, then allow it (--allow-prune-many), or keep the objects (--no-prune); nothing was written',
  });
  return new Failure(message, ExitCode.NO);
}

function isOurs(live: JsonObject, { uid }: RecordedObject, owner: Owner): boolean {
  const isSame = uid === undefined || uid === textAt(live, 'metadata', 'uid');
  return isSame && isOwned(owner, live, uid) && fieldAt(live, 'metadata', 'deletionTimestamp') === undefined;
}

/** A released object is ours only with the recorded uid: its annotation alone proves nothing. */
function isOwned(owner: Owner, live: JsonObject, recordedUid: string | undefined): boolean {
  const ownership = owner.of(live);
  return ownership === 'ours' || (ownership === 'released' && recordedUid !== undefined);
}

function ownedObject({ apiVersion, kind, name, resource }: RecordedObject, live: JsonObject): OwnedObject {
  return { apiVersion, kind, name, resource, uid: textAt(live, 'metadata', 'uid') };
}

function hasData(live: JsonObject): boolean {
  const kind = kindName(textAt(live, 'apiVersion'), textAt(live, 'kind'));
  return kind === 'PersistentVolumeClaim' || (kind === 'Secret' && isObject(live.data) && Object.keys(live.data).length > 0);
}

/**
 * Annotations with which users keep an object that its tool would delete. Values are compared without regard to case and to white space around them.
 *
 * Argo CD deletes an object with `confirm` only after a person has confirmed it, which no job can do.
 *
 * @see https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#prune
 * @see https://carvel.dev/kapp/docs/latest/apply/#kappk14siodelete-strategy
 * @see https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/common/common.go
 */
const KEEP_ANNOTATIONS: ReadonlyArray<readonly [annotation: string, value: RegExp]> = [
  [DO_NOT_DELETE_ANNOTATION, /^true$/],
  ['helm.sh/resource-policy', /^keep$/],
  ['argocd.argoproj.io/sync-options', /(?:^|,)\s*(?:prune|delete)=(?:false|confirm)\s*(?:,|$)/],
  ['kustomize.toolkit.fluxcd.io/prune', /^disabled$/],
  ['kapp.k14s.io/delete-strategy', /^orphan$/],
  ['cli-utils.sigs.k8s.io/on-remove', /^keep$/],
  ['client.lifecycle.config.k8s.io/deletion', /^detach$/],
];

/**
 * The annotations of an object that protect it from deletion.
 */
export function keepAnnotationsOf(object: JsonObject): string[] {
  return KEEP_ANNOTATIONS.filter(([annotation, value]) => value.test(textAt(object, 'metadata', 'annotations', annotation).trim().toLowerCase()))
    .map(([annotation]) => annotation);
}

/**
 * Why an object stays in the cluster, for messages.
 */
export function keptInWords({ keptBy }: Pick<KeptObject, 'keptBy'>): string {
  return keptBy === undefined ? 'no longer in the release' : `no longer in the release; annotation ${keptBy} keeps it`;
}

export interface DeleteOptions {
  readonly namespace: string;
  readonly owner: Owner;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Deletes objects that are no longer wanted, each before the objects that it uses.
 *
 * @param say Gets a line for each object that is not deleted.
 * @returns The objects that are not deleted, because they are no longer ours.
 */
export async function prune(
  cluster: KubernetesClient, objects: readonly OwnedObject[], options: DeleteOptions, say: (line: string) => void,
): Promise<OwnedObject[]> {
  const { namespace, signal } = options;
  const writer = new ObjectWriter(cluster, options);
  const left: OwnedObject[] = [];
  for (const group of inReverse(objects)) {
    await concurrently(group, async (object) => {
      signal.throwIfAborted();
      if (!await writer.delete(pathOf(object, namespace), object)) left.push(object);
    });
  }
  for (const { kind, name } of left) say(`${kind} ${name} is not deleted: it no longer belongs to this application`);
  return left;
}
