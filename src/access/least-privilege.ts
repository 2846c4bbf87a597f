import { isObject, JsonObject } from '../base/json';
import { userError, show } from '../base/user-error';
import { kindName, KINDS_VERSION, parseApiVersion, removedApi, resourceOf, scopeOf } from '../kubernetes/kinds';
import { dns1123Subdomain, nameRuleOf } from '../kubernetes/names';
import { PolicyRule, RBAC_GROUP } from '../kubernetes/rbac';
import { DEPLOY_RIGHTS, objectRights, pullSecretRights, recordNames, recordRights, NamedObjects } from '../release/deploy-rights';
import { IDENTITY_ANNOTATION, KEPT_ANNOTATION, OWNER_ID_LABEL, ownerId, RECORD_TYPE, releaseName, ReleaseOwner } from '../release/release-names';
import { parseManifest, unfoldList } from '../yaml/manifest-parser';

/**
 * The application of a deployer, and its manifests.
 */
export interface LeastPrivilegeProps extends ReleaseOwner {
  /** The text of rendered manifests. */
  readonly manifests?: string;
  readonly customResources: Plurals;
  /** The name of the pull secret, when `deploy` creates it. */
  readonly pullSecret?: string;
  /** Additional rules. */
  readonly rules: readonly PolicyRule[];
}

/**
 * An object of the access manifests.
 */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/**
 * The rights that a deployer needs for one application, and the objects that its jobs need but have no right to create.
 */
export class LeastPrivilege {
  public readonly rules: readonly PolicyRule[];
  private readonly objects: readonly ManifestObject[];

  public constructor(private readonly props: LeastPrivilegeProps) {
    this.objects = props.manifests === undefined ? [] : manifestObjects(props.manifests, props.customResources);
    const { pullSecret, rules } = props;
    if (pullSecret !== undefined) this.checkPullSecret(pullSecret);
    const additional = [...recordRights(props), ...pullSecret === undefined ? [] : pullSecretRights(pullSecret), ...DEPLOY_RIGHTS];
    this.rules = [...[...byKind(this.objects).flatMap(objectRights), ...additional].map(({ rule }) => rule), ...rules];
  }

  /**
   * Returns the Role, the Lease and the Secrets of the record.
   *
   * @throws When the manifests contain an object of another namespace.
   */
  public manifestsIn(namespace: string, roleName: string): Manifest[] {
    this.checkNamespaces(namespace);
    const metadata = (name: string) => ({
      name,
      namespace,
      labels: { [OWNER_ID_LABEL]: ownerId(this.props, namespace) },
      annotations: { [IDENTITY_ANNOTATION]: this.identity(), [KEPT_ANNOTATION]: 'true' },
    });
    return [
      { apiVersion: `${RBAC_GROUP}/v1`, kind: 'Role', metadata: { name: roleName, namespace }, rules: this.rules },
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: metadata(releaseName(this.props)) },
      ...recordNames(this.props).map((name) => ({ apiVersion: 'v1', kind: 'Secret', metadata: metadata(name), type: RECORD_TYPE })),
    ];
  }

  private identity(): string {
    const { project, environment, app } = this.props;
    return JSON.stringify({ project, environment, app });
  }

  /** The rights for a pull secret exceed those for the record. `deploy` refuses a pull secret that is in the manifests. */
  private checkPullSecret(name: string): void {
    const same = this.objects.find((object) => object.group === '' && object.resource === 'secrets' && object.name === name);
    const isRecord = recordNames(this.props).includes(name);
    const expected = dns1123Subdomain(name) ?? (same || isRecord ? 'a name that no other Secret has' : undefined);
    if (expected === undefined) return;
    const where = same ? `, the name of the Secret at ${same.at}` : isRecord ? ', the name of a Secret of the record' : '';
    throw userError({ at: 'role', given: `pullSecret is ${show(name)}${where}`, expected, fix: 'set it to the --pull-secret of the deploy job' });
  }

  private checkNamespaces(namespace: string): void {
    const other = this.objects.find((object) => object.namespace !== undefined && object.namespace !== namespace);
    if (!other) return;
    throw userError({
      at: `role: ${other.at}`,
      given: `it is in namespace ${show(other.namespace)}`,
      expected: `objects of namespace ${show(namespace)}`,
      fix: 'pass the manifests of this environment',
    });
  }
}

/**
 * An object of the manifests to deploy.
 */
interface ManifestObject {
  readonly at: string;
  readonly namespace?: string;
  readonly group: string;
  readonly resource: string;
  readonly isCustom: boolean;
  readonly name: string;
}

/**
 * The plurals of custom resources, by `Kind.group`.
 */
interface Plurals {
  readonly [kind: string]: string;
}

/**
 * Lists the objects of rendered manifests, with the items of Lists in place of the Lists.
 *
 * @throws When the deployer of a namespace cannot get the rights for an object.
 */
function manifestObjects(text: string, customResources: Plurals): ManifestObject[] {
  return parseManifest(text, 'manifests')
    .flatMap(({ value, at }) => unfoldList({ at: at(), value }))
    .map(({ at, value }) => manifestObject(at, value, customResources));
}

/**
 * Groups objects by their kinds.
 */
function byKind(objects: readonly ManifestObject[]): NamedObjects[] {
  const groups = new Map<string, ManifestObject[]>();
  for (const object of objects) {
    const key = `${object.resource}.${object.group}`;
    groups.set(key, [...groups.get(key) ?? [], object]);
  }
  return [...groups.values()].flatMap((group) => group.slice(0, 1).map((first) => ({ ...first, names: group.map(({ name }) => name) })));
}

function manifestObject(at: string, { apiVersion, kind, metadata }: JsonObject, customResources: Plurals): ManifestObject {
  const { name, namespace } = isObject(metadata) ? metadata : {};
  const resource = resourceOfObject(at, String(apiVersion), String(kind), customResources);
  const expected = typeof name === 'string' ? nameRuleOf(String(kind))(name) : 'a name';
  if (expected) throw userError({ at, given: `metadata.name is ${show(name)}`, expected, fix: 'name the object, or add the right to rules' });
  return { at, ...resource, name: String(name), namespace: typeof namespace === 'string' ? namespace : undefined };
}

function resourceOfObject(at: string, apiVersion: string, kind: string, custom: Plurals): Pick<ManifestObject, 'group' | 'resource' | 'isCustom'> {
  const name = kindName(apiVersion, kind);
  const known = resourceOf(apiVersion, kind);
  const plural = Object.hasOwn(custom, name) ? custom[name] : undefined;
  if (known?.group === RBAC_GROUP || scopeOf(apiVersion, kind) === 'cluster') {
    const given = `${name} ${known ? 'grants rights' : 'is cluster-scoped'}`;
    throw userError({ at, given, expected: 'an object that a least-privilege deployer may write', fix: 'move it to the manifests that an administrator applies' });
  }
  if (known) return { ...known, isCustom: false };
  const removed = removedApi(apiVersion, kind);
  if (removed) throw userError({ at, ...removed });
  if (plural !== undefined) return { group: parseApiVersion(apiVersion).group, resource: plural, isCustom: true };
  throw userError({
    at,
    given: `${show(name)} is not a kind of Kubernetes ${KINDS_VERSION}, so its resource is not known`,
    expected: 'a known kind',
    fix: `add the plural of its custom resource definition: customResources: { ${show(name)}: … }`,
  });
}
