import { byKind, ManifestObject, manifestObjects, Plurals } from './manifest-objects';
import { userError, show } from '../base/user-error';
import { dns1123Subdomain } from '../kubernetes/names';
import type { PolicyRule } from '../kubernetes/rbac';
import { RBAC_GROUP } from '../kubernetes/subject';
import { DEPLOY_RIGHTS, DeployRight, objectRights, pullSecretRights, recordNames, recordRights } from '../release/deploy-rights';
import { IDENTITY_ANNOTATION, KEPT_ANNOTATION, OWNER_ID_LABEL, ownerId, RECORD_TYPE, releaseName, ReleaseOwner } from '../release/release-names';

/**
 * What a deployer is for.
 */
export interface Purpose extends ReleaseOwner {
  /** The text of rendered manifests. */
  readonly manifests?: string;
  readonly customResources: Plurals;
  /** The Secret that images are pulled with, when deploying makes it. */
  readonly pullSecret?: string;
  /** Rights beside those. */
  readonly rules: readonly PolicyRule[];
}

/**
 * An object as a manifest has it.
 */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/**
 * The rights that a deployer needs for one application, and the objects that its jobs then need not be able to create.
 */
export class LeastPrivilege {
  public readonly rules: readonly PolicyRule[];
  private readonly objects: readonly ManifestObject[];

  public constructor(private readonly purpose: Purpose) {
    this.objects = purpose.manifests === undefined ? [] : manifestObjects(purpose.manifests, purpose.customResources);
    const { pullSecret, rules } = purpose;
    if (pullSecret !== undefined) this.checkPullSecret(pullSecret);
    const beside = [...recordRights(purpose), ...pullSecret === undefined ? [] : pullSecretRights(pullSecret), ...DEPLOY_RIGHTS];
    this.rules = [...rulesOf([...byKind(this.objects).flatMap(objectRights), ...beside]), ...rules];
  }

  /**
   * The Role, the Lease and the Secrets of the record.
   *
   * @throws When the manifests have an object of another namespace.
   */
  public manifestsIn(namespace: string, roleName: string): Manifest[] {
    this.checkPlace(namespace);
    const metadata = (name: string) => ({
      name,
      namespace,
      labels: { [OWNER_ID_LABEL]: ownerId(this.purpose, namespace) },
      annotations: { [IDENTITY_ANNOTATION]: this.identity(), [KEPT_ANNOTATION]: 'true' },
    });
    return [
      { apiVersion: `${RBAC_GROUP}/v1`, kind: 'Role', metadata: { name: roleName, namespace }, rules: this.rules },
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: metadata(releaseName(this.purpose)) },
      ...recordNames(this.purpose).map((name) => ({ apiVersion: 'v1', kind: 'Secret', metadata: metadata(name), type: RECORD_TYPE })),
    ];
  }

  private identity(): string {
    const { project, environment, app } = this.purpose;
    return JSON.stringify({ project, environment, app });
  }

  /** What is right for a pull secret would be too much for the record, and a Secret of the manifests is refused by `deploy`. */
  private checkPullSecret(name: string): void {
    const same = this.objects.find((object) => object.group === '' && object.resource === 'secrets' && object.name === name);
    const isRecord = recordNames(this.purpose).includes(name);
    const expected = dns1123Subdomain(name) ?? (same || isRecord ? 'a Secret of its own' : undefined);
    if (expected === undefined) return;
    const where = same ? `, as the one at ${same.at}` : isRecord ? ', as the record of the releases' : '';
    throw userError({ at: 'role', given: `pullSecret is ${show(name)}${where}`, expected, fix: 'give the name that the job gives as --pull-secret' });
  }

  private checkPlace(namespace: string): void {
    const other = this.objects.find((object) => object.namespace !== undefined && object.namespace !== namespace);
    if (!other) return;
    throw userError({
      at: `role: ${other.at}`,
      given: `it is in namespace ${show(other.namespace)}`,
      expected: `objects of namespace ${show(namespace)}`,
      fix: 'give the manifests of this environment',
    });
  }
}

function rulesOf(rights: readonly DeployRight[]): PolicyRule[] {
  return rights.map(({ rule }) => rule);
}
