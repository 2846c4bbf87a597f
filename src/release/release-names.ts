import { cryptoModule } from '../base/lazy-modules';

/**
 * The identity of a release. The names of its Secrets and its Lease are computed from it.
 */
export interface ReleaseOwner {
  readonly project: string;
  readonly environment: string;
  readonly app: string;
}

const LONGEST_PART = 255;

/**
 * The rule for each part of the identity. Returns a description of valid values, or `undefined` for a valid value.
 */
export function releasePart(value: string): string | undefined {
  const isName = value.trim() !== '' && value.length <= LONGEST_PART && !/[\0-\x1f\x7f-\x9f]/.test(value);
  return isName ? undefined : `a name of at most ${LONGEST_PART} characters`;
}

const LONGEST_READABLE = 32;
const HASH = 10;

/**
 * The name of the Secret with the record, and of the Lease. It is a valid name for every identity. The hash distinguishes identities
 * with the same readable part.
 */
export function releaseName({ project, environment, app }: ReleaseOwner): string {
  const readable = `${app}-${environment}`.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, LONGEST_READABLE).replace(/^-+|-+$/g, '');
  const hash = sha256(JSON.stringify([project, environment, app])).toString('hex').slice(0, HASH);
  return ['cdk8s-ci-deploy', readable, hash].filter((part) => part !== '').join('-');
}

/**
 * The name of an additional Secret for a record that is too large for one Secret.
 *
 * @param part The number of the Secret, from 1.
 */
export function partName(owner: ReleaseOwner, part: number): string {
  return `${releaseName(owner)}-${part}`;
}

const RELEASE_NAME = new RegExp(`^cdk8s-ci-deploy-(?:[a-z0-9-]+-)?[0-9a-f]{${HASH}}(?:-\\d+)?$`);

/**
 * Whether a Secret or a Lease with this name can belong to a release of some application.
 */
export function isReleaseName(name: string): boolean {
  return RELEASE_NAME.test(name);
}

/**
 * The number of additional Secrets in the access manifests. They have room for two releases of more than a megabyte each, compressed.
 */
export const RECORD_PARTS = 4;

/**
 * The value of the label of all objects of an application. It is computed like the id of an ApplySet whose parent object is the record.
 *
 * @see https://github.com/kubernetes/enhancements/blob/master/keps/sig-cli/3659-kubectl-apply-prune/README.md
 */
export function ownerId(owner: ReleaseOwner, namespace: string): string {
  return `release-${sha256(`${releaseName(owner)}.${namespace}.Secret.`).toString('base64url')}-v1`;
}

/** The prefix of our labels and annotations. Some have a longer prefix that ends with it. */
const PREFIX = 'cdk8s-ci-deploy';

/**
 * Whether the key of a label or an annotation is ours.
 */
export function isOwnKey(key: string): boolean {
  const [prefix] = key.split('/', 1);
  return prefix !== key && (prefix === PREFIX || prefix?.endsWith(`.${PREFIX}`) === true);
}

/**
 * The label of all objects of an application, like `applyset.kubernetes.io/part-of` of an ApplySet. It has another prefix, because `deploy` prunes
 * by other rules than ApplySets.
 */
export const OWNER_LABEL = 'cdk8s-ci-deploy/part-of';

/** The label of the record with the same value, like `applyset.kubernetes.io/id` of a parent object. */
export const OWNER_ID_LABEL = 'cdk8s-ci-deploy/id';

/** On the record, as on an ApplySet's parent: the tool that writes it, and `Kind.group` of all its objects. */
export const TOOLING_ANNOTATION = 'cdk8s-ci-deploy/tooling';
export const GROUP_KINDS_ANNOTATION = 'cdk8s-ci-deploy/contains-group-kinds';

/** On the record and the Lease: project, environment and application, as JSON. */
export const IDENTITY_ANNOTATION = 'cdk8s-ci-deploy/release-of';

/** On the Lease: the process that holds it. */
export const HOLDER_ANNOTATION = 'cdk8s-ci-deploy/holder-id';

/** On the record and the Lease of access manifests, and on a pull secret to keep: `destroy` empties them and does not delete them. */
export const KEPT_ANNOTATION = 'cdk8s-ci-deploy/kept';

/**
 * Users write it on an object of a release: `"true"` keeps the object when it leaves the release, when the release fails, and when the application is
 * destroyed.
 */
export const DO_NOT_DELETE_ANNOTATION = 'cdk8s-ci-deploy/do-not-delete';

/** The prefix of a label and an annotation of a pull secret, for each application that uses it. The application's id follows. */
export const PULL_SECRET_USER_PREFIX = 'pull-secret.cdk8s-ci-deploy/';

/** The type of the record's Secrets. The type of a Secret cannot change. */
export const RECORD_TYPE = 'cdk8s-ci-deploy/release';

/**
 * The field manager of objects that belong to no release, such as access manifests and records. Objects of a release have the field manager
 * of their application. Releases of record format 1 used this one, and objects that their application gives up get it again.
 */
export const FIELD_MANAGER = 'cdk8s-ci-deploy';

/**
 * Annotations that CiDeployment writes on the Deployment; it writes `configHash` on the pods.
 */
export const WORKLOAD_ANNOTATIONS = {
  commit: 'cdk8s-ci-deploy/commit',
  imageSource: 'cdk8s-ci-deploy/image-source',
  configHash: 'cdk8s-ci-deploy/config-hash',
} as const;

/**
 * Annotations of the RoleBinding of a deployer with id_tokens. The commands read them from the manifests.
 */
export const OIDC_ANNOTATIONS = {
  issuer: 'cdk8s-ci-deploy/oidc-issuer',
  audience: 'cdk8s-ci-deploy/oidc-audience',
  projectId: 'cdk8s-ci-deploy/oidc-project-id',
  usernamePrefix: 'cdk8s-ci-deploy/oidc-username-prefix',
  environment: 'cdk8s-ci-deploy/oidc-environment',
} as const;

/** The name of a Job has at most 63 characters. The suffix takes 10, with room to spare. */
const LONGEST_STEM = 50;

/**
 * The name for the dry run of a Job that will replace an existing Job of the same name.
 */
export function replacingName(name: string): string {
  return `${name.slice(0, LONGEST_STEM).replace(/[^a-z0-9]+$/, '')}-replacing`;
}

function sha256(text: string): Buffer {
  return cryptoModule().createHash('sha256').update(text).digest();
}
