/**
 * CI/CD variables by name. An empty variable is `''`; a variable that is not set is `undefined`.
 */
export interface CiVariables {
  readonly [name: string]: string | undefined;
}

/**
 * Returns the given variables, or those of the process.
 *
 * No other file of the library reads `process.env`. Programs in Python, Go and other languages cannot change it after the jsii kernel has started.
 * So each value that comes from a variable can also be passed as a prop.
 */
export function ciVariables(given?: CiVariables): CiVariables {
  return given ?? process.env;
}

/**
 * Whether the program runs in a CI job. Every value of `CI` counts: a job that sets `CI=false` still has the rights of a job.
 *
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function isCi(variables: CiVariables): boolean {
  return Boolean(variables.CI || variables.GITLAB_CI);
}

/** Names of variables with secrets: those of GitLab, and names that users give by custom. */
const SECRET_NAME = /(?:^|_)(?:TOKEN|JWT|PASSWORD|PASSWD|SECRET|API_?KEY|ACCESS_KEY|PRIVATE_KEY)(?:_V\d)?$|^CI_REPOSITORY_URL$/i;

/**
 * The values of the variables that hold secrets, judged by their names. A variable of type file holds a path, which is none.
 */
export function secretVariables(variables: CiVariables): string[] {
  return Object.entries(variables).flatMap(([name, value = '']) => (SECRET_NAME.test(name) && !value.endsWith(`/${name}`) ? [value] : []));
}

/** `$NAME` and `${NAME}`. `$$` is a dollar sign. */
const VARIABLE = /\$(?:\$|\{?([A-Za-z_][A-Za-z0-9_]*)\}?)/g;

/**
 * Lists the names of the variables that GitLab expands in a text, each once.
 */
export function variablesIn(text: string): string[] {
  const names = [...text.matchAll(VARIABLE)].map(([, name]) => name);
  return [...new Set(names.filter((name) => name !== undefined))];
}
