import { textAt } from './fields';
import { isObject, Json, JsonObject } from '../../../base/json';
import { secrets } from '../../../base/secrets';
import { containersOf } from '../../../kubernetes/container-images';
import { kindName } from '../../../kubernetes/kinds';

/**
 * A Secret with all of its values in `data`.
 *
 * The server would copy `stringData` into `data`, but the field manager would not own the copied keys. A key that a later manifest omits would stay.
 */
export function withData(secret: JsonObject): JsonObject {
  const { stringData, ...rest } = secret;
  if (!isObject(stringData) || !Object.values(stringData).every((value) => typeof value === 'string')) return secret;
  const encoded = Object.fromEntries(Object.entries(stringData).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]));
  return { ...rest, data: { ...isObject(rest.data) ? rest.data : {}, ...encoded } };
}

/**
 * Whether a manifest is a Secret of Kubernetes.
 */
export function isSecret({ apiVersion, kind }: JsonObject): boolean {
  return kind === 'Secret' && kindName(String(apiVersion), kind) === 'Secret';
}

/**
 * Adds the values of all Secrets in a release to the secrets of this process, so that no output shows them.
 * The names of objects, containers and images stay public.
 *
 * @param objects The objects of the release, checked or not.
 * @param publicWords The names of the application, its environment and its namespace.
 */
export function rememberSecretValues(objects: readonly JsonObject[], publicWords: readonly string[]): void {
  const names = objects.map(({ metadata }) => textAt(metadata, 'name'));
  const images = objects.flatMap(containersOf).flatMap(({ name, image }) => [name, image ?? '']);
  const values = objects.filter(isSecret).flatMap(({ data, stringData }) => [...encodedValues(data), ...valuesIn(stringData)]);
  secrets.publish(...publicWords, ...names, ...images);
  secrets.add(...values);
}

/** As they are, and decoded. */
function encodedValues(data: Json | undefined): string[] {
  return valuesIn(data).flatMap((value) => {
    const decoded = Buffer.from(value, 'base64').toString();
    // What is no text shows in base64 only.
    return decoded.includes('\ufffd') ? [value] : [value, decoded];
  });
}

/** Also numbers and lists, which the API server refuses and quotes. */
function valuesIn(value: Json | undefined): string[] {
  if (value === undefined || value === null) return [];
  return typeof value === 'object' ? Object.values(value).flatMap(valuesIn) : [String(value)];
}
