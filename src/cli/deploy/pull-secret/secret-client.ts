import { EMPTY_CONFIG, isSame, isUnused, PullSecretUser, SharedDockerConfig } from './shared-docker-config';
import { isObject, Json, JsonObject } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { show } from '../../../base/user-error';
import { KEPT_ANNOTATION, OWNER_LABEL, PULL_SECRET_USER_PREFIX } from '../../../release/release-names';
import { ExitCode, Failure } from '../../base/failure';
import { ABSENT_VERSION } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { objectPath } from '../../cluster/paths';
import { ApiError } from '../../cluster/status';
import { mapOf } from '../objects/fields';
import { explain, ObjectProblem } from '../objects/object-problems';
import { ownerInWords } from '../objects/owner';

const OPTION = '--pull-secret';

/**
 * The pull secret cannot be used. It was not changed.
 */
export class PullSecretRejected extends Failure {
  public override readonly name: string = 'PullSecretRejected';

  /** The reason as a problem of an object of the release. */
  public readonly problem: ObjectProblem;

  public constructor(secret: string, { given, fix }: Unusable, isAccess = false) {
    super(`${printableText(`${OPTION}: Secret ${secret}: ${given}`)}; ${fix}`, isAccess ? ExitCode.REFUSED : ExitCode.NO);
    this.problem = { object: { at: OPTION, kind: 'Secret', name: secret }, given, fix, isAccess };
  }
}

/**
 * The Secret itself is no pull secret to share, whatever the API server allows.
 */
export class PullSecretUnusable extends PullSecretRejected {
  public override readonly name = 'PullSecretUnusable';
}

export interface SecretClientOptions {
  readonly namespace: string;
  readonly name: string;
  /** The field manager that creates the Secret. */
  readonly fieldManager: string;
}

export interface SecretChange {
  readonly before: StoredSecret;
  readonly after: SharedDockerConfig;
  readonly isDeleted: boolean;
}

/** Attempts to change the Secret when other jobs change it at the same time. */
const ATTEMPTS = 5;

/**
 * Reads and changes one Secret that several applications share. Each change carries the resourceVersion that was read, and is repeated when another
 * job was faster.
 *
 * Its methods throw `PullSecretRejected` when the Secret cannot be shared, or the server refuses.
 */
export class SecretClient {
  private readonly path: string;

  public constructor(private readonly cluster: KubernetesClient, private readonly options: SecretClientOptions) {
    const { namespace, name } = options;
    this.path = objectPath({ group: '', version: 'v1', resource: 'secrets', namespace, name });
  }

  /**
   * @param to The new content. It may throw `PullSecretRejected`.
   */
  public async change(to: (before: StoredSecret) => SharedDockerConfig, dryRun: boolean): Promise<SecretChange> {
    for (let attempt = 1; ; attempt++) {
      const before = await this.read();
      const after = to(before);
      try {
        return { before, after, isDeleted: await this.store(before, after, dryRun) };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (![404, 409].includes(error.code) || attempt >= ATTEMPTS) throw this.rejectedBy(error);
      }
    }
  }

  private async read(): Promise<StoredSecret> {
    const stored = storedSecret(await this.live());
    if ('given' in stored) throw new PullSecretUnusable(this.options.name, stored);
    return stored;
  }

  private async live(): Promise<JsonObject | undefined> {
    try {
      return await this.cluster.get(this.path);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 404) return undefined;
      throw this.rejectedBy(error);
    }
  }

  /** Resolves to whether the Secret was deleted. */
  private async store(before: StoredSecret, after: SharedDockerConfig, dryRun: boolean): Promise<boolean> {
    if (isSame(before, after)) return false;
    if (before.uid === undefined) {
      // An apply names the Secret in its path, so the right to create it can be for this name only. Two jobs that create it are two managers.
      await this.cluster.apply(this.path, newSecret(this.options.name, after), { dryRun, fieldManager: this.options.fieldManager });
      return false;
    }
    if (isUnused(after) && !before.isKept && await this.delete(before, dryRun)) return true;
    await this.cluster.merge(this.path, patchOf(before, after), { dryRun });
    return false;
  }

  /** Resolves to false when the credential may not delete the Secret: an administrator created it. */
  private async delete({ uid, resourceVersion }: StoredSecret, dryRun: boolean): Promise<boolean> {
    try {
      await this.cluster.delete(this.path, { uid, resourceVersion, dryRun });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 403) return false;
      throw error;
    }
  }

  private rejectedBy(error: ApiError): PullSecretRejected {
    const { name } = this.options;
    const { given, fix, isAccess } = explain({ at: OPTION, apiVersion: 'v1', kind: 'Secret', name, value: {} }, error);
    const isForbidden = isAccess && error.code === 403;
    const grant = 'let an administrator grant this right (`pullSecret` of DeployerRole.leastPrivilege), or create the Secret yourself and leave the option out';
    return new PullSecretRejected(name, { given, fix: isForbidden ? grant : fix }, isAccess);
  }
}

/**
 * A pull secret as it was read.
 */
export interface StoredSecret extends SharedDockerConfig {
  /** Missing when there is no Secret. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** Whether an administrator created the Secret to stay. */
  readonly isKept?: boolean;
}

/** The reason why a Secret cannot be shared. */
export interface Unusable {
  readonly given: string;
  readonly fix: string;
}

