import { cryptoModule } from '../base/lazy-crypto';

/**
 * Whose release something is, of which names are made.
 */
export interface ReleaseOwner {
  readonly project: string;
  readonly environment: string;
  readonly app: string;
}

const LONGEST_PART = 255;

/**
 * What is expected of each part, or nothing when it passes.
 */
export function releasePart(value: string): string | undefined {
  const isName = value.trim() !== '' && value.length <= LONGEST_PART && !/[\0-\x1f\x7f-\x9f]/.test(value);
  return isName ? undefined : `a name of at most ${LONGEST_PART} characters`;
}

const LONGEST_READABLE = 32;
const HASH = 10;

/**
 * The name of the Secret with the record, and of the Lease. It is valid for any owner; the hash tells apart what the readable part does not.
 */
export function releaseName({ project, environment, app }: ReleaseOwner): string {
  const readable = `${app}-${environment}`.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, LONGEST_READABLE).replace(/^-+|-+$/g, '');
  const hash = sha256(JSON.stringify([project, environment, app])).toString('hex').slice(0, HASH);
  return ['cdk8s-ci-deploy', readable, hash].filter((part) => part !== '').join('-');
}

/**
 * The Secrets for what the record itself has no room for, by number.
 */
export function partName(owner: ReleaseOwner, part: number): string {
  return `${releaseName(owner)}-${part}`;
}

const RELEASE_NAME = new RegExp(`^cdk8s-ci-deploy-(?:[a-z0-9-]+-)?[0-9a-f]{${HASH}}(?:-\\d+)?$`);

/**
 * Whether a Secret or a Lease of this name could belong to a release of any application.
 */
export function isReleaseName(name: string): boolean {
  return RELEASE_NAME.test(name);
}

/**
 * How many of these Secrets come with the access manifests: room for two releases of a megabyte and more, compressed.
 */
export const RECORD_PARTS = 4;

/**
 * The value of the label that all objects of an application have, made as the id of an ApplySet is made of its parent object, here the record.
 *
 * @see https://github.com/kubernetes/enhancements/blob/master/keps/sig-cli/3659-kubectl-apply-prune/README.md
 */
export function ownerId(owner: ReleaseOwner, namespace: string): string {
  return `release-${sha256(`${releaseName(owner)}.${namespace}.Secret.`).toString('base64url')}-v1`;
}

/** The prefix of our labels and annotations, and the end of longer ones. */
const PREFIX = 'cdk8s-ci-deploy';

/**
 * Whether the key of a label or an annotation has one of our prefixes.
 */
export function isOwnKey(key: string): boolean {
  const [prefix] = key.split('/', 1);
  return prefix !== key && (prefix === PREFIX || prefix?.endsWith(`.${PREFIX}`) === true);
}

/**
 * The label of all objects of an application; ApplySets call theirs `applyset.kubernetes.io/part-of`. It stands under another prefix, since what an
 * ApplySet may prune is decided by other rules.
 */
export const OWNER_LABEL = 'cdk8s-ci-deploy/part-of';

/** The label of the record with the same value: `applyset.kubernetes.io/id` of a parent object. */
export const OWNER_ID_LABEL = 'cdk8s-ci-deploy/id';

/** On the record, as on an ApplySet's parent: who writes it, and `Kind.group` of all objects that belong to it. */
export const TOOLING_ANNOTATION = 'cdk8s-ci-deploy/tooling';
export const GROUP_KINDS_ANNOTATION = 'cdk8s-ci-deploy/contains-group-kinds';

/** On the record and the Lease: project, environment and application, as JSON. */
export const IDENTITY_ANNOTATION = 'cdk8s-ci-deploy/release-of';

/** On the Lease: which process holds it. */
export const HOLDER_ANNOTATION = 'cdk8s-ci-deploy/holder-id';

/** On a record and a Lease that came with the access manifests, and on a pull secret that is to stay: they are emptied in place of being deleted. */
export const KEPT_ANNOTATION = 'cdk8s-ci-deploy/kept';

/** Of a label and an annotation of each application that uses a pull secret: this, and the application's id. The annotation says what it has put there. */
export const PULL_SECRET_USER_PREFIX = 'pull-secret.cdk8s-ci-deploy/';

/** The type of the Secrets of a record, which no Secret can be given later. */
export const RECORD_TYPE = 'cdk8s-ci-deploy/release';

function sha256(text: string): Buffer {
  return cryptoModule().createHash('sha256').update(text).digest();
}
