import { Finding, findingsOf, findingText } from './findings';
import { projectVariables } from './project-variables';
import type { PipelineModel } from '../../../pipeline/model/pipeline-model';
import type { Context } from '../../command-line/command';
import type { Options } from '../../command-line/options';
import { GITLAB_OPTIONS, gitlabOf } from '../../credentials/gitlab-options';

/**
 * The result of checking the variables of the project that runs a pipeline.
 */
export interface ProjectCheck {
  /** The full path. */
  readonly project: string;
  readonly findings: readonly Finding[];
  /** One sentence for each place that the token may not read. */
  readonly notes: readonly string[];
}

const SUMMARIES = new Map([
  ['project', 'the GitLab project that runs the pipeline (default: CI_PROJECT_ID, then the git remote)'],
  ['gitlab-token-file', 'a file with the token for GitLab, which the program cannot read (default, with --from: the variable GITLAB_TOKEN)'],
]);

/** The options that name the project. */
export const PROJECT_OPTIONS: Options = GITLAB_OPTIONS
  .filter(([name]) => ['project', 'gitlab-url', 'gitlab-token-file', 'ca-file'].includes(name))
  .map(([name, option]) => [name, { ...option, summary: SUMMARIES.get(name) ?? option.summary, group: 'Project, with --check', needs: ['check'] }]);

/**
 * Checks whether the variables of the project and its groups match the pipelines. It changes nothing and compares no values.
 *
 * @returns Nothing, and without a request, when there is neither --from nor one of the options.
 */
export async function checkProject(models: readonly PipelineModel[], context: Context): Promise<ProjectCheck | undefined> {
  const { args, variables } = context;
  if (!args.has('from') && !variables.GITLAB_TOKEN && !PROJECT_OPTIONS.some(([name]) => args.has(name))) return undefined;
  const { gitlab, owner } = await gitlabOf(context);
  try {
    const found = await projectVariables(gitlab, owner);
    const findings = models.flatMap((model) => findingsOf(model, found));
    const once = [...new Map(findings.map((finding) => [findingText(finding), finding])).values()];
    return { project: found.project, findings: once, notes: [...found.unseen, 'only an administrator of GitLab can check the variables of the whole instance'] };
  } finally {
    gitlab.close();
  }
}

/**
 * The check as text, the verdict last.
 */
export function projectCheckText(check: ProjectCheck | undefined): string {
  if (check === undefined) return 'note: the variables of the project are not checked; see --from in the help\n';
  const { project, findings, notes } = check;
  const counts = (['failure', 'warning'] as const).flatMap((severity) => counted(findings.filter((finding) => finding.severity === severity).length, severity));
  const verdict = `its variables ${isProjectReady(check) ? 'match' : 'do not match'} the pipeline${counts.length === 0 ? '' : ` (${counts.join(', ')})`}`;
  return [...findings.map(findingText), ...notes.map((text) => `note: ${text}\n`), `project ${project}: ${verdict}\n`].join('');
}

function counted(count: number, noun: string): string[] {
  return count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`];
}

/**
 * Whether no finding fails the check.
 */
export function isProjectReady(check: ProjectCheck | undefined): boolean {
  return check === undefined || check.findings.every(({ severity }) => severity !== 'failure');
}
