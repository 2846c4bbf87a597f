import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A CI/CD variable. The names of the properties are those of GitLab's API.
 */
export interface CiVariable {
  readonly key: string;
  readonly value: string;
  /** For a `file`, the job's variable has the name of a file with the value. */
  readonly variableType?: 'env_var' | 'file';
  readonly environmentScope?: string;
}

/** Values of predefined variables that differ between pipelines. */
export interface PipelineVariables {
  /** `HOST:PORT` of the container registry. */
  readonly registry: string;
  readonly password: string;
  /** CI_PIPELINE_IID. */
  readonly iid: number;
}

export const PROJECT_URL = 'https://gitlab.example.com/group/site';

/**
 * Predefined variables that gitlab-ci-local does not set, or sets to another value than GitLab, for a push to the protected default branch.
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
 * Writes the variables to `variables.yml` in the home of gitlab-ci-local.
 *
 * It writes the files of file variables itself, readable by the owner only: gitlab-ci-local would write them to /tmp, readable by everyone, and not remove all of them.
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
