import type { RecordedObject, RecordedRelease } from './history';
import type { ReleaseIdentity } from '../objects/release';

/**
 * The version of what is written. It goes up when older versions of the command would do harm with it.
 *
 * 1: objects have one field manager for all applications.
 * 2: each application has a field manager of its own, named like its record. A command of format 1 would take fields of others over.
 *
 * Fields that a version does not know are ignored, and lost when it writes: a later version may add what it can do without.
 */
export const FORMAT = 2;

/**
 * What the record has in it, apart from the manifests.
 */
export interface ReleaseRecord {
  readonly format: number;
  /** Of this very write, so that its author knows it again. */
  readonly revision: string;
  readonly identity: ReleaseIdentity;
  /** The newest first. */
  readonly releases: readonly StoredRelease[];
  readonly objects: readonly RecordedObject[];
  /** The identities that the application had before, the newest first. */
  readonly formerly: readonly ReleaseIdentity[];
  /** The identity that it is being taken over from: the objects may still have either mark. */
  readonly takingOver?: ReleaseIdentity;
}

export interface StoredRelease extends RecordedRelease {
  readonly manifests: StoredManifests;
}

/**
 * Where the manifests of a release are.
 */
export interface StoredManifests {
  /** Of the compressed bytes, in hexadecimal digits. */
  readonly sha256: string;
  /** The numbers of the Secrets that have them in this order, or none when they are in the record's own. */
  readonly parts: readonly number[];
}
