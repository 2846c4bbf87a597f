import type { Artifacts } from './ci-file';
import type { Job } from './job';
import { refName } from './pipeline-event';
import { repositoryUrl, RunnerVariable, VariableSources } from './variables';

/** The reasons for which a runner may say that a job failed. */
const FAILURE_REASONS = [
  'unknown_failure', 'script_failure', 'runner_system_failure', 'job_execution_timeout', 'image_pull_failure', 'runner_configuration_error', 'job_canceled',
];

/** The file name and the format of each kind of report: app/models/enums/ci/job_artifact.rb. */
export const REPORTS: Readonly<Record<string, readonly [file: string, format: string]>> = {
  dotenv: ['.env', 'gzip'],
  junit: ['junit.xml', 'gzip'],
};

/**
 * The job as GitLab hands it to a runner: lib/api/entities/ci/job_request/response.rb.
 *
 * @param dependencies The jobs whose artifacts it gets.
 */
export function payload(job: Job, sources: VariableSources, variables: readonly RunnerVariable[], dependencies: readonly Job[]): object {
  const { definition, id, token } = job;
  const timeout = definition.timeout ?? sources.timeout;
  const ref = refName(sources.event);
  const pipelineRef = `refs/pipelines/${sources.pipelineId}`;
  const isTag = sources.event.tag !== undefined;
  return {
    id,
    token,
    allow_git_fetch: true,
    job_info: { id, name: job.name, stage: definition.stage, pipeline_id: sources.pipelineId, project_id: 42, project_name: 'site', project_full_path: 'group/site' },
    git_info: {
      repo_url: repositoryUrl(job, sources),
      repo_object_format: 'sha1',
      ref,
      sha: sources.commit,
      before_sha: '0'.repeat(40),
      ref_type: isTag ? 'tag' : 'branch',
      refspecs: [`+${pipelineRef}:${pipelineRef}`, ...isTag ? [`+refs/tags/${ref}:refs/tags/${ref}`] : [`+refs/heads/${ref}:refs/remotes/origin/${ref}`]],
      depth: 20,
      protected: sources.event.isProtected,
    },
    runner_info: { timeout, runner_session_url: null },
    variables,
    steps: [
      { name: 'script', script: definition.script, timeout, when: 'on_success', allow_failure: false },
      ...definition.afterScript.length > 0 ? [{ name: 'after_script', script: definition.afterScript, timeout, when: 'always', allow_failure: true }] : [],
    ],
    image: definition.image ?? null,
    services: [],
    cache: [],
    credentials: [],
    artifacts: definition.artifacts ? artifactsOf(definition.artifacts) : null,
    dependencies: dependencies.filter(({ artifacts }) => artifacts.has('archive')).map((other) => ({
      id: other.id, token: other.token, name: other.name, artifacts_file: { filename: 'artifacts.zip', size: other.artifacts.get('archive')?.length },
    })),
    features: { trace_sections: true, token_mask_prefixes: ['glpat-'], failure_reasons: FAILURE_REASONS },
  };
}

/** app/presenters/ci/build_runner_presenter.rb: a report is uploaded whether or not the job fails. */
function artifactsOf({ paths, untracked, name, when, expireIn, exclude, reports }: Artifacts): object[] {
  const archive = { name, paths, untracked, when, expire_in: expireIn, exclude, artifact_type: 'archive', artifact_format: 'zip' };
  return [...paths || untracked ? [archive] : [], ...Object.entries(reports).map(([type, files]) => {
    const report = REPORTS[type];
    if (!report) throw new Error(`artifacts:reports: the coordinator does not model ${type}`);
    const [file, format] = report;
    return { artifact_type: type, artifact_format: format, name: file, paths: files, when: 'always', expire_in: expireIn };
  })];
}
