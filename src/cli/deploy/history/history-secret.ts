import { pack, sha256 } from './encoding';
import { readRecord } from './read-record';
import { FORMAT, ReleaseRecord, StoredManifests, StoredRelease } from './record';
import { corrupt, recordProblem } from './record-problem';
import { RecordSecret, RecordSecrets, SecretChange } from './record-secret';
import { checkSize, partsFor, placed } from './secret-chunks';
import { Contents, partsIn, withinParts } from './transitions';
import { cryptoModule } from '../../../base/lazy-modules';
import { kindName } from '../../../kubernetes/kinds';
import { GROUP_KINDS_ANNOTATION, KEPT_ANNOTATION, partName, RECORD_PARTS, releaseName, TOOLING_ANNOTATION } from '../../../release/release-names';
import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { ReleaseIdentity } from '../objects/release';

/** The identities that an application had. */
export type Past = Pick<ReleaseRecord, 'formerly' | 'takingOver'>;

const NOTHING: Contents = { releases: [], objects: [] };

/**
 * The record as it is kept: `record` in the Secret that is named after the identity, the manifests of a release beside it or in Secrets with numbers.
 */
export class RecordFile {
  private readonly secrets: RecordSecrets;
  private readonly name: string;
  private secret?: RecordSecret;
  private record?: ReleaseRecord;

  public constructor(cluster: KubernetesClient, namespace: string, private readonly identity: ReleaseIdentity) {
    this.secrets = new RecordSecrets(cluster, namespace, identity);
    this.name = releaseName(identity);
  }

  /** For people: `Secret example/cdk8s-ci-deploy-web-production-0123456789`. */
  public get at(): string {
    return this.secrets.at(this.name);
  }

  /** What was read or written last. */
  public get contents(): Contents {
    return this.record ?? NOTHING;
  }

  public async read(): Promise<ReleaseRecord | undefined> {
    this.secret = await this.secrets.read(this.name);
    this.record = this.secret && this.recordIn(this.secret);
    return this.record;
  }

  /**
   * @param manifests Of the newest release, when they go into the same Secret.
   */
  public async write(contents: Contents, manifests?: Buffer): Promise<void> {
    const [newest] = contents.releases;
    await this.writeInline(contents, newest && manifests ? [[newest, manifests]] : [], this.past);
  }

  /**
   * Writes what is recorded under another identity, as a take-over that has not ended. It stays recorded there, too.
   */
  public async beginTakeOver(other: RecordFile): Promise<void> {
    const inline: Array<[StoredRelease, Buffer]> = [];
    const inUse: number[] = [];
    const releases: StoredRelease[] = [];
    for (const release of other.contents.releases) {
      const manifests = await other.undamagedManifestsOf(release);
      const parts = release.manifests.parts.length > 0 && manifests ? placed(manifests, inUse) : new Map<number, Buffer>();
      if (manifests && parts.size === 0) inline.push([release, manifests]);
      inUse.push(...parts.keys());
      await this.writePieces(parts);
      releases.push({ ...release, manifests: { ...release.manifests, parts: [...parts.keys()] } });
    }
    await this.writeInline({ releases, objects: other.contents.objects }, inline, { formerly: other.past.formerly, takingOver: other.identity });
  }

  /** Notes that everything belongs to the present identity. */
  public async endTakeOver(): Promise<void> {
    const { formerly, takingOver } = this.past;
    if (takingOver) await this.writeInline(this.contents, [], { formerly: [takingOver, ...formerly] });
  }

  /** The identities that the application had, as they were read or written last. */
  private get past(): Past {
    const { formerly = [], takingOver } = this.record ?? {};
    return { formerly, takingOver };
  }

  private async writeInline(contents: Contents, manifests: ReadonlyArray<readonly [StoredRelease, Buffer]>, past: Past): Promise<void> {
    const revision = cryptoModule().randomUUID();
    const { releases, objects } = contents;
    const record: ReleaseRecord = { format: FORMAT, revision, identity: this.identity, releases, objects, ...past };
    const bytes = pack(record);
    checkSize(this.at, bytes);
    const inline = Object.fromEntries(manifests.map(([release, packed]) => [inlineKey(release), packed]));
    const change: SecretChange = {
      data: { ...this.outdated(contents), ...inline, [RECORD]: bytes },
      annotations: { [TOOLING_ANNOTATION]: `cdk8s-ci-deploy/v${FORMAT}`, [GROUP_KINDS_ANNOTATION]: groupKinds(contents) },
    };
    this.secret = await this.secrets.write(this.name, this.secret, change, (secret) => this.recordIn(secret)?.revision === revision);
    this.record = record;
  }

  /** Bytes of the manifests in the record's own Secret. */
  public inlineBytes(releases: readonly StoredRelease[]): number {
    return releases.reduce((sum, release) => sum + (this.secret?.data.get(inlineKey(release))?.length ?? 0), 0);
  }

