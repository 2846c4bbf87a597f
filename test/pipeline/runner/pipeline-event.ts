import type { CiVariable } from '../../gitlab-ci/variables';

/**
 * A variable of the project, with the names of GitLab's API.
 */
export interface ProjectVariable extends CiVariable {
  readonly masked?: boolean;
  /** A value without expansion. */
  readonly raw?: boolean;
  /** Only jobs of protected refs get it. */
  readonly protected?: boolean;
}

/**
 * What starts a pipeline: a push, a schedule, a person, a merge request. Exactly one of branch, tag and merge request is set.
 */
export interface PipelineEvent {
  readonly source: 'push' | 'schedule' | 'web' | 'merge_request_event';
  readonly branch?: string;
  readonly tag?: string;
  readonly mergeRequest?: { readonly iid: number; readonly sourceBranch: string };
  readonly isProtected: boolean;
  /** The variables of a schedule, or those that a person enters. */
  readonly variables?: readonly ProjectVariable[];
}

export const PUSH_TO_MAIN: PipelineEvent = { source: 'push', branch: 'main', isProtected: true };

/**
 * The name of the ref, as in CI_COMMIT_REF_NAME.
 */
export function refName({ branch, tag, mergeRequest }: PipelineEvent): string {
  const name = branch ?? tag ?? mergeRequest?.sourceBranch;
  if (name === undefined) throw new Error('a pipeline needs a branch, a tag or a merge request');
  return name;
}
