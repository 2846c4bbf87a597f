import type { ReleaseObject } from './release';
import { isObject } from '../../../base/json';
import type { CiVariables } from '../../../gitlab/ci-variables';

const SECRET_VARIABLES = ['CI_JOB_TOKEN', 'CI_REGISTRY_PASSWORD', 'CI_DEPLOY_PASSWORD', 'CI_REPOSITORY_URL', 'GITLAB_TOKEN'];

/** What is shorter stands in too many other words. */
const SHORTEST = 6;

/**
 * Hides the secrets that the job knows in texts of the cluster: its own, the values of the Secrets that it deploys, and more.
 */
export function secretMask(
  objects: readonly ReleaseObject[], variables: CiVariables, ...more: ReadonlyArray<string | undefined>
): (text: string) => string {
  const values = objects.filter(({ kind }) => kind === 'Secret').flatMap(({ value: { data } }) => Object.values(isObject(data) ? data : {}));
  const plain = values.map((value) => Buffer.from(String(value), 'base64').toString());
  const secrets = [...more.map((secret) => secret ?? ''), ...SECRET_VARIABLES.map((name) => variables[name] ?? ''), ...values.map(String), ...plain]
    .flatMap((secret) => [secret, ...secret.split('\n')])
    .filter((secret) => secret.trim().length >= SHORTEST);
  const longestFirst = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, '[MASKED]'), text);
}
