import { Finding, findingText } from './finding';
import { findingsOf } from './findings';
import { projectVariables } from './project-variables';
import type { PipelineModel } from '../../../pipeline/model/pipeline-model';
import type { Option } from '../../command-line/arguments';
import type { Context } from '../../command-line/command';
import { GITLAB_OPTIONS, gitlabOf } from '../../credentials/gitlab-options';

/**
 * What was found out about the project that runs a pipeline.
 */
export interface ProjectLook {
  /** The full path. */
  readonly project: string;
  readonly findings: readonly Finding[];
  /** How far the look goes. */
  readonly notes: readonly string[];
}

const SUMMARIES = new Map([['project', 'with --check: the GitLab project that runs the pipeline (default: CI_PROJECT_ID, then the git remote)']]);

/** The options that name the project. */
export const PROJECT_OPTIONS: ReadonlyArray<readonly [string, Option]> = GITLAB_OPTIONS
  .filter(([name]) => ['project', 'gitlab-url', 'gitlab-token-file', 'ca-file'].includes(name))
  .map(([name, option]) => [name, { ...option, summary: SUMMARIES.get(name) ?? option.summary }]);

/**
 * Looks whether the variables of the project and its groups fit some pipelines. Nothing is changed, and no value is looked at.
 *
 * @returns Nothing, and nobody is contacted, when neither a token nor an option asks for it.
 */
export async function lookAtProject(models: readonly PipelineModel[], context: Context): Promise<ProjectLook | undefined> {
  const { args, variables } = context;
  if (!variables.GITLAB_TOKEN && !PROJECT_OPTIONS.some(([name]) => args.has(name))) return undefined;
  const { gitlab, owner } = await gitlabOf(context);
  try {
    const found = await projectVariables(gitlab, owner);
    const findings = models.flatMap((model) => findingsOf(model, found));
    const once = [...new Map(findings.map((finding) => [findingText(finding), finding])).values()];
    return { project: found.project, findings: once, notes: [...found.unseen, 'could not look at the variables of the whole GitLab instance: that takes an administrator'] };
  } finally {
    gitlab.close();
  }
}

/**
 * The look for people, the verdict last.
 */
export function lookText(look: ProjectLook | undefined): string {
  if (look === undefined) return 'note: the variables of the project were not looked at: there is no GITLAB_TOKEN\n';
  const { project, findings, notes } = look;
  const counts = (['failure', 'warning'] as const).flatMap((severity) => counted(findings.filter((finding) => finding.severity === severity).length, severity));
  const verdict = `its variables ${isFit(look) ? 'fit' : 'do not fit'} the pipeline${counts.length === 0 ? '' : ` (${counts.join(', ')})`}`;
  return [...findings.map(findingText), ...notes.map((text) => `note: ${text}\n`), `project ${project}: ${verdict}\n`].join('');
}

function counted(count: number, noun: string): string[] {
  return count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`];
}

/**
 * Whether nothing in the project makes the check fail.
 */
export function isFit(look: ProjectLook | undefined): boolean {
  return look === undefined || look.findings.every(({ severity }) => severity !== 'failure');
}
