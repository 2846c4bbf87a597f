import type { RecordedObject, RecordedRelease } from './history';
import type { ReleaseIdentity } from '../release';

/**
 * The version of what is written. It goes up when older versions of the command would misread it.
 */
export const FORMAT = 1;

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
