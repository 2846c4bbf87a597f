import { unpack } from './encoding';
import type { RecordedObject, RecordedRelease } from './history';
import { checkIdentity, readIdentity, RecordFields, recordProblem } from './record-fields';
import type { DeployJob, ReleaseIdentity } from '../objects/release';

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
  return {
    apiVersion: fields.text('apiVersion'),
    kind: fields.text('kind'),
    resource: fields.text('resource'),
    name: fields.text('name'),
    uid: fields.optionalText('uid'),
  };
}
