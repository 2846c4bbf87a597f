import { kindName, scopeOf, typedItem } from './kinds';
import { pathsOfTexts } from './text-fields';
import { isObject, Json, JsonObject } from '../base/json';
import { printable } from '../base/printable';
import { userError, show } from '../base/user-error';

/**
 * A container of a workload, an init container, an ephemeral container, or a volume with the content of an image.
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#image
 */
export interface Container {
  readonly name: string;
  /** Missing when the field is missing or is not a text. */
  readonly image?: string;
  readonly isVolume?: boolean;
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
  /** The object with the field, in the original object. */
  readonly source: JsonObject;
  readonly field: 'image' | 'reference';
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
 * `containers`, `initContainers` or `ephemeralContainers`. A volume with an image is a named item of `volumes` with the field `image.reference`.
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
 * Describes a container in messages: `container "web"`, or `volume "model"`.
 */
export function containerText({ name, isVolume }: Container): string {
  return `${isVolume ? 'volume' : 'container'} ${show(name)}`;
}

/**
 * Copies an object and sets the images of its containers. `choose` is called once for each container.
 */
export function setImages(object: JsonObject, choose: ChooseImage): ObjectWithImages {
  const replaced: ReplacedImage[] = [];
  const withImage = (copy: JsonObject, container: Container, source: JsonObject, field: ReplacedImage['field']): JsonObject => {
    const image = choose(container);
    if (image === undefined) return copy;
    replaced.push({ container, image, source, field });
    return { ...copy, [field]: image };
  };
  const inContainer = (value: Json): Json => {
    const copy = within(value);
    if (!isObject(value) || !isObject(copy) || typeof value.name !== 'string') return copy;
    return withImage(copy, { name: value.name, ...(typeof value.image === 'string' ? { image: value.image } : {}) }, value, 'image');
  };
  const inVolume = (value: Json): Json => {
    const copy = within(value);
    if (!isObject(value) || !isObject(copy) || typeof value.name !== 'string' || !isObject(value.image) || !isObject(copy.image)) return copy;
    const { reference } = value.image;
    if (typeof reference !== 'string') return copy;
    return { ...copy, image: withImage(copy.image, { name: value.name, image: reference, isVolume: true }, value.image, 'reference') };
  };
  const field = (key: string, value: Json): Json => {
    if (OPAQUE_FIELDS.has(key)) return JSON.parse(JSON.stringify(value));
    if (key === 'volumes' && Array.isArray(value)) return value.map(inVolume);
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
 * Checks that no placeholder is left in a kind whose image fields are not known. There, only the images of containers and volumes are set.
 *
 * @param at The file or construct.
 * @param object The object with its images set.
 * @param placeholder The text that stands for an image.
 * @throws When a field has the placeholder and is not a name, an argument, an environment variable or metadata. All such fields are named.
 */
export function checkNoPlaceholder(at: string, object: JsonObject, placeholder: string): void {
  if (Array.isArray(object.items)) {
    object.items.forEach((item, index) => isObject(item) && checkNoPlaceholder(`${at}: items[${index}]`, typedItem(object, item), placeholder));
    return;
  }
  const [apiVersion, kind] = [String(object.apiVersion), String(object.kind)];
  if (scopeOf(apiVersion, kind) !== 'unknown') return;
  const { object: others } = setImages(object, () => '');
  const fields = pathsOfTexts(others, (text, path) => text === placeholder && mayBeImage(path));
  if (fields.length === 0) return;
  throw userError({
    at,
    given: `${fields.join(' and ')} of ${printable(kindName(apiVersion, kind))} ${fields.length > 1 ? 'have' : 'has'} the placeholder ${show(placeholder)}`,
    expected: 'an image, since only the images of containers and volumes are set',
    fix: `set the image there in another way, or choose another placeholder if ${show(placeholder)} is no image there`,
  });
}

const NO_IMAGES = new Set([...OPAQUE_FIELDS, 'annotations', 'args', 'command', 'env', 'labels', 'name']);

function mayBeImage(path: ReadonlyArray<string | number>): boolean {
  const keys = path.filter((key) => typeof key === 'string');
  // A type, such as "sourceType: IMAGE", is one of a few words.
  if (keys.some((key) => OPAQUE_FIELDS.has(key)) || /(?:type|kind|mode)$/i.test(keys.at(-1) ?? '')) return false;
  return keys.some((key) => /image/i.test(key)) || !keys.some((key) => NO_IMAGES.has(key));
}

/**
 * The error for a manifest without the container that the user asked for.
 *
 * @param at The file or construct.
 * @param wanted The property of the container, as a noun phrase: `the image "IMAGE"`.
 * @param containers All containers of the manifest.
 */
export function noContainer(at: string, wanted: string, containers: Container[]): Error {
  const found = containers.map(({ name, image, isVolume }) => `${isVolume ? 'volume ' : ''}${show(name)} with ${image === undefined ? 'no image' : show(image)}`);
  return userError({
    at,
    given: found.length > 0 ? `the containers ${found.join(', ')}` : 'no containers',
    expected: `a container with ${wanted}`,
    fix: found.length > 0 ? 'change the manifest, or choose one of these containers' : 'add a container to the manifest',
  });
}
