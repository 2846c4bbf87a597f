import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A CI/CD variable, in the words of GitLab's API.
 */
export interface CiVariable {
  readonly key: string;
  readonly value: string;
  /** A job gets the name of a file with the value. */
  readonly variableType?: 'env_var' | 'file';
  readonly environmentScope?: string;
}

/** Those of a pipeline on a push to the protected default branch, by number. */
export interface PipelineVariables {
  /** `HOST:PORT` of the container registry. */
  readonly registry: string;
  readonly password: string;
  /** CI_PIPELINE_IID. */
  readonly iid: number;
}

export const PROJECT_URL = 'https://gitlab.example.com/group/site';

/**
 * The predefined variables that gitlab-ci-local leaves out, or sets to something else than GitLab would.
 *
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function predefinedVariables({ registry, password, iid }: PipelineVariables): CiVariable[] {
  return Object.entries({
    GITLAB_CI: 'true',
    CI_SERVER_URL: 'https://gitlab.example.com',
    CI_PROJECT_ID: '42',
    CI_DEFAULT_BRANCH: 'main',
    CI_COMMIT_REF_PROTECTED: 'true',
    CI_PIPELINE_ID: `${4700 + iid}`,
    CI_PIPELINE_IID: `${iid}`,
    CI_REGISTRY: registry,
    CI_REGISTRY_IMAGE: `${registry}/group/site`,
    CI_REGISTRY_USER: 'gitlab-ci-token',
    CI_REGISTRY_PASSWORD: password,
    CI_JOB_TOKEN: password,
  }).map(([key, value]) => ({ key, value }));
}

/**
 * Writes them where gitlab-ci-local finds them, in `variables.yml` of its home.
 *
 * File variables become files that only the owner can read, and plain variables with their names: what gitlab-ci-local makes of them
 * lies under /tmp for all to read, some of it for ever.
 */
export function writeVariables(home: string, variables: readonly CiVariable[]): void {
  const state = join(home, '.gitlab-ci-local');
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const global: Record<string, { type: 'variable'; values: Record<string, string> }> = {};
  variables.forEach(({ key, value, variableType = 'env_var', environmentScope = '*' }, index) => {
    const file = join(state, `${key}-${index}`);
    if (variableType === 'file') writeFileSync(file, value, { mode: 0o600 });
    const entry = global[key] ??= { type: 'variable', values: {} };
    entry.values[environmentScope] = variableType === 'file' ? file : value;
  });
  writeFileSync(join(state, 'variables.yml'), JSON.stringify({ global }), { mode: 0o600 });
}
