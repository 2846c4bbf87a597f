import { isObject, JsonObject } from '../../../base/json';

/**
 * A Secret with all of its values in `data`. The server does the same with `stringData`, but then does not know whose a value is,
 * so a key that is left out later would stay.
 */
export function withData(secret: JsonObject): JsonObject {
  const { stringData, ...rest } = secret;
  if (!isObject(stringData) || !Object.values(stringData).every((value) => typeof value === 'string')) return secret;
  const encoded = Object.fromEntries(Object.entries(stringData).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]));
  return { ...rest, data: { ...isObject(rest.data) ? rest.data : {}, ...encoded } };
}
