import type { JsonObject } from '../../src/base/json';
import { validationErrors } from '../../src/base/user-error';
import { checkPipeline, checkTargets, PipelineParts } from '../../src/pipeline/checks/check-pipeline';
import type { PipelineJob } from '../../src/pipeline/jobs/job';
import { DeployTarget, type DeployTargetOptions } from '../../src/pipeline/targets/deploy-target';
import type { Target } from '../../src/pipeline/targets/pipeline-plan';

/** A job with raw keywords, and the facts that the library adds to its own jobs. */
export function job(name: string, keywords: JsonObject = {}, known: Partial<PipelineJob> = {}): PipelineJob {
  const { stage = 'test', ...raw } = { script: ['true'], ...keywords };
  return { name, keywords: { stage: typeof stage === 'string' ? stage : 'test' }, raw, ...known };
}

/** A permanent environment. */
export function target(options: Partial<DeployTargetOptions> = {}): Target {
  const { environment = 'staging' } = options;
  return DeployTarget.of({ environment, namespace: `example-${environment.toLowerCase().replace(/[^a-z0-9]/g, '-')}`, ...options })._target();
}

/** The review apps of a namespace. */
export function review(namespace = 'example-review', environment?: string): Target {
  return DeployTarget.review({ namespace, environment })._target();
}

/** The problems of jobs. */
export function problemsIn(parts: Partial<PipelineParts>): string[] {
  return lines(() => checkPipeline({ app: 'web', targets: [target()], stages: ['build', 'test', 'deploy'], jobs: [], added: [], raw: {}, ...parts }));
}

/** The problems of targets. */
export function problemsOfTargets(targets: Target[], app = 'web'): string[] {
  return lines(() => checkTargets({ app, targets }));
}

function lines(action: () => void): string[] {
  const found = validationErrors(action).flatMap((message) => message.split('\n  '));
  return found.length > 1 ? found.slice(1) : found;
}
