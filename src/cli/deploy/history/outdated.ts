import { jobInWords } from './format';
import type { ReleaseHistory } from './history';
import { judgeReleases, Judgement } from './pipeline-order';
import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import type { DeployJob } from '../objects/release';

/**
 * How a job stands to those that deployed before it.
 *
 * @throws `Failure` when something newer was deployed, unless that is allowed.
 */
export function checkOutdated(history: ReleaseHistory | undefined, job: DeployJob, allowOutdated: boolean): Judgement | undefined {
  const judgement = judgeReleases(history?.releases ?? [], job);
  if (judgement?.order !== 'outdated' || allowOutdated) return judgement;
  const { number, job: newer } = judgement.release;
  throw new Failure([
    `this job is outdated: release ${number} is of a newer pipeline; nothing was written`,
    `  deployed: ${jobInWords(newer, newer.pipelineUrl)}`,
    `  this job: ${jobInWords(job, job.pipelineUrl)}`,
    '  run the newest pipeline\'s job, use GitLab\'s Rollback button to go back, or allow it (--allow-outdated)',
  ].join('\n'), ExitCode.NO);
}
