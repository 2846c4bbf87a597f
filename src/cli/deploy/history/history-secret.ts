import { FORMAT, readRecord, RecordContents, ReleaseRecord, StoredManifests, StoredRelease, usedParts, withinLimit } from './record';
import { corrupt, pack, recordProblem, sha256 } from './record-data';
import { checkSize, partCount, SecretChange, SecretClient, splitIntoParts, StoredSecret } from './secret-client';
import { cryptoModule } from '../../../base/lazy-modules';
import { kindName } from '../../../kubernetes/kinds';
import { GROUP_KINDS_ANNOTATION, KEPT_ANNOTATION, partName, RECORD_PARTS, releaseName, TOOLING_ANNOTATION } from '../../../release/release-names';
import { ExitCode, Failure } from '../../base/failure';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { ReleaseIdentity } from '../objects/release';

type FormerIdentities = Pick<ReleaseRecord, 'formerly' | 'takingOver'>;

const EMPTY: RecordContents = { releases: [], objects: [] };

/**
 * The record in the cluster. Its Secret is named after the identity and has the key `record`.
 *
 * The manifests of a release are in the same Secret when they are small. Otherwise they are split over Secrets with numbers.
 */
export class HistorySecret {
  private readonly secrets: SecretClient;
  private readonly name: string;
  private secret?: StoredSecret;
  private record?: ReleaseRecord;

  public constructor(cluster: KubernetesClient, namespace: string, private readonly identity: ReleaseIdentity) {
    this.secrets = new SecretClient(cluster, namespace, identity);
    this.name = releaseName(identity);
  }

  /** For messages: `Secret example/cdk8s-ci-deploy-web-production-0123456789`. */
  public get at(): string {
    return this.secrets.at(this.name);
  }

  /** The record as it was last read or written. */
  public get contents(): RecordContents {
    return this.record ?? EMPTY;
  }

  public async read(): Promise<ReleaseRecord | undefined> {
    this.secret = await this.secrets.read(this.name);
    this.record = this.secret && this.recordIn(this.secret);
    return this.record;
  }

  /**
   * Writes the record.
   *
   * @param manifests The manifests of the newest release, if they go into the same Secret.
   */
  public async write(contents: RecordContents, manifests?: Buffer): Promise<void> {
    const [newest] = contents.releases;
    await this.writeInline(contents, newest && manifests ? [[newest, manifests]] : [], this.former);
  }

  /**
   * Copies the record of another identity, as a take-over that is not complete. The other record stays.
   */
  public async beginTakeOver(other: HistorySecret): Promise<void> {
    const inline: Array<[StoredRelease, Buffer]> = [];
    const inUse: number[] = [];
    const releases: StoredRelease[] = [];
    for (const release of other.contents.releases) {
      const manifests = await other.undamagedManifestsOf(release);
      const parts = release.manifests.parts.length > 0 && manifests ? splitIntoParts(manifests, inUse) : new Map<number, Buffer>();
      if (manifests && parts.size === 0) inline.push([release, manifests]);
      inUse.push(...parts.keys());
      for (const [part, bytes] of parts) {
        const name = partName(this.identity, part);
        await this.writePart(name, bytes, await this.secrets.read(name));
      }
      releases.push({ ...release, manifests: { ...release.manifests, parts: [...parts.keys()] } });
    }
    await this.writeInline({ releases, objects: other.contents.objects }, inline, { formerly: other.former.formerly, takingOver: other.identity });
  }

  /** Records that the take-over is complete. */
  public async endTakeOver(): Promise<void> {
    const { formerly, takingOver } = this.former;
    if (takingOver) await this.writeInline(this.contents, [], { formerly: [takingOver, ...formerly] });
  }

  /** The bytes of these releases' manifests in the record's own Secret. */
  public inlineBytes(releases: readonly StoredRelease[]): number {
    return releases.reduce((sum, release) => sum + (this.secret?.data.get(inlineKey(release))?.length ?? 0), 0);
  }

  /**
   * Writes manifests to Secrets that no recorded release uses. The record stays valid until its next write.
   *
   * The resourceVersions of these Secrets are read before the first write of the record. When two jobs do this at once, one of them fails: at this
   * write, at a Secret that the other job has written, or at the last write of the record.
   */
  public async writeParts(manifests: Buffer): Promise<StoredManifests> {
    const kept = this.withFreeParts(partCount(manifests));
    const parts = splitIntoParts(manifests, usedParts(kept));
    const writes = await Promise.all([...parts].map(async ([part, bytes]) => {
      const name = partName(this.identity, part);
      return { name, bytes, before: await this.secrets.read(name) };
    }));
    await this.write(kept);
    for (const { name, bytes, before } of writes) await this.writePart(name, bytes, before);
    return { sha256: sha256(manifests), parts: [...parts.keys()] };
  }

  /**
   * The packed manifests of a release.
   *
   * @throws `Failure` when they are damaged.
   */
  public async manifestsOf(release: StoredRelease): Promise<Buffer> {
    const { parts, sha256: expected } = release.manifests;
    const pieces = parts.length === 0
      ? [this.secret?.data.get(inlineKey(release))]
      : await Promise.all(parts.map(async (part) => (await this.secrets.read(partName(this.identity, part)))?.data.get(PART)));
    const bytes = Buffer.concat(pieces.flatMap((piece) => piece ?? []));
    if (sha256(bytes) === expected) return bytes;
    throw corrupt(this.at, `the manifests of release ${release.number} are damaged or incomplete`);
  }

