import { effectiveVariable, OwnedVariable, ProjectVariables } from './project-variables';
import type { PipelineModel } from '../../../pipeline/model/pipeline-model';

/**
 * Where the jobs of one environment get a credential that someone stored in GitLab.
 */
export interface CredentialSource {
  readonly key: string;
  /** `gitlab` is a token for GitLab itself. */
  readonly source: 'variable' | 'gitlab';
  readonly environment: string;
  /** The target's namespace. */
  readonly namespace?: string;
  /** Whether only jobs of protected refs may get the credential. */
  readonly protected: boolean;
  /** Whether jobs of merge requests need the credential. They get no protected variables. */
  readonly review: boolean;
  /** The variable that the jobs get. */
  readonly variable?: OwnedVariable;
  /** The variable that the jobs would get if protection did not count. */
  readonly withheld?: OwnedVariable;
}

/**
 * The sources of the credentials of a pipeline, in the order of its jobs.
 */
export function credentialSources({ jobs, targets }: PipelineModel, { variables }: ProjectVariables): CredentialSource[] {
  const found = new Map<string, CredentialSource>();
  for (const { environment, holds, protected: isProtected } of jobs) {
    if (environment === undefined) continue;
    const target = targets.find((one) => one.environment === environment);
    for (const { variable: key, source } of holds) {
      if (source === 'agent' || source === 'id_token' || found.has(`${key} ${environment}`)) continue;
      const review = target?.review ?? false;
      found.set(`${key} ${environment}`, {
        key,
        source,
        environment,
        namespace: target?.namespace,
        protected: source === 'gitlab' ? isProtected : target?.protected ?? false,
        review,
        variable: effectiveVariable(key, environment, review ? variables.filter((variable) => !variable.protected) : variables),
        withheld: effectiveVariable(key, environment, variables),
      });
    }
  }
  return [...found.values()];
}
