import { checkBuilderImages } from './builder-images';
import type { CheckedPipeline, PipelineCheck } from './checked-pipeline';
import { checkDeployJobs, checkIdTokens, checkOnStop, checkParallel } from './deploy-jobs';
import { checkDotenvReports, checkDotenvVariables } from './dotenv-reports';
import { effectiveKeywords } from './effective-keywords';
import { checkGlobalKeywords, checkJobNames, checkStages } from './file-structure';
import { checkCycles, checkNeeds, checkNeedsInRules } from './needs';
import { checkCredentials, checkProtectedRefs } from './protected-targets';
import { checkRulePatterns } from './rule-patterns';
import { checkOverlaps, checkPromotion, checkTargetNames } from './targets';
import { checkEnvironmentNames, checkRuleVariables, checkVariableNames } from './variables';
import type { JsonObject } from '../../base/json';
import { UserError, userError } from '../../base/user-error';
import type { PipelineJob } from '../jobs/job';
import type { PipelineWorkflow } from '../jobs/pipeline-yaml';
import type { Target } from '../targets/pipeline-plan';

/**
 * The parts of a pipeline.
 */
export interface PipelineParts {
  readonly app: string;
  readonly targets: readonly Target[];
  readonly stages: readonly string[];
  /** The jobs of this library. */
  readonly jobs: readonly PipelineJob[];
  /** The jobs of the user. */
  readonly added: readonly PipelineJob[];
  readonly workflow?: PipelineWorkflow;
  /** Global keywords, as GitLab reads them. */
  readonly raw: JsonObject;
}

const TARGET_CHECKS: PipelineCheck[] = [checkTargetNames, checkOverlaps, checkPromotion];

const JOB_CHECKS: PipelineCheck[] = [
  checkGlobalKeywords, checkJobNames, checkStages, checkNeeds, checkCycles, checkNeedsInRules,
  checkDotenvVariables, checkDotenvReports, checkVariableNames, checkRuleVariables, checkRulePatterns, checkEnvironmentNames, checkOnStop,
  checkProtectedRefs, checkCredentials, checkDeployJobs, checkParallel, checkBuilderImages, checkIdTokens,
];

/**
 * Checks the application's name and the targets. Jobs can be generated only for valid ones.
 *
 * @throws With all problems, one a line.
 */
export function checkTargets({ app, targets }: Pick<PipelineParts, 'app' | 'targets'>): void {
  runChecks(TARGET_CHECKS, { app, targets, stages: [], jobs: [], raw: {}, hasWorkflow: false });
}

/**
 * Checks that GitLab accepts the pipeline and that it works.
 *
 * @throws With all problems, one a line.
 */
export function checkPipeline({ jobs, added, raw, workflow, ...parts }: PipelineParts): void {
  const all = [...jobs, ...added];
  const checked = all.map((job) => ({ ...job, isAdded: added.includes(job), effective: effectiveKeywords(job, all, raw) }));
  runChecks(JOB_CHECKS, { ...parts, raw, hasWorkflow: workflow !== undefined || raw.workflow !== undefined, jobs: checked });
}

function runChecks(checks: PipelineCheck[], pipeline: CheckedPipeline): void {
  const problems = checks.flatMap((check) => check(pipeline)).map((problem) => userError(problem));
  const [first] = problems;
  if (!first) return;
  if (problems.length === 1) throw first;
  throw new UserError([`${problems.length} problems in the pipeline`, ...problems.map(({ message }) => `  ${message}`)].join('\n'));
}
