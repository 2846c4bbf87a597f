import { parse } from 'yaml';
import { BuildJob, DeployTarget, GitlabPipeline, GitlabPipelineProps } from '../../src';

/** A job as GitLab reads it. */
export type GitlabJob = any;

export const BUILD = BuildJob.script({ script: ['hugo --minify'], artifacts: ['public'] });
export const STAGING = DeployTarget.of({ environment: 'staging', namespace: 'example-staging' });
export const PRODUCTION = DeployTarget.of({ environment: 'production', namespace: 'example', protectedRefsOnly: true });
export const REVIEW = DeployTarget.review({ namespace: 'example-review' });

/**
 * A pipeline that deploys the application `web` to staging.
 */
export function pipeline(props: Partial<GitlabPipelineProps> = {}): GitlabPipeline {
  return new GitlabPipeline({ app: 'web', targets: [STAGING], ...props });
}

/** The file as GitLab reads it, with a further job `lint` that others can need. */
export function fileOf(props: Partial<GitlabPipelineProps> = {}): Record<string, GitlabJob> {
  const made = pipeline(props);
  made.addJob('lint', { stage: '.pre', script: ['true'], allow_failure: true });
  return parse(made.toYaml(), { version: '1.1' });
}

/**
 * The names of the jobs of a file.
 */
export function jobNames(file: Record<string, GitlabJob>): string[] {
  return Object.keys(file).filter((name) => Array.isArray(file[name].script));
}

/**
 * The scripts of a job as a runner runs them: `before_script` and `script` in one shell, and `after_script` in another.
 */
export function scriptsOf({ before_script: before, script, after_script: after }: GitlabJob): { script: string; afterScript: string } {
  return { script: shellScript([...before ?? [], ...script]), afterScript: shellScript(after ?? []) };
}

function shellScript(lines: string[]): string {
  return ['set -e', ...lines, ''].join('\n');
}
