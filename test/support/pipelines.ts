import { parse } from 'yaml';
import { BuildJob, DeployTarget, GitlabPipeline, GitlabPipelineProps } from '../../src';

/** A job as GitLab reads it. */
export type GitlabJob = any;

export const BUILD = BuildJob.script({ script: ['hugo --minify'], artifacts: ['public'] });
export const STAGING = DeployTarget.of({ environment: 'staging', namespace: 'example-staging' });
export const PRODUCTION = DeployTarget.of({ environment: 'production', namespace: 'example', protectedRefsOnly: true });
export const REVIEW = DeployTarget.review({ namespace: 'example-review' });

/**
 * A pipeline of an application `web` that is deployed to staging.
 */
export function pipeline(props: Partial<GitlabPipelineProps> = {}): GitlabPipeline {
  return new GitlabPipeline({ app: 'web', targets: [STAGING], ...props });
}

/** The file as GitLab reads it. Beside the jobs that are made there is one that others may need, `lint`. */
export function fileOf(props: Partial<GitlabPipelineProps> = {}): Record<string, GitlabJob> {
  const made = pipeline(props);
  made.addJob('lint', { stage: '.pre', script: ['true'] });
  return parse(made.toYaml(), { version: '1.1' });
}

/**
 * The names of the jobs of a file.
 */
export function jobNames(file: Record<string, GitlabJob>): string[] {
  return Object.keys(file).filter((name) => Array.isArray(file[name].script));
}

/**
 * The scripts of a job as a runner makes them: the lines one after the other in one shell, `after_script` in a shell of its own.
 */
export function scriptsOf({ before_script: before, script, after_script: after }: GitlabJob): { script: string; afterScript: string } {
  return { script: asRun([...before ?? [], ...script]), afterScript: asRun(after ?? []) };
}

function asRun(lines: string[]): string {
  return ['set -e', ...lines, ''].join('\n');
}
