import { credentialFindings } from './credential-findings';
import { Finding, listed, variableName } from './finding';
import { given } from './precedence';
import type { OwnedVariable, ProjectVariables } from './project-variables';
import { show } from '../../../base/user-error';
import type { HeldCredential } from '../../../pipeline/jobs/job';
import type { JobModel, PipelineModel } from '../../../pipeline/model/pipeline-model';

/**
 * What of a project's variables does not fit a pipeline, the worst first.
 */
export function findingsOf(model: PipelineModel, project: ProjectVariables): Finding[] {
  const all = [...beaten(model, project), ...credentialFindings(model, project)];
  return (['failure', 'warning', 'note'] as const).flatMap((severity) => all.filter((finding) => finding.severity === severity));
}

/** A variable of a project or a group beats those of dotenv reports, those of an agent, and id_tokens. */
function beaten({ jobs }: PipelineModel, { variables }: ProjectVariables): Finding[] {
  const jobsOf = new Map<OwnedVariable, Map<string, JobModel[]>>();
  const note = (variable: OwnedVariable | undefined, what: string, job: JobModel) => {
    if (variable === undefined) return;
    const its = jobsOf.get(variable) ?? new Map<string, JobModel[]>();
    jobsOf.set(variable, its.set(what, [...its.get(what) ?? [], job]));
  };
  for (const job of jobs) {
    for (const key of job.takes) note(given(key, job.environment, variables), `what ${givers(key, jobs)} hands over`, job);
    for (const credential of job.holds.filter(({ source }) => source === 'agent' || source === 'id_token')) {
      note(given(credential.variable, job.environment, variables), sourceText(credential), job);
    }
  }
  return [...jobsOf].flatMap(([variable, its]) => [...its].map(([what, losers]): Finding => ({
    severity: 'failure',
    at: variableName(variable),
    found: `it beats ${what} in ${listed(losers.map(({ name }) => show(name)))}`,
    expected: 'no such variable',
    fix: 'remove it, or give the pipeline another name',
  })));
}

function givers(key: string, jobs: readonly JobModel[]): string {
  return listed(jobs.filter(({ gives }) => gives.includes(key)).map(({ name }) => show(name))) || 'another job';
}

function sourceText({ source, kind }: HeldCredential): string {
  return source === 'agent' ? `that of the ${kind}` : `the ${kind}`;
}
