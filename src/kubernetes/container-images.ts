import { isObject, Json, JsonObject } from '../base/json';
import { userError, show } from '../base/user-error';

/**
 * A container of a workload, an init container or an ephemeral container.
 */
export interface Container {
  readonly name: string;
  /** Missing when the field is missing or is not a text. */
  readonly image?: string;
}

/**
 * Chooses the image of a container. Returns `undefined` to keep the image.
 */
export type ChooseImage = (container: Container) => string | undefined;

/**
 * A container whose image was set.
 */
export interface ReplacedImage {
  readonly container: Container;
  readonly image: string;
  /** The container in the original object. */
  readonly source: JsonObject;
}

/**
 * An object with its images set.
 */
export interface ObjectWithImages {
  readonly object: JsonObject;
  readonly replaced: ReplacedImage[];
}

const CONTAINER_LISTS = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** Fields that contain no containers to run: metadata, status, and the content of ConfigMaps and Secrets. */
const OPAQUE_FIELDS = new Set(['metadata', 'status', 'data', 'stringData']);

/**
 * Finds all containers of an object of any kind, custom resources and Lists included. A container is a named item of a list called
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
 * Copies an object and sets the images of its containers. `choose` is called once for each container.
 */
export function setImages(object: JsonObject, choose: ChooseImage): ObjectWithImages {
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
    if (OPAQUE_FIELDS.has(key)) return JSON.parse(JSON.stringify(value));
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
 * The error for a manifest without the container that the user asked for.
 *
 * @param at The file or construct.
 * @param wanted The property of the container, as a noun phrase: `the image "IMAGE"`.
 * @param containers All containers of the manifest.
 */
export function noContainer(at: string, wanted: string, containers: Container[]): Error {
  const found = containers.map(({ name, image }) => `${show(name)} with ${image === undefined ? 'no image' : show(image)}`);
  return userError({
    at,
    given: found.length > 0 ? `the containers ${found.join(', ')}` : 'no containers',
    expected: `a container with ${wanted}`,
    fix: found.length > 0 ? 'change the manifest, or choose one of these containers' : 'add a container to the manifest',
  });
}
