import type { JobModel, NeedModel, PipelineModel, RuleModel, TargetModel } from './pipeline-model';
import { isObject, Json } from '../../base/json';
import type { PipelineJob } from '../jobs/job';
import type { PipelinePlan } from '../targets/plan';
import type { Target } from '../targets/target';

/**
 * What the jobs of a pipeline are to each other.
 */
export function modelOf({ app, variable, targets }: PipelinePlan, stages: readonly string[], jobs: readonly PipelineJob[]): PipelineModel {
  const guarded = new Set(targets.filter(({ isProtected }) => isProtected).map(({ environment }) => environment));
  return { app, variable, stages, jobs: jobs.map((job) => jobModel(job, guarded)), targets: targets.map(targetModel) };
}

function targetModel({ environment, namespace, isProtected, isReview }: Target): TargetModel {
  return { environment, namespace, protected: isProtected, review: isReview };
}

/** Jobs of the user's own are all raw keywords, so it is the keywords that are read. */
function jobModel(job: PipelineJob, guarded: ReadonlySet<string>): JobModel {
  const { name, gives = [], takes = [], holds = [], target } = job;
  const keywords: { readonly [keyword: string]: unknown } = { ...job.keywords, ...job.raw };
  const environment = environmentOf(keywords.environment as Json | undefined);
  return {
    name,
    stage: job.keywords.stage,
    needs: needsOf(keywords.needs as Json | undefined),
    environment: environment.name,
    action: environment.action === 'stop' ? 'stops' : [undefined, 'start'].includes(environment.action) ? 'deploys' : 'uses',
    rules: rulesOf(keywords),
    manual: isManual(keywords),
    protected: target !== undefined && guarded.has(target) || isForProtectedRefs(keywords.rules as Json | undefined),
    artifacts: artifactsOf(keywords.artifacts as Json | undefined),
    gives,
    takes,
    holds,
  };
}

function isForProtectedRefs(rules: Json | undefined): boolean {
  const conditions = Array.isArray(rules) ? rules.filter(isObject).filter((rule) => rule.when !== 'never').map((rule) => (typeof rule.if === 'string' ? rule.if : '')) : [];
  return conditions.length > 0 && conditions.every((condition) => condition.endsWith('&& $CI_COMMIT_REF_PROTECTED == "true"') && !condition.includes('||'));
}

/** @see https://docs.gitlab.com/ci/yaml/#needs */
function needsOf(needs: Json | undefined): NeedModel[] | undefined {
  if (!Array.isArray(needs)) return undefined;
  return needs.flatMap((need) => {
    if (typeof need === 'string') return [{ job: need, artifacts: true }];
    // What another project or pipeline needs to have done is no arrow here.
    const isHere = isObject(need) && typeof need.job === 'string' && need.project === undefined && need.pipeline === undefined;
    return isHere ? [{ job: String(need.job), artifacts: need.artifacts !== false }] : [];
  });
}

function environmentOf(environment: Json | undefined): { readonly name?: string; readonly action?: string } {
  if (typeof environment === 'string') return { name: environment };
  return isObject(environment) && typeof environment.name === 'string' ? { name: environment.name, action: typeof environment.action === 'string' ? environment.action : undefined }
    : {};
}

function isManual({ when, rules }: { readonly [keyword: string]: unknown }): boolean {
  return when === 'manual' || Array.isArray(rules) && rules.some((rule) => isObject(rule) && rule.when === 'manual');
}

/** @see https://docs.gitlab.com/ci/yaml/#rules */
function rulesOf({ rules, when }: { readonly [keyword: string]: unknown }): RuleModel[] | undefined {
  if (!Array.isArray(rules)) return undefined;
  return rules.filter(isObject).map((rule) => ({
    if: typeof rule.if === 'string' ? rule.if : undefined,
    changes: pathsOf(rule.changes),
    exists: pathsOf(rule.exists),
    when: String(rule.when ?? when ?? 'on_success'),
  }));
}

function pathsOf(value: Json | undefined): string[] | undefined {
  const paths = isObject(value) ? value.paths : value;
  return Array.isArray(paths) ? paths.map(String) : undefined;
}

function artifactsOf(artifacts: Json | undefined): string[] {
  return isObject(artifacts) && Array.isArray(artifacts.paths) ? artifacts.paths.map(String) : [];
}
