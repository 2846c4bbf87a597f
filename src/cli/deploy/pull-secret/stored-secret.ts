import { DOCKER_CONFIG_KEY, DOCKER_CONFIG_TYPE, dockerConfig, parseDockerConfig } from './docker-config';
import { NO_SECRET, PullSecretUser, SharedSecret } from './shared-docker-config';
import { isObject, Json, JsonObject } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { show } from '../../../base/user-error';
import { KEPT_ANNOTATION, OWNER_LABEL, PULL_SECRET_USER_PREFIX } from '../../../release/release-names';
import { ABSENT_VERSION } from '../../cluster/find';
import { ownerInWords } from '../objects/owner';

/**
 * A pull secret as it was read.
 */
export interface StoredSecret extends SharedSecret {
  /** Missing when there is none. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** Whether an administrator has made it to stay. */
  readonly isKept?: boolean;
}

/** What a Secret is that is no pull secret of ours to share. */
export interface Unusable {
  readonly given: string;
  readonly fix: string;
}

/**
 * Reads what the cluster has.
 */
export function storedSecret(live: JsonObject | undefined): StoredSecret | Unusable {
  if (!live) return NO_SECRET;
  const metadata = mapOf(live.metadata);
  if (live.type !== DOCKER_CONFIG_TYPE) return { given: `its type is ${show(live.type)}, not ${DOCKER_CONFIG_TYPE}`, fix: 'choose another name' };
  if (mapOf(metadata.labels)[OWNER_LABEL] !== undefined) {
    return { given: `it is among the manifests of ${ownerInWords(live)}`, fix: 'choose another name, or take it out of the manifests' };
  }
  const keeper = controllerOf(metadata);
  if (keeper) return { given: `it is kept by ${printableText(keeper)}, which would take the credentials out again`, fix: 'choose another name' };
  if (metadata.deletionTimestamp !== undefined) return { given: 'it is being deleted', fix: 'run this again when it is gone' };
  if (live.immutable === true) return { given: 'it is immutable', fix: 'choose another name, or delete it' };
  const auths = parseDockerConfig(String(mapOf(live.data)[DOCKER_CONFIG_KEY] ?? ''));
  const users = usersOf(mapOf(metadata.annotations));
  if (!auths || !users) return { given: `its ${auths ? 'annotations' : 'value'} cannot be read`, fix: 'repair or delete it' };
  const isKept = KEPT_ANNOTATION in mapOf(metadata.annotations);
  return { auths, users, uid: String(metadata.uid), resourceVersion: String(metadata.resourceVersion), isKept };
}

/**
 * The object of a Secret that does not exist yet. When somebody makes one of this name in between, its resourceVersion is another one.
 */
export function newSecret(name: string, secret: SharedSecret): JsonObject {
  const { labels, annotations } = marks(secret.users);
  const data = { [DOCKER_CONFIG_KEY]: dockerConfig(secret.auths) };
  const metadata = { name, labels, annotations, resourceVersion: ABSENT_VERSION };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: DOCKER_CONFIG_TYPE, data };
}

/**
 * The merge patch that makes one of what was read, and is refused when somebody has changed it in between.
 */
export function patchOf(before: StoredSecret, after: SharedSecret): JsonObject {
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

/** What writes it from somewhere else, such as an ExternalSecret. */
function controllerOf({ ownerReferences }: JsonObject): string | undefined {
  const references = Array.isArray(ownerReferences) ? ownerReferences.filter(isObject) : [];
  const controller = references.find((reference) => reference.controller === true);
  return controller && `${String(controller.kind)} ${String(controller.name)}`;
}

function marks(users: SharedSecret['users']): { labels: JsonObject; annotations: JsonObject } {
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
