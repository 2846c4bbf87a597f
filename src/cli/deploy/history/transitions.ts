import type { NextRelease, Outcome, RecordedObject } from './history';
import { imagesOf } from './manifests';
import type { ReleaseRecord, StoredManifests, StoredRelease } from './record';
import { objectKey } from '../objects/object-key';
import type { OwnedObject } from '../objects/release';

/**
 * The contents of a record, which the changes below are made to.
 */
export type Contents = Pick<ReleaseRecord, 'releases' | 'objects'>;

/**
 * With a release that is about to be applied, and its objects beside those that may be there already.
 */
export function begun({ releases, objects }: Contents, next: NextRelease, begin: string, manifests: StoredManifests): Contents {
  const release: StoredRelease = {
    number: Math.max(0, ...releases.map(({ number }) => number)) + 1,
    outcome: 'begun',
    job: next.job,
    begun: begin,
    rollbackOf: next.rollbackOf,
    objects: next.objects.length,
    images: imagesOf(next.objects),
    manifests,
  };
  return { releases: [release, ...releases], objects: united(objects, next.objects) };
}

/**
 * With the uids of objects that were applied.
 */
export function withApplied({ releases, objects }: Contents, applied: readonly OwnedObject[]): Contents {
  return { releases, objects: united(objects, applied) };
}

/**
 * With the outcome of the newest release, and without objects that are gone.
 */
export function finished({ releases, objects }: Contents, outcome: Outcome, ended: string, removed: readonly RecordedObject[]): Contents {
  const gone = new Set(removed.map(objectKey));
  const [newest, ...older] = releases;
  return {
    releases: newest ? [{ ...newest, outcome, ended }, ...older] : [],
    objects: objects.filter((object) => !gone.has(objectKey(object))),
  };
}


/**
 * Without releases that are older than the last so many. The last one that was deployed always stays.
 */
export function trimmed({ releases, objects }: Contents, keep: number): Contents {
  const lastDeployed = releases.findIndex(({ outcome }) => outcome === 'deployed');
  return { releases: releases.filter((_, index) => index < keep || index === lastDeployed), objects };
}

/**
 * Without as many of the oldest releases as it takes for the others to use no more than some Secrets. The last one that was deployed stays.
 */
export function withinParts(contents: Contents, most: number): Contents {
  if (partsIn(contents).length <= most) return contents;
  const { releases, objects } = contents;
  const lastDeployed = releases.find(({ outcome }) => outcome === 'deployed');
  const oldest = releases.filter((release) => release !== lastDeployed && release.manifests.parts.length > 0).at(-1);
  return oldest ? withinParts({ releases: releases.filter((release) => release !== oldest), objects }, most) : contents;
}

/**
 * The numbers of the Secrets that releases use.
 */
export function partsIn({ releases }: Contents): number[] {
  return releases.flatMap(({ manifests }) => manifests.parts);
}

/** What is said later of an object counts; an earlier uid stays until there is another. */
function united(before: readonly RecordedObject[], now: readonly RecordedObject[]): RecordedObject[] {
  const all = new Map(before.map((object) => [objectKey(object), object]));
  for (const object of now) {
    const { apiVersion, kind, resource, name, uid = all.get(objectKey(object))?.uid } = object;
    all.set(objectKey(object), { apiVersion, kind, resource, name, uid });
  }
  return [...all.values()];
}