const DOCKER_CONFIG_TYPE = 'kubernetes.io/dockerconfigjson';

/** The data key of a Secret of this type. */
const DOCKER_CONFIG_KEY = '.dockerconfigjson';

/**
 * Reads the content of a pull secret from the live Secret.
 */
export function storedSecret(live: JsonObject | undefined): StoredSecret | Unusable {
  if (!live) return EMPTY_CONFIG;
  const metadata = mapOf(live.metadata);
  if (live.type !== DOCKER_CONFIG_TYPE) return { given: `its type is ${show(live.type)}, not ${DOCKER_CONFIG_TYPE}`, fix: 'choose another name' };
  if (mapOf(metadata.labels)[OWNER_LABEL] !== undefined) {
    return { given: `it is among the manifests of ${ownerInWords(live)}`, fix: 'choose another name, or take it out of the manifests' };
  }
  const controller = controllerOf(metadata);
  if (controller) return { given: `it is controlled by ${printableText(controller)}, which would remove the credentials again`, fix: 'choose another name' };
  if (metadata.deletionTimestamp !== undefined) return { given: 'it is being deleted', fix: 'run this job again when it is gone' };
  if (live.immutable === true) return { given: 'it is immutable', fix: 'choose another name, or delete it' };
  const auths = parseDockerConfig(String(mapOf(live.data)[DOCKER_CONFIG_KEY] ?? ''));
  const users = usersOf(mapOf(metadata.annotations));
  if (!auths || !users) return { given: `its ${auths ? 'annotations' : 'value'} cannot be read`, fix: 'repair or delete it' };
  const isKept = KEPT_ANNOTATION in mapOf(metadata.annotations);
  return { auths, users, uid: String(metadata.uid), resourceVersion: String(metadata.resourceVersion), isKept };
}

/**
 * The manifest of a new Secret. Its resourceVersion makes the server refuse it when somebody created the Secret in between.
 */
export function newSecret(name: string, secret: SharedDockerConfig): JsonObject {
  const { labels, annotations } = marks(secret.users);
  const data = { [DOCKER_CONFIG_KEY]: dockerConfig(secret.auths) };
  const metadata = { name, labels, annotations, resourceVersion: ABSENT_VERSION };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: DOCKER_CONFIG_TYPE, data };
}

/**
 * The merge patch from the content that was read to the new one. The server refuses it when somebody changed the Secret in between.
 */
export function patchOf(before: StoredSecret, after: SharedDockerConfig): JsonObject {
  const gone = [...before.users.keys()].filter((id) => !after.users.has(id)).map((id): [string, null] => [`${PULL_SECRET_USER_PREFIX}${id}`, null]);
  const { labels, annotations } = marks(after.users);
  return {
    metadata: {
      uid: before.uid ?? '',
      resourceVersion: before.resourceVersion ?? '',
      labels: { ...labels, ...Object.fromEntries(gone) },
      annotations: { ...annotations, ...Object.fromEntries(gone) },
    },
    data: { [DOCKER_CONFIG_KEY]: dockerConfig(after.auths) },
  };
}

/** The controller that writes the Secret, such as an ExternalSecret. */
function controllerOf({ ownerReferences }: JsonObject): string | undefined {
  const references = Array.isArray(ownerReferences) ? ownerReferences.filter(isObject) : [];
  const controller = references.find((reference) => reference.controller === true);
  return controller && `${String(controller.kind)} ${String(controller.name)}`;
}

/** The auths in the value of a Secret. Nothing when the value is invalid. */
export function parseDockerConfig(base64: string): JsonObject | undefined {
  try {
    const config = JSON.parse(Buffer.from(base64, 'base64').toString()) as Json;
    const auths = isObject(config) ? config.auths ?? {} : undefined;
    return isObject(auths) ? auths : undefined;
  } catch {
    return undefined;
  }
}

function dockerConfig(auths: JsonObject): string {
  return Buffer.from(JSON.stringify({ auths })).toString('base64');
}

function marks(users: SharedDockerConfig['users']): { labels: JsonObject; annotations: JsonObject } {
  const keys = [...users.keys()].map((id) => `${PULL_SECRET_USER_PREFIX}${id}`);
  const texts = [...users.values()].map(userText);
  return { labels: Object.fromEntries(keys.map((key) => [key, ''])), annotations: Object.fromEntries(keys.map((key, index) => [key, texts[index] ?? ''])) };
}

function userText({ identity: { project, environment, app }, registries }: PullSecretUser): string {
  return JSON.stringify({ project, environment, app, registries });
}

function usersOf(annotations: JsonObject): Map<string, PullSecretUser> | undefined {
  const users = new Map<string, PullSecretUser>();
  for (const [key, text] of Object.entries(annotations)) {
    if (!key.startsWith(PULL_SECRET_USER_PREFIX)) continue;
    const user = userOf(String(text));
    if (!user) return undefined;
    users.set(key.slice(PULL_SECRET_USER_PREFIX.length), user);
  }
  return users;
}

function userOf(text: string): PullSecretUser | undefined {
  try {
    const { project, environment, app, registries } = mapOf(JSON.parse(text) as Json);
    if (![project, environment, app].every((part) => typeof part === 'string') || !Array.isArray(registries)) return undefined;
    return { identity: { project: String(project), environment: String(environment), app: String(app) }, registries: registries.map(String) };
  } catch {
    return undefined;
  }
}
