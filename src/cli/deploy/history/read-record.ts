import { unpack } from './encoding';
import type { RecordedObject } from './history';
import { FORMAT, ReleaseRecord, StoredRelease } from './record';
import { Fields } from './record-fields';
import { recordProblem } from './record-problem';
import { checkSame, identityIn } from './recorded-identity';
import type { DeployJob, ReleaseIdentity } from '../objects/release';

const OUTCOMES = ['begun', 'deployed', 'failed', 'undone'] as const;

/**
 * The record that was packed into some bytes.
 *
 * @param at The Secret.
 * @throws `Failure` when it is corrupt, of another identity, or of a format that only a later version knows.
 */
export function readRecord(at: string, bytes: Uint8Array, identity: ReleaseIdentity): ReleaseRecord {
  const fields = Fields.of(at, unpack(at, bytes));
  const format = fields.count('format');
  if (format > FORMAT) {
    throw recordProblem({ at, given: `the record has format ${format}`, expected: `at most ${FORMAT}`, fix: 'use the version of cdk8s-ci-deploy that wrote it, or a later one' });
  }
  const found = identityIn(fields.fields('identity'));
  checkSame(at, found, identity);
  return {
    format,
    revision: fields.text('revision'),
    identity: found,
    releases: fields.list('releases', releaseIn),
    objects: fields.list('objects', objectIn),
    formerly: format < 2 ? [] : fields.list('formerly', identityIn),
    takingOver: fields.optionalFields('takingOver', identityIn),
  };
}

function releaseIn(fields: Fields): StoredRelease {
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

function jobIn(fields: Fields): DeployJob {
  return {
    pipelineIid: fields.optionalCount('pipelineIid'),
    jobId: fields.optionalCount('jobId'),
    commit: fields.optionalText('commit'),
    pipelineUrl: fields.optionalText('pipelineUrl'),
    jobUrl: fields.optionalText('jobUrl'),
  };
}

function objectIn(fields: Fields): RecordedObject {
  return {
    apiVersion: fields.text('apiVersion'),
    kind: fields.text('kind'),
    resource: fields.text('resource'),
    name: fields.text('name'),
    uid: fields.optionalText('uid'),
  };
}
