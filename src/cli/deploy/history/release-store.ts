import type { NextRelease, Outcome, RecordedManifests, RecordedObject, RecordedRelease, ReleaseHistory } from './history';
import { HistorySecret } from './history-secret';
import { packManifests, unpackManifests } from './manifests';
import { RecordContents, withApplied, withNewRelease, withOutcome, withoutOldReleases, type StoredManifests } from './record';
import { recordProblem, sha256 } from './record-data';
import { fitsInline } from './secret-client';
import type { Clock } from '../../base/host';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { objectKey, OwnedObject, ReleaseIdentity } from '../objects/release';

export interface StoreOptions {
  /**
   * The number of releases to keep. The last deployed release is always kept.
   *
   * @default 10
   */
  readonly keep?: number;
}

/**
 * The release history of one application in one environment, in one or more Secrets.
 *
 * Each write has the resourceVersion of the last read, so that one of two writers fails. When a response is lost, the Secret is read again.
 * All methods throw a `Failure` when the record is corrupt, has another owner or a later format, or another job has changed it since it was read.
 */
export class ReleaseStore {
  private readonly secret: HistorySecret;
  private readonly keep: number;
  private isRead = false;
  private isBegun = false;

  public constructor(
    cluster: KubernetesClient, namespace: string, identity: ReleaseIdentity, private readonly clock: Clock, { keep = 10 }: StoreOptions = {},
  ) {
    this.secret = new HistorySecret(cluster, namespace, identity);
    this.keep = keep;
  }

  /** For messages: `Secret example/cdk8s-ci-deploy-web-production-0123456789`. */
  public get at(): string {
    return this.secret.at;
  }

  /** Reads the history. Undefined before the first release. */
  public async read(): Promise<ReleaseHistory | undefined> {
    const record = await this.secret.read();
    this.isRead = true;
    return record;
  }

  /** Reads the manifests of a release, for a rollback. */
  public async manifests({ number }: Pick<RecordedRelease, 'number'>): Promise<RecordedManifests> {
    const release = this.secret.contents.releases.find((recorded) => recorded.number === number);
    if (release) return unpackManifests(`release ${number} in ${this.at}`, await this.secret.manifestsOf(release));
    const numbers = this.secret.contents.releases.map((recorded) => recorded.number);
    throw recordProblem({
      at: this.at,
      given: `there is no release ${number}`,
      expected: numbers.length > 0 ? `one of ${numbers.join(', ')}` : 'a recorded release',
      fix: numbers.length > 0 ? `choose one of these, such as ${numbers[0]}, or run the job of its pipeline again` : 'run the job of its pipeline again',
    });
  }

  /** Records a release before its apply. From then on, the record has its objects and those of the earlier releases. */
  public async begin(next: NextRelease): Promise<RecordedRelease> {
    if (!this.isRead) await this.read();
    const manifests = packManifests(next.objects);
    const contents = this.contentsWith(next, { sha256: sha256(manifests), parts: [] });
    if (fitsInline(manifests, this.secret.inlineBytes(contents.releases))) await this.secret.write(contents, manifests);
    else await this.secret.write(this.contentsWith(next, await this.secret.writeParts(manifests)));
    this.isBegun = true;
    return this.current();
  }

  /** Records the uids of applied objects. Writes nothing when the record already has them. */
  public async applied(objects: readonly OwnedObject[]): Promise<void> {
    this.current();
    const { contents } = this.secret;
    const known = new Map(contents.objects.map((object) => [objectKey(object), object.uid]));
    const unknown = objects.filter((object) => known.get(objectKey(object)) !== object.uid);
    if (unknown.length > 0) await this.secret.write(withApplied(contents, unknown));
  }

  /**
   * Records the outcome of the release.
   *
   * @param removed The objects that are no longer in the cluster. All others stay in the record.
   */
  public async finish(outcome: Exclude<Outcome, 'begun'>, removed: readonly RecordedObject[] = []): Promise<void> {
    this.current();
    await this.secret.write(withoutOldReleases(withOutcome(this.secret.contents, outcome, this.now(), removed), this.keep));
  }

  /** Deletes the record, after the objects were deleted. Secrets from the access manifests are only emptied. */
  public async remove(): Promise<void> {
    if (!this.isRead) await this.read();
    await this.secret.remove();
    this.isBegun = false;
  }

  /**
   * Copies the record of a former identity, as a take-over that is not complete. A second call starts again.
   *
   * @param former The record of the former identity, after its `read`.
   */
  public async beginTakeOver(former: ReleaseStore): Promise<void> {
    if (!this.isRead) await this.read();
    await this.secret.beginTakeOver(former.secret);
  }

  /** Records that the take-over is complete. */
  public async endTakeOver(): Promise<void> {
    await this.secret.endTakeOver();
  }

  private contentsWith(next: NextRelease, manifests: StoredManifests): RecordContents {
    return withoutOldReleases(withNewRelease(this.secret.contents, next, this.now(), manifests), this.keep);
  }

  private current(): RecordedRelease {
    const [newest] = this.secret.contents.releases;
    if (this.isBegun && newest) return newest;
    throw new Error('call begin first');
  }

  private now(): string {
    return new Date(this.clock.now()).toISOString();
  }
}
