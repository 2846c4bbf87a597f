/**
 * CI/CD variables by name. A variable that is set to nothing is `''`, one that is not set is `undefined`.
 */
export interface CiVariables {
  readonly [name: string]: string | undefined;
}

/**
 * The variables to read: those given, else the process's own. This is the only reader of `process.env` in the library,
 * because a host in another language cannot set it once the jsii kernel runs: everything that comes from it must also
 * have a way in as a value.
 */
export function ciVariables(given?: CiVariables): CiVariables {
  return given ?? process.env;
}

/**
 * Whether this is a CI job. Any value counts: a job that sets `CI=false` is still a job with production rights.
 *
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function isCi(variables: CiVariables): boolean {
  return Boolean(variables.CI || variables.GITLAB_CI);
}
