import { userError } from '../../base/user-error';
import { fitsEnvironment, maskingProblem } from '../../gitlab/masking';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import type { GitlabVariable, NewVariable, VariableType } from '../gitlab/gitlab';
import { isAtLeast } from '../gitlab/gitlab';

/**
 * The settings of the two variables that store a credential.
 */
export interface VariableSettings {
  /** The key of the kubeconfig: `KUBECONFIG`, which kubectl reads. */
  readonly key: string;
  /** The key of the token alone. */
  readonly tokenKey: string;
  /** The type of the variable that holds the kubeconfig. */
  readonly type: VariableType;
  readonly environmentScope: string;
  /** Whether only jobs of protected branches and tags get the variables. */
  readonly protected: boolean;
}

/**
 * The variables of a credential, in the order in which to write them: the token, then the kubeconfig.
 *
 * GitLab masks exact values only. The variable with the token alone makes GitLab also mask the token that a job prints from the kubeconfig.
 *
 * @throws A `UserError` when there is no token, when GitLab would not mask a value, or when a value is too long for a job.
 */
export function credentialVariables(kubeconfig: Kubeconfig, settings: VariableSettings): [NewVariable, NewVariable] {
  const { key, tokenKey, type, environmentScope, protected: isProtected } = settings;
  const common = { environmentScope, protected: isProtected };
  const variables: [NewVariable, NewVariable] = [
    { key: tokenKey, value: kubeconfig.token ?? noToken(), type: 'env_var', ...common },
    { key, value: type === 'file' ? kubeconfig.toJson() : kubeconfig.toBase64(), type, ...common },
  ];
  for (const variable of variables) checkValue(variable);
  return variables;
}

function noToken(): never {
  throw userError({
    at: 'kubeconfig',
    given: 'it names a token file of the job instead of a token',
    expected: 'a kubeconfig with a token',
    fix: 'commit this kubeconfig to the repository: it holds no secret',
  });
}

function checkValue({ key, type, value }: NewVariable): void {
  const problem = maskingProblem(value, 'raw');
  if (problem !== undefined) {
    throw userError({ at: key, given: `GitLab would not mask it: ${problem}`, expected: 'a value that GitLab masks', fix: 'check the token and the server in the kubeconfig' });
  }
  if (type === 'file' || fitsEnvironment(key, value)) return;
  throw userError({
    at: key,
    given: 'it does not fit into an environment variable of a job on Linux',
    expected: 'at most 131072 bytes with its name',
    fix: 'use --variable-type file, or embed fewer CA certificates',
  });
}

/**
 * A variable that will be created or updated.
 */
export interface PlannedVariable extends Pick<GitlabVariable, 'key' | 'environmentScope' | 'type' | 'protected'> {
  /** The variable of the same key and environment that exists already. */
  readonly existing?: GitlabVariable;
  /** Whether GitLab will hide the value. Missing when the release of GitLab is unknown. */
  readonly hidden?: boolean;
}

/**
 * Plans the two variables of a credential.
 */
export function plannedVariables(settings: VariableSettings, all: readonly GitlabVariable[], release: string | undefined): PlannedVariable[] {
  const { key, tokenKey, type, environmentScope, protected: isProtected } = settings;
  const hidden = isAtLeast(release, '17.4');
  return ([[tokenKey, 'env_var'], [key, type]] as const).map(([name, variableType]) => {
    const existing = all.find((variable) => variable.key === name && variable.environmentScope === environmentScope);
    const planned = { key: name, environmentScope, type: variableType, protected: isProtected };
    return existing ? { ...planned, existing, hidden: existing.hidden } : { ...planned, hidden };
  });
}

/**
 * The planned changes, for people.
 */
export function planText(variables: readonly PlannedVariable[]): string[] {
  return variables.map((variable) => `${variable.existing ? 'update' : 'create'} variable ${variable.key}: ${propertiesText(variable)}`);
}

/**
 * `type file, masked and hidden, protected`.
 */
export function propertiesText({ type, hidden, protected: isProtected }: Pick<PlannedVariable, 'type' | 'hidden' | 'protected'>): string {
  return [`type ${type}`, hidden ? 'masked and hidden' : 'masked', isProtected ? 'protected' : 'not protected'].join(', ');
}
