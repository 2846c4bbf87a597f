import type { NextRelease, Outcome, RecordedObject } from './history';
import { imagesOf } from './manifests';
import type { ReleaseRecord, StoredManifests, StoredRelease } from './record';
import { objectKey, OwnedObject } from '../objects/release';

/**
 * The part of a record that the functions below change.
 */
export type RecordContents = Pick<ReleaseRecord, 'releases' | 'objects'>;

/**
 * Adds a release before its apply. Its objects join those that may already be in the cluster.
 */
export function withNewRelease({ releases, objects }: RecordContents, next: NextRelease, begun: string, manifests: StoredManifests): RecordContents {
  const release: StoredRelease = {
    number: Math.max(0, ...releases.map(({ number }) => number)) + 1,
    outcome: 'begun',
    job: next.job,
    begun,
    rollbackOf: next.rollbackOf,
    objects: next.objects.length,
    images: imagesOf(next.objects),
    manifests,
  };
  return { releases: [release, ...releases], objects: mergedObjects(objects, next.objects) };
}

/**
 * Adds the uids of applied objects.
 */
export function withApplied({ releases, objects }: RecordContents, applied: readonly OwnedObject[]): RecordContents {
  return { releases, objects: mergedObjects(objects, applied) };
}

/**
 * Sets the outcome of the newest release, and drops the removed objects.
 */
export function withOutcome(
  { releases, objects }: RecordContents, outcome: Outcome, ended: string, removed: readonly RecordedObject[],
): RecordContents {
  const gone = new Set(removed.map(objectKey));
  const [newest, ...older] = releases;
  return {
    releases: newest ? [{ ...newest, outcome, ended }, ...older] : [],
    objects: objects.filter((object) => !gone.has(objectKey(object))),
  };
}

/**
 * Drops all but the newest releases. The last deployed release always stays.
 *
 * @param keep The number of releases that stay.
 */
export function withoutOldReleases({ releases, objects }: RecordContents, keep: number): RecordContents {
  const lastDeployed = releases.findIndex(({ outcome }) => outcome === 'deployed');
  return { releases: releases.filter((_, index) => index < keep || index === lastDeployed), objects };
}

/**
 * Drops the oldest releases until the manifests of the others need at most `most` Secrets. The last deployed release always stays.
 */
export function withinLimit(contents: RecordContents, most: number): RecordContents {
  if (usedParts(contents).length <= most) return contents;
  const { releases, objects } = contents;
  const lastDeployed = releases.find(({ outcome }) => outcome === 'deployed');
  const oldest = releases.filter((release) => release !== lastDeployed && release.manifests.parts.length > 0).at(-1);
  return oldest ? withinLimit({ releases: releases.filter((release) => release !== oldest), objects }, most) : contents;
}

/**
 * The numbers of the Secrets that are in use.
 */
export function usedParts({ releases }: RecordContents): number[] {
  return releases.flatMap(({ manifests }) => manifests.parts);
}

/** The newer entry of an object wins, but keeps the older uid when it has none. */
function mergedObjects(before: readonly RecordedObject[], now: readonly RecordedObject[]): RecordedObject[] {
  const all = new Map(before.map((object) => [objectKey(object), object]));
  for (const object of now) {
    const { apiVersion, kind, resource, name, uid = all.get(objectKey(object))?.uid } = object;
    all.set(objectKey(object), { apiVersion, kind, resource, name, uid });
  }
  return [...all.values()];
}
