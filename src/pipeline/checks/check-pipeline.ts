import { checkBuilderImages } from './builder-images';
import type { CheckedPipeline, PipelineCheck } from './checked-pipeline';
import { checkDeployJobs } from './deploy-jobs';
import { checkReports, checkReportsArrive } from './dotenv-reports';
import { effectiveKeywords } from './effective-keywords';
import { checkEnvironmentNames } from './environment-names';
import { checkIdTokens } from './id-tokens';
import { checkJobNames } from './job-names';
import { checkCycles, checkNeeds } from './needs-checks';
import { checkNeedsInRules } from './needs-in-rules';
import { checkOnStop } from './on-stop';
import { checkCredentials, checkProtectedRefs } from './protected-targets';
import { checkRawKeywords } from './raw-keywords';
import { checkRuleVariables } from './rule-variables';
import { checkStages } from './stage-order';
import { checkNames, checkPromotion, checkTargets } from './target-checks';
import { checkVariableNames } from './variable-names';
import type { JsonObject } from '../../base/json';
import { UserError, userError } from '../../base/user-error';
import type { PipelineJob } from '../jobs/job';
import type { PipelineWorkflow } from '../jobs/pipeline-yaml';
import type { Target } from '../targets/target';

/**
 * A pipeline as it is put together.
 */
export interface PipelineParts {
  readonly app: string;
  readonly targets: readonly Target[];
  readonly stages: readonly string[];
  /** Of this library. */
  readonly jobs: readonly PipelineJob[];
  /** Of the user. */
  readonly added: readonly PipelineJob[];
  readonly workflow?: PipelineWorkflow;
  /** Global keywords as GitLab reads them. */
  readonly raw: JsonObject;
}

/** What the targets must be for there to be jobs for them. */
const OF_TARGETS: PipelineCheck[] = [checkNames, checkTargets, checkPromotion];

const OF_JOBS: PipelineCheck[] = [
  checkRawKeywords, checkJobNames, checkStages, checkNeeds, checkCycles, checkNeedsInRules,
  checkReports, checkReportsArrive, checkVariableNames, checkRuleVariables, checkEnvironmentNames, checkOnStop,
  checkProtectedRefs, checkCredentials, checkDeployJobs, checkBuilderImages, checkIdTokens,
];

/**
 * Refuses targets that no pipeline can be made for.
 */
export function checkTargetsOf({ app, targets }: Pick<PipelineParts, 'app' | 'targets'>): void {
  refuse(OF_TARGETS, { app, targets, stages: [], jobs: [], raw: {}, hasWorkflow: false });
}

/**
 * Refuses a pipeline that GitLab would refuse, or that would not do what it says: all that is wrong in one refusal, a line each.
 */
export function checkPipeline({ jobs, added, raw, workflow, ...parts }: PipelineParts): void {
  const all = [...jobs, ...added];
  const checked = all.map((job) => ({ ...job, isAdded: added.includes(job), effective: effectiveKeywords(job, all, raw) }));
  refuse(OF_JOBS, { ...parts, raw, hasWorkflow: workflow !== undefined || raw.workflow !== undefined, jobs: checked });
}

function refuse(checks: PipelineCheck[], pipeline: CheckedPipeline): void {
  const problems = checks.flatMap((check) => check(pipeline)).map((problem) => userError(problem));
  const [first] = problems;
  if (!first) return;
  if (problems.length === 1) throw first;
  throw new UserError([`${problems.length} problems in the pipeline`, ...problems.map(({ message }) => `  ${message}`)].join('\n'));
}
