import { given } from './precedence';
import type { OwnedVariable, ProjectVariables } from './project-variables';
import type { PipelineModel } from '../../../pipeline/model/pipeline-model';

/**
 * From where the jobs of one environment get one of the credentials that someone keeps for them in GitLab.
 */
export interface Supply {
  readonly key: string;
  /** `gitlab` is a token for GitLab itself. */
  readonly source: 'variable' | 'gitlab';
  readonly environment: string;
  /** Where it is that of a target. */
  readonly namespace?: string;
  /** Whether only jobs of protected refs are to have it. */
  readonly protected: boolean;
  /** Whether jobs of merge requests are to have it, which get no protected variables. */
  readonly review: boolean;
  /** What the jobs get, if they get any. */
  readonly variable?: OwnedVariable;
  /** What they would get if it were not protected. */
  readonly withheld?: OwnedVariable;
}

/**
 * The supplies of a pipeline, in the order of its jobs.
 */
export function suppliesOf({ jobs, targets }: PipelineModel, { variables }: ProjectVariables): Supply[] {
  const found = new Map<string, Supply>();
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
        variable: given(key, environment, review ? variables.filter((variable) => !variable.protected) : variables),
        withheld: given(key, environment, variables),
      });
    }
  }
  return [...found.values()];
}