  /**
   * Puts manifests into Secrets that no release in the record uses, so that the record is whole until it is written the next time.
   *
   * The resourceVersions of these Secrets are learned before the record is written for the first time: of two who do this at once, one fails
   * there, or at a Secret that the other has written, or with the record in the end.
   */
  public async writeParts(manifests: Buffer): Promise<StoredManifests> {
    const kept = this.withRoom(partsFor(manifests));
    const parts = placed(manifests, partsIn(kept));
    const writes = await Promise.all([...parts].map(async ([part, bytes]) => {
      const name = partName(this.identity, part);
      return { name, bytes, before: await this.secrets.read(name) };
    }));
    await this.write(kept);
    for (const { name, bytes, before } of writes) {
      await this.secrets.write(name, before, { data: { [PART]: bytes } }, ({ data }) => data.get(PART)?.equals(bytes) ?? false);
    }
    return { sha256: sha256(manifests), parts: [...parts.keys()] };
  }

  public async manifestsOf(release: StoredRelease): Promise<Buffer> {
    const { parts, sha256: expected } = release.manifests;
    const pieces = parts.length === 0
      ? [this.secret?.data.get(inlineKey(release))]
      : await Promise.all(parts.map(async (part) => (await this.secrets.read(partName(this.identity, part)))?.data.get(PART)));
    const bytes = Buffer.concat(pieces.flatMap((piece) => piece ?? []));
    if (sha256(bytes) === expected) return bytes;
    throw corrupt(this.at, `the manifests of release ${release.number} are damaged, or not complete`);
  }

  /** What is damaged cannot be rolled back to, and need not keep the rest from being copied. */
  private async undamagedManifestsOf(release: StoredRelease): Promise<Buffer | undefined> {
    try {
      return await this.manifestsOf(release);
    } catch (error) {
      if (error instanceof Failure && error.exitCode === ExitCode.NO) return undefined;
      throw error;
    }
  }

  private async writePieces(parts: ReadonlyMap<number, Buffer>): Promise<void> {
    for (const [part, bytes] of parts) {
      const name = partName(this.identity, part);
      const before = await this.secrets.read(name);
      await this.secrets.write(name, before, { data: { [PART]: bytes } }, ({ data }) => data.get(PART)?.equals(bytes) ?? false);
    }
  }

  /** Secrets that came with the access manifests are emptied, others deleted; the record goes last. */
  public async remove(): Promise<void> {
    for (const { name, secret } of (await this.allParts()).reverse()) await this.removeSecret(name, secret);
    if (this.secret) await this.removeSecret(this.name, this.secret);
    this.secret = undefined;
    this.record = undefined;
  }

  /** Also those that no release uses any more. They are made in the order of their numbers. */
  private async allParts(): Promise<Array<{ readonly name: string; readonly secret: RecordSecret }>> {
    const found = [];
    const most = this.isGiven ? RECORD_PARTS : Infinity;
    for (let part = 1; part <= most; part += 1) {
      const name = partName(this.identity, part);
      const secret = await this.secrets.read(name);
      if (!secret) return found;
      found.push({ name, secret });
    }
    return found;
  }

  /** Whether the Secrets came with the access manifests, so that no others can be made. */
  private get isGiven(): boolean {
    return this.secret !== undefined && KEPT_ANNOTATION in this.secret.annotations;
  }

  private recordIn(secret: RecordSecret): ReleaseRecord | undefined {
    const bytes = secret.data.get(RECORD);
    if (bytes) return readRecord(this.at, bytes, this.identity);
    if (secret.data.size === 0) return undefined;
    throw corrupt(this.at, `it has data, and no key ${RECORD}`);
  }

  /** Older releases are forgotten to make room where it is limited. */
  private withRoom(parts: number): Contents {
    if (!this.isGiven) return this.contents;
    const kept = withinParts(this.contents, RECORD_PARTS - parts);
    if (partsIn(kept).length + parts <= RECORD_PARTS) return kept;
    throw recordProblem({
      at: this.at,
      given: `the manifests of this release take ${parts} Secrets beside it`,
      expected: `room in the ${RECORD_PARTS} of the access manifests, beside the release that is deployed`,
      fix: 'keep large data out of the manifests, or divide the application into several',
    });
  }

  private async removeSecret(name: string, secret: RecordSecret): Promise<void> {
    if (!(KEPT_ANNOTATION in secret.annotations)) return this.secrets.delete(name, secret);
    const data = Object.fromEntries([...secret.data.keys()].map((key) => [key, null]));
    await this.secrets.write(name, secret, { data }, (now) => now.data.size === 0);
  }

  /** Manifests of releases that are no longer kept. */
  private outdated({ releases }: Contents): { [key: string]: null } {
    const kept = new Set([RECORD, ...releases.filter(({ manifests }) => manifests.parts.length === 0).map(inlineKey)]);
    return Object.fromEntries([...this.secret?.data.keys() ?? []].filter((key) => !kept.has(key)).map((key) => [key, null]));
  }
}

const RECORD = 'record';
const PART = 'part';

function inlineKey({ number }: Pick<StoredRelease, 'number'>): string {
  return `release-${number}`;
}

/** As an ApplySet writes it: each once, sorted. */
function groupKinds({ objects }: Contents): string {
  return [...new Set(objects.map(({ apiVersion, kind }) => kindName(apiVersion, kind)))].sort().join(',');
}
