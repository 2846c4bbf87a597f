import { Leftovers, Removal, removalOf } from './leftovers';
import { userError } from '../../../base/user-error';
import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import type { RecordedObject, ReleaseHistory } from '../history/history';
import { objectKey, OwnedObject } from '../objects/release';

/**
 * What is removed of what earlier releases had and this one has not.
 */
export interface PruneOptions {
  readonly prune: boolean;
  /** Whether claims of volumes and Secrets with values may be removed. */
  readonly pruneData: boolean;
  /** Whether many objects may be removed at once: see `isMany`. */
  readonly allowPruneMany: boolean;
}

/**
 * Objects of earlier releases that a set has not.
 */
export function notIn(history: Pick<ReleaseHistory, 'objects'> | undefined, wanted: ReadonlyArray<Omit<RecordedObject, 'uid' | 'resource'>>): RecordedObject[] {
  const keys = new Set(wanted.map(objectKey));
  return (history?.objects ?? []).filter((object) => !keys.has(objectKey(object)));
}

/**
 * Whether so many objects go at once that it may be a mistake: more than half of them, and more than one, so that an application of one object may
 * get another one in its place.
 */
export function isMany(removed: number, total: number): boolean {
  return removed > 1 && removed > total / 2;
}

/**
 * Decides what is pruned when the release is ready.
 *
 * @param total How many objects the earlier releases have in the cluster.
 * @throws `Failure` when it is suspiciously much.
 */
export function pruning(leftovers: Leftovers, total: number, { prune, pruneData, allowPruneMany }: PruneOptions): Removal {
  const { removable, data, gone } = leftovers;
  if (!prune) return { remove: [], forget: gone, gone, kept: [...removable, ...data] };
  const removal = removalOf(leftovers, () => pruneData);
  if (isMany(removal.remove.length, total) && !allowPruneMany) throw tooMany(removal.remove, total);
  return removal;
}

function tooMany(remove: readonly OwnedObject[], total: number): Failure {
  const names = remove.slice(0, 5).map(({ kind, name }) => `${kind} ${name}`).join(', ');
  const { message } = userError({
    at: 'prune',
    given: `${remove.length} of ${total} objects are not in this release (${names}${remove.length > 5 ? ', …' : ''})`,
    expected: 'at most half of them to go at once',
    fix: 'see that it is whole and the one that is meant, then allow it (--allow-prune-many), or leave them where they are (--no-prune); nothing was written',
  });
  return new Failure(message, ExitCode.NO);
}
