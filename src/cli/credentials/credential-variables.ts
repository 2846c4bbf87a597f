import { userError } from '../../base/user-error';
import { fitsEnvironment, maskingProblem } from '../../gitlab/masking';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import type { NewVariable, VariableType } from '../gitlab/gitlab';

/**
 * How a credential is kept.
 */
export interface VariableSettings {
  /** What kubectl reads: KUBECONFIG. */
  readonly key: string;
  /** The key of the token alone. */
  readonly tokenKey: string;
  readonly type: VariableType;
  readonly environmentScope: string;
  /** Whether only jobs of protected branches and tags get it. */
  readonly protected: boolean;
}

/**
 * The two variables of one credential, in the order in which they are written: the token alone comes first, since GitLab masks exact values,
 * and a job that has the kubeconfig can print the token in it.
 *
 * @throws When there is no token, GitLab would not mask one of them, or a job could not be given it.
 */
export function credentialVariables(kubeconfig: Kubeconfig, settings: VariableSettings): [NewVariable, NewVariable] {
  const { key, tokenKey, type, environmentScope, protected: isProtected } = settings;
  const common = { environmentScope, protected: isProtected };
  const variables: [NewVariable, NewVariable] = [
    { key: tokenKey, value: kubeconfig.token ?? noToken(), type: 'env_var', ...common },
    { key, value: type === 'file' ? kubeconfig.toJson() : kubeconfig.toBase64(), type, ...common },
  ];
  for (const variable of variables) check(variable);
  return variables;
}

function noToken(): never {
  throw userError({
    at: 'kubeconfig',
    given: 'it holds no token, but the name of a file of the job',
    expected: 'a credential',
    fix: 'hand it to the job as it is: it holds no secret',
  });
}

function check({ key, type, value }: NewVariable): void {
  const problem = maskingProblem(value, 'raw');
  if (problem !== undefined) {
    throw userError({ at: key, given: `GitLab would not mask it: ${problem}`, expected: 'a value that it masks', fix: 'look at the kubeconfig' });
  }
  if (type === 'file' || fitsEnvironment(key, value)) return;
  throw userError({
    at: key,
    given: 'it does not fit into an environment variable of a job on Linux',
    expected: 'at most 131072 bytes with its name',
    fix: 'use --variable-type file, or embed fewer CA certificates',
  });
}
