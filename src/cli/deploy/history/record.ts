import type { NextRelease, Outcome, RecordedObject, RecordedRelease } from './history';
import { imagesOf } from './manifests';
import { checkIdentity, readIdentity, readObjectName, RecordFields, recordProblem, unpack } from './record-data';
import { resourceOf } from '../../../kubernetes/kinds';
import { dns1035Label } from '../../../kubernetes/names';
import { objectKey, OwnedObject, type DeployJob, type ReleaseIdentity } from '../objects/release';

/**
 * The version of the record's format. It increases when an older version of the command would do harm with a new record.
 *
 * 1: all applications share one field manager.
 * 2: each application has its own field manager, named like its record. A command of format 1 would take over fields of other applications.
 *
 * A command ignores fields that it does not know, and drops them when it writes. So a later version may add optional fields only.
 */
export const FORMAT = 2;

/**
 * The record of one application in one environment, without the manifests.
 */
export interface ReleaseRecord {
  readonly format: number;
  /** A random id of this write. With it, a writer recognizes its own write after a lost response. */
  readonly revision: string;
  readonly identity: ReleaseIdentity;
  /** The newest first. */
  readonly releases: readonly StoredRelease[];
  readonly objects: readonly RecordedObject[];
  /** Previous identities of the application, the newest first. */
  readonly formerly: readonly ReleaseIdentity[];
  /** The previous identity, while a take-over is not complete. The objects may have the labels of either identity. */
  readonly takingOver?: ReleaseIdentity;
}

export interface StoredRelease extends RecordedRelease {
  readonly manifests: StoredManifests;
}

/**
 * The place of a release's manifests.
 */
export interface StoredManifests {
  /** Of the compressed bytes, hexadecimal. */
  readonly sha256: string;
  /** The numbers of the Secrets with the manifests, in order. Empty when the manifests are in the record's own Secret. */
  readonly parts: readonly number[];
}

const OUTCOMES = ['begun', 'deployed', 'failed', 'undone'] as const;

/**
 * Unpacks and checks a record.
 *
 * @param at The Secret, for messages.
 * @throws `Failure` when the record is corrupt, has another identity, or has a later format.
 */
export function readRecord(at: string, bytes: Uint8Array, identity: ReleaseIdentity): ReleaseRecord {
  const fields = RecordFields.of(at, unpack(at, bytes));
  const format = fields.count('format');
  if (format > FORMAT) {
    throw recordProblem({ at, given: `the record has format ${format}`, expected: `at most ${FORMAT}`, fix: 'use the version of cdk8s-ci-deploy that wrote it, or a later one' });
  }
  const found = readIdentity(fields.fields('identity'));
  checkIdentity(at, found, identity);
  return {
    format,
    revision: fields.text('revision'),
    identity: found,
    releases: fields.list('releases', releaseIn),
    objects: fields.list('objects', objectIn),
    formerly: format < 2 ? [] : fields.list('formerly', readIdentity),
    takingOver: fields.optionalFields('takingOver', readIdentity),
  };
}

function releaseIn(fields: RecordFields): StoredRelease {
  const manifests = fields.fields('manifests');
  return {
    number: fields.count('number'),
    outcome: fields.choice('outcome', OUTCOMES),
    job: jobIn(fields.fields('job')),
    begun: fields.text('begun'),
    ended: fields.optionalText('ended'),
    rollbackOf: fields.optionalCount('rollbackOf'),
    objects: fields.count('objects'),
    images: fields.texts('images'),
    manifests: { sha256: manifests.text('sha256'), parts: manifests.counts('parts') },
  };
}

function jobIn(fields: RecordFields): DeployJob {
  return {
    pipelineIid: fields.optionalCount('pipelineIid'),
    jobId: fields.optionalCount('jobId'),
    commit: fields.optionalText('commit'),
    pipelineUrl: fields.optionalText('pipelineUrl'),
    jobUrl: fields.optionalText('jobUrl'),
  };
}

function objectIn(fields: RecordFields): RecordedObject {
  const named = readObjectName(fields);
  // The resource decides which object a request changes. That of a kind of Kubernetes itself is known.
  const known = resourceOf(named.apiVersion, named.kind)?.resource;
  const resource = fields.valid('resource', (text) => (known === undefined || text === known ? dns1035Label(text) : known));
  return { ...named, resource, uid: fields.optionalText('uid') };
}

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
