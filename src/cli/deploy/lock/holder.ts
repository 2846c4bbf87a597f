import { hostname } from 'node:os';
import type { CiVariables } from '../../../gitlab/ci-variables';

/**
 * Who holds a lock, for those who wait: the job's page, or the process of a workstation.
 */
export function holderOf({ CI_JOB_URL }: CiVariables): string {
  return CI_JOB_URL || `process ${process.pid} on ${hostname()}`;
}
