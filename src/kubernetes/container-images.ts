import { isObject, Json, JsonObject } from '../base/json';
import { userError, show } from '../base/user-error';

/**
 * A container of a workload.
 */
export interface Container {
  readonly name: string;
  /** Nothing when the field is missing, or is not text. */
  readonly image?: string;
}

/**
 * The image that a container gets, or nothing to leave it alone.
 */
export type ChooseImage = (container: Container) => string | undefined;

/**
 * A container that got an image.
 */
export interface ReplacedImage {
  readonly container: Container;
  readonly image: string;
  /** The container in the object that was given. */
  readonly source: JsonObject;
}

/**
 * An object with its images set.
 */
export interface WithImages {
  readonly object: JsonObject;
  readonly replaced: ReplacedImage[];
}

const CONTAINER_LISTS = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** Parts of an object that describe it, or are what a user stored, but run nothing. */
const NEVER_BELOW = new Set(['metadata', 'status', 'data', 'stringData']);

/**
 * All containers of an object of any kind, custom ones and Lists included: the items with a name of lists called
 * `containers`, `initContainers` or `ephemeralContainers`.
 */
export function containersOf(object: JsonObject): Container[] {
  const found: Container[] = [];
  setImages(object, (container) => {
    found.push(container);
    return undefined;
  });
  return found;
}

/**
 * A copy of an object in which containers have the images that were chosen. The choice is asked for once for each container.
 */
export function setImages(object: JsonObject, choose: ChooseImage): WithImages {
  const replaced: ReplacedImage[] = [];
  const inContainer = (value: Json): Json => {
    const copy = within(value);
    if (!isObject(value) || !isObject(copy) || typeof value.name !== 'string') return copy;
    const container = { name: value.name, ...(typeof value.image === 'string' ? { image: value.image } : {}) };
    const image = choose(container);
    if (image === undefined) return copy;
    replaced.push({ container, image, source: value });
    return { ...copy, image };
  };
  const field = (key: string, value: Json): Json => {
    if (NEVER_BELOW.has(key)) return JSON.parse(JSON.stringify(value));
    return CONTAINER_LISTS.has(key) && Array.isArray(value) ? value.map(inContainer) : within(value);
  };
  const within = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(within);
    return isObject(value) ? fieldsOf(value) : value;
  };
  const fieldsOf = (value: JsonObject): JsonObject => Object.fromEntries(Object.entries(value).map(([key, item]) => [key, field(key, item)]));
  return { object: fieldsOf(object), replaced };
}

/**
 * The refusal of a manifest that has no container to set.
 *
 * @param at The file or construct.
 * @param wanted What was looked for, as a noun phrase: `the image "IMAGE"`.
 * @param containers All containers of the manifest.
 */
export function noContainer(at: string, wanted: string, containers: Container[]): Error {
  const found = containers.map(({ name, image }) => `${show(name)} with ${image === undefined ? 'no image' : show(image)}`);
  return userError({
    at,
    given: found.length > 0 ? `the containers ${found.join(', ')}` : 'no containers',
    expected: `a container with ${wanted}`,
    fix: 'write that where the image belongs, or name what the manifest has',
  });
}
