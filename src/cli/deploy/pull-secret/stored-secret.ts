import { EMPTY_CONFIG, PullSecretUser, SharedDockerConfig } from './shared-docker-config';
import { isObject, Json, JsonObject } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { show } from '../../../base/user-error';
import { KEPT_ANNOTATION, OWNER_LABEL, PULL_SECRET_USER_PREFIX } from '../../../release/release-names';
import { ABSENT_VERSION } from '../../cluster/find';
import { ownerInWords } from '../objects/owner';

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

function mapOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
