import type { PipelineWorkflow } from './jobs/pipeline-yaml';
import { anyOf } from './jobs/rule-values';
import type { Target } from './targets/target';
import { userError } from '../base/user-error';

/**
 * When there is a pipeline, where merge requests have pipelines of their own: not a second one for the branch, unless it is one that is deployed.
 *
 * @see https://docs.gitlab.com/ci/yaml/workflow/#switch-between-branch-pipelines-and-merge-request-pipelines
 */
export function workflowOf(targets: readonly Target[], raw: { readonly [keyword: string]: unknown } = {}): PipelineWorkflow | undefined {
  if (!targets.some(({ isReview }) => isReview)) return undefined;
  if (raw.workflow !== undefined) {
    throw userError({ at: 'raw', given: 'it has workflow', expected: 'that of the review apps alone, which have pipelines of merge requests', fix: 'leave it out' });
  }
  const deployed = targets.filter(({ isReview }) => !isReview).map(({ rule }) => rule);
  return {
    rules: [
      { if: '$CI_PIPELINE_SOURCE == "merge_request_event"' },
      ...anyOf(deployed),
      { if: '$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS', when: 'never' },
      { when: 'always' },
    ],
  };
}
