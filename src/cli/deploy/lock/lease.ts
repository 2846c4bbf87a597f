import { isObject, Json, JsonObject } from '../../../base/json';
import { HOLDER_ANNOTATION, IDENTITY_ANNOTATION, KEPT_ANNOTATION, releaseName } from '../../../release/release-names';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { collectionPath, objectPath } from '../../cluster/paths';
import { isApiError } from '../../cluster/status';
import { ownAnnotations } from '../history/record-data';
import type { ReleaseIdentity } from '../objects/release';

/**
 * A Lease as it was read.
 */
export interface Lease {
  readonly uid: string;
  readonly resourceVersion: string;
  /** The holder's name for people. Missing when nobody holds the Lease. */
  readonly holder?: string;
  /** The id of the process that holds it: a job may run the command twice. */
  readonly holderId?: string;
  /** When the holder took and last renewed it, by the holder's own clock: for people. */
  readonly acquired?: string;
  readonly renewed?: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly transitions: number;
  /** Whether the access manifests created it. */
  readonly isKept: boolean;
}

/**
 * A change of a Lease. Its times are for people: nobody compares them with a clock.
 */
export interface LeaseChange {
  readonly holderId: string | null;
  readonly spec: { readonly [field: string]: Json };
}

/** Milliseconds from a renewal until others may take the lock. */
export const LEASE_DURATION = 30_000;

const GROUP = 'coordination.k8s.io';

/**
 * Reads and writes the Lease of one application in one environment.
 */
export class LeaseClient {
  private readonly name: string;

  public constructor(private readonly cluster: KubernetesClient, private readonly namespace: string, private readonly identity: ReleaseIdentity) {
    this.name = releaseName(identity);
  }

  /** `Lease example/cdk8s-ci-deploy-web-production-0123456789`, for people. */
  public get at(): string {
    return `Lease ${this.namespace}/${this.name}`;
  }

  /**
   * @throws `Failure` when the Lease belongs to another identity.
   */
  public async read(): Promise<Lease | undefined> {
    const found = await find(this.cluster, this.path());
    return found && this.leaseIn(found);
  }

  /**
   * Updates the Lease with the resourceVersion that was read: success proves that nobody changed it in between.
   *
   * @param before The Lease as it was read, or nothing when there was none.
   * @returns Nothing when somebody else changed it.
   */
  public async write(before: Lease | undefined, change: LeaseChange): Promise<Lease | undefined> {
    try {
      return this.leaseIn(before ? await this.cluster.merge(this.path(), this.patch(before, change)) : await this.create(change));
    } catch (error) {
      if (isApiError(error, 409) || (before && isApiError(error, 404))) return undefined;
      throw error;
    }
  }

  /** Deletes the Lease, unless somebody changed it since it was read. */
  public async delete({ uid, resourceVersion }: Lease): Promise<void> {
    try {
      await this.cluster.delete(this.path(), { uid, resourceVersion });
    } catch (error) {
      if (!isApiError(error, 409)) throw error;
    }
  }

  private async create({ holderId, spec }: LeaseChange): Promise<JsonObject> {
    return this.cluster.create(collectionPath({ group: GROUP, version: 'v1', resource: 'leases', namespace: this.namespace }), {
      apiVersion: `${GROUP}/v1`,
      kind: 'Lease',
      metadata: { name: this.name, annotations: { [IDENTITY_ANNOTATION]: JSON.stringify(this.identity), [HOLDER_ANNOTATION]: holderId } },
      spec,
    }, { repeatable: true });
  }

  private patch({ resourceVersion }: Lease, { holderId, spec }: LeaseChange): object {
    return { metadata: { resourceVersion, annotations: { [HOLDER_ANNOTATION]: holderId } }, spec };
  }

  private leaseIn(object: JsonObject): Lease {
    const annotations = ownAnnotations(this.at, object, this.identity);
    const { uid, resourceVersion } = isObject(object.metadata) ? object.metadata : {};
    const spec = isObject(object.spec) ? object.spec : {};
    return {
      uid: String(uid),
      resourceVersion: String(resourceVersion),
      holder: text(spec.holderIdentity),
      holderId: text(annotations[HOLDER_ANNOTATION]),
      acquired: text(spec.acquireTime),
      renewed: text(spec.renewTime),
      duration: 1000 * Number(spec.leaseDurationSeconds ?? 0),
      transitions: Number(spec.leaseTransitions ?? 0),
      isKept: KEPT_ANNOTATION in annotations,
    };
  }

  private path(): string {
    return objectPath({ group: GROUP, version: 'v1', resource: 'leases', namespace: this.namespace, name: this.name });
  }
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
