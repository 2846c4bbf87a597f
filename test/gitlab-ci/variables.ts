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

export const PROJECT_URL = 'https://gitlab.example.com/group/site';
