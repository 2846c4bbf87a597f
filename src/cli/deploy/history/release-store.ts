import { sha256 } from './encoding';
import type { NextRelease, Outcome, RecordedManifests, RecordedObject, RecordedRelease, ReleaseHistory } from './history';
import { RecordFile } from './history-secret';
import { packManifests, unpackManifests } from './manifests';
import type { StoredManifests } from './record';
import { recordProblem } from './record-problem';
import { fitsInline } from './secret-chunks';
import { begun, Contents, finished, trimmed, withApplied } from './transitions';
import type { Clock } from '../../base/host';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { objectKey } from '../objects/object-key';
import type { OwnedObject, ReleaseIdentity } from '../objects/release';

export interface StoreOptions {
  /** How many releases are kept; the last one that was deployed always is. By default 10. */
  readonly keep?: number;
}

/**
 * The record of the releases of one application in one environment: a Secret, and more of them when it is large.
 *
 * Each write carries the resourceVersion of what was read, so that of two writers one fails. When an answer is lost, what is there is looked at.
 * All methods throw a `Failure` that says what to do when the record is corrupt, foreign, too new, or was written by another in between.
 */
export class ReleaseStore {
  private readonly file: RecordFile;
  private readonly keep: number;
  private isRead = false;
  private isBegun = false;

  public constructor(
    cluster: KubernetesClient, namespace: string, identity: ReleaseIdentity, private readonly clock: Clock, { keep = 10 }: StoreOptions = {},
  ) {
    this.file = new RecordFile(cluster, namespace, identity);
    this.keep = keep;
  }

  /** For people: `Secret example/cdk8s-ci-deploy-web-production-0123456789`. */
  public get at(): string {
    return this.file.at;
  }

  /** What was recorded, or nothing when there was no release yet. */
  public async read(): Promise<ReleaseHistory | undefined> {
    const record = await this.file.read();
    this.isRead = true;
    return record;
  }

  /** What can be applied again of a release. */
  public async manifests({ number }: Pick<RecordedRelease, 'number'>): Promise<RecordedManifests> {
    const release = this.file.contents.releases.find((recorded) => recorded.number === number);
    if (release) return unpackManifests(`release ${number} in ${this.at}`, await this.file.manifestsOf(release));
    const numbers = this.file.contents.releases.map((recorded) => recorded.number);
    throw recordProblem({
      at: this.at,
      given: `there is no release ${number}`,
      expected: numbers.length > 0 ? `one of ${numbers.join(', ')}` : 'one that was deployed',
      fix: 'choose one of those, or run the job of its pipeline again',
    });
  }

  /** Writes ahead what is going to be applied: from here on the record has its objects beside those of the releases before. */
  public async begin(next: NextRelease): Promise<RecordedRelease> {
    if (!this.isRead) await this.read();
    const manifests = packManifests(next.objects);
    const contents = this.beginning(next, { sha256: sha256(manifests), parts: [] });
    if (fitsInline(manifests, this.file.inlineBytes(contents.releases))) await this.file.write(contents, manifests);
    else await this.file.write(this.beginning(next, await this.file.writeParts(manifests)));
    this.isBegun = true;
    return this.underWay();
  }

  /** Notes the uids of what was applied by the release that was begun. When the record has them already, nothing is written. */
  public async applied(objects: readonly OwnedObject[]): Promise<void> {
    this.underWay();
    const { contents } = this.file;
    const known = new Map(contents.objects.map((object) => [objectKey(object), object.uid]));
    const unknown = objects.filter((object) => known.get(objectKey(object)) !== object.uid);
    if (unknown.length > 0) await this.file.write(withApplied(contents, unknown));
  }

  /** Says how the release that was begun ended. `removed`: what is no longer in the cluster; everything else stays in the record. */
  public async finish(outcome: Exclude<Outcome, 'begun'>, removed: readonly RecordedObject[] = []): Promise<void> {
    this.underWay();
    await this.file.write(trimmed(finished(this.file.contents, outcome, this.now(), removed), this.keep));
  }

  /** Forgets everything, after everything was removed. Secrets that came with the access manifests are emptied, others deleted. */
  public async remove(): Promise<void> {
    if (!this.isRead) await this.read();
    await this.file.remove();
    this.isBegun = false;
  }

  /**
   * Writes what is recorded under a former identity, as a take-over that has not ended. Repeated, it begins anew.
   *
   * @param former It was read.
   */
  public async beginTakeOver(former: ReleaseStore): Promise<void> {
    if (!this.isRead) await this.read();
    await this.file.beginTakeOver(former.file);
  }

  /** Notes that everything belongs to the present identity. */
  public async endTakeOver(): Promise<void> {
    await this.file.endTakeOver();
  }

  private beginning(next: NextRelease, manifests: StoredManifests): Contents {
    return trimmed(begun(this.file.contents, next, this.now(), manifests), this.keep);
  }

  private underWay(): RecordedRelease {
    const [newest] = this.file.contents.releases;
    if (this.isBegun && newest) return newest;
    throw new Error('no release was begun');
  }

  private now(): string {
    return new Date(this.clock.now()).toISOString();
  }
}