  /** Deletes the Secrets, but only empties those from the access manifests. The record itself is removed last. */
  public async remove(): Promise<void> {
    for (const { name, secret } of (await this.allParts()).reverse()) await this.removeSecret(name, secret);
    if (this.secret) await this.removeSecret(this.name, this.secret);
    this.secret = undefined;
    this.record = undefined;
  }

  private get former(): FormerIdentities {
    const { formerly = [], takingOver } = this.record ?? {};
    return { formerly, takingOver };
  }

  private async writeInline(
    contents: RecordContents, manifests: ReadonlyArray<readonly [StoredRelease, Buffer]>, former: FormerIdentities,
  ): Promise<void> {
    const revision = cryptoModule().randomUUID();
    const { releases, objects } = contents;
    const record: ReleaseRecord = { format: FORMAT, revision, identity: this.identity, releases, objects, ...former };
    const bytes = pack(record);
    checkSize(this.at, bytes);
    const inline = Object.fromEntries(manifests.map(([release, packed]) => [inlineKey(release), packed]));
    const change: SecretChange = {
      data: { ...this.droppedKeys(contents), ...inline, [RECORD]: bytes },
      annotations: { [TOOLING_ANNOTATION]: `cdk8s-ci-deploy/v${FORMAT}`, [GROUP_KINDS_ANNOTATION]: groupKinds(contents) },
    };
    this.secret = await this.secrets.write(this.name, this.secret, change, (secret) => this.recordIn(secret)?.revision === revision);
    this.record = record;
  }

  /** Undefined when the manifests are damaged. Nobody can roll back to that release, but the others can still be copied. */
  private async undamagedManifestsOf(release: StoredRelease): Promise<Buffer | undefined> {
    try {
      return await this.manifestsOf(release);
    } catch (error) {
      if (error instanceof Failure && error.exitCode === ExitCode.NO) return undefined;
      throw error;
    }
  }

  private async writePart(name: string, bytes: Buffer, before: StoredSecret | undefined): Promise<void> {
    await this.secrets.write(name, before, { data: { [PART]: bytes } }, ({ data }) => data.get(PART)?.equals(bytes) ?? false);
  }

  /** All numbered Secrets, in use or not. They are created in the order of their numbers, so the first missing one ends the search. */
  private async allParts(): Promise<Array<{ readonly name: string; readonly secret: StoredSecret }>> {
    const found = [];
    const most = this.isFromAccess ? RECORD_PARTS : Infinity;
    for (let part = 1; part <= most; part += 1) {
      const name = partName(this.identity, part);
      const secret = await this.secrets.read(name);
      if (!secret) return found;
      found.push({ name, secret });
    }
    return found;
  }

  /** Whether the Secrets are from the access manifests. The credential can then create no others. */
  private get isFromAccess(): boolean {
    return this.secret !== undefined && KEPT_ANNOTATION in this.secret.annotations;
  }

  private recordIn(secret: StoredSecret): ReleaseRecord | undefined {
    const bytes = secret.data.get(RECORD);
    if (bytes) return readRecord(this.at, bytes, this.identity);
    if (secret.data.size === 0) return undefined;
    throw corrupt(this.at, `it has data, but no key ${RECORD}`);
  }

  /** Drops old releases when the number of Secrets is limited. */
  private withFreeParts(parts: number): RecordContents {
    if (!this.isFromAccess) return this.contents;
    const kept = withinLimit(this.contents, RECORD_PARTS - parts);
    if (usedParts(kept).length + parts <= RECORD_PARTS) return kept;
    throw recordProblem({
      at: this.at,
      given: `the manifests of this release need ${parts} more Secrets`,
      expected: `at most the ${RECORD_PARTS} Secrets of the access manifests, together with the deployed release`,
      fix: 'remove large data from the manifests, or split the application into several, each with its own --app',
    });
  }

  private async removeSecret(name: string, secret: StoredSecret): Promise<void> {
    if (!(KEPT_ANNOTATION in secret.annotations)) return this.secrets.delete(name, secret);
    const data = Object.fromEntries([...secret.data.keys()].map((key) => [key, null]));
    await this.secrets.write(name, secret, { data }, (now) => now.data.size === 0);
  }

  /** The keys of manifests whose releases were dropped. */
  private droppedKeys({ releases }: RecordContents): { [key: string]: null } {
    const kept = new Set([RECORD, ...releases.filter(({ manifests }) => manifests.parts.length === 0).map(inlineKey)]);
    return Object.fromEntries([...this.secret?.data.keys() ?? []].filter((key) => !kept.has(key)).map((key) => [key, null]));
  }
}

const RECORD = 'record';
const PART = 'part';

function inlineKey({ number }: Pick<StoredRelease, 'number'>): string {
  return `release-${number}`;
}

/** In the format of an ApplySet: sorted, without duplicates. */
function groupKinds({ objects }: RecordContents): string {
  return [...new Set(objects.map(({ apiVersion, kind }) => kindName(apiVersion, kind)))].sort().join(',');
}
