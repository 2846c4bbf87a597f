import type { ReleaseObject } from './release';
import { isObject, JsonObject } from '../../../base/json';
import type { CiVariables } from '../../../gitlab/ci-variables';

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

const SECRET_VARIABLES = ['CI_JOB_TOKEN', 'CI_REGISTRY_PASSWORD', 'CI_DEPLOY_PASSWORD', 'CI_REPOSITORY_URL', 'GITLAB_TOKEN'];

/** Characters. Shorter values would mask ordinary text. */
const SHORTEST_MASKED = 6;

/**
 * A function that masks secrets in texts from the cluster: the job's variables, the values of the release's Secrets, and `more`.
 */
export function secretMask(
  objects: readonly ReleaseObject[], variables: CiVariables, ...more: ReadonlyArray<string | undefined>
): (text: string) => string {
  const values = objects.filter(({ kind }) => kind === 'Secret').flatMap(({ value: { data } }) => Object.values(isObject(data) ? data : {}));
  const plain = values.map((value) => Buffer.from(String(value), 'base64').toString());
  const secrets = [...more.map((secret) => secret ?? ''), ...SECRET_VARIABLES.map((name) => variables[name] ?? ''), ...values.map(String), ...plain]
    .flatMap((secret) => [secret, ...secret.split('\n')])
    .filter((secret) => secret.trim().length >= SHORTEST_MASKED);
  const longestFirst = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, '[MASKED]'), text);
}
