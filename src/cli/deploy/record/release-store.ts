import type { NextRelease, Outcome, RecordedManifests, RecordedObject, RecordedRelease, ReleaseHistory } from './history';
import type { Cluster } from '../../cluster/cluster';
import type { Clock } from '../../host';
import type { OwnedObject, ReleaseIdentity } from '../release';

export interface StoreOptions {
  /** How many releases are kept; the last one that was deployed always is. By default 10. */
  readonly keep?: number;
}

/**
 * The record of the releases of one application in one environment: a Secret, and more of them when it is large.
 *
 * Each write carries the resourceVersion of what was read, so that of two writers one fails. An answer that was lost is looked up.
 * All methods throw a `Failure` that says what to do when the record is corrupt, foreign, too new, or was written by another in between.
 */
export class ReleaseStore {
  public constructor(
    protected readonly cluster: Cluster,
    protected readonly namespace: string,
    protected readonly identity: ReleaseIdentity,
    protected readonly clock: Clock,
    protected readonly options: StoreOptions = {},
  ) {}

  /** What was recorded, or nothing when there was no release yet. */
  public async read(): Promise<ReleaseHistory | undefined> {
    throw new Error('not there yet');
  }

  /** What can be applied again of a release. Fetches what the record has put elsewhere. */
  public async manifests(release: RecordedRelease): Promise<RecordedManifests> {
    throw new Error(`not there yet: ${release.number}`);
  }

  /** Writes ahead what is going to be applied: from here on the record has its objects beside those of the releases before. */
  public async begin(next: NextRelease): Promise<RecordedRelease> {
    throw new Error(`not there yet: ${next.rollbackOf ?? ''}`);
  }

  /** Notes the uids of what was applied by the release that was begun. May be called as often as something was. */
  public async applied(objects: readonly OwnedObject[]): Promise<void> {
    throw new Error(`not there yet: ${objects.length}`);
  }

  /** Says how the release ended. `removed`: what is no longer in the cluster; everything else stays in the record. */
  public async finish(outcome: Exclude<Outcome, 'begun'>, removed: readonly RecordedObject[] = []): Promise<void> {
    throw new Error(`not there yet: ${outcome} ${removed.length}`);
  }

  /** Forgets everything, after everything was removed. Secrets that the access manifests made are emptied, others deleted. */
  public async remove(): Promise<void> {
    throw new Error('not there yet');
  }
}
