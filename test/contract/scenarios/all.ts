import { GRANTS, KUBECONFIGS, REVOCATIONS, ROTATIONS, VERIFICATIONS } from './access';
import { DEPLOY, DEPLOY_FAILURES } from './deploy';
import { INITS, PIPELINES, RENDERINGS, USAGE } from './local';
import { DESTRUCTIONS, LEAST_PRIVILEGE, PULL_SECRETS, REPORTS, ROLLBACKS } from './releases';
import { Scenario } from '../scenario';

/** Every scenario of the contract. */
export const SCENARIOS: readonly Scenario[] = [
  ...DEPLOY, ...DEPLOY_FAILURES, ...PULL_SECRETS, ...ROLLBACKS, ...DESTRUCTIONS, ...REPORTS, ...LEAST_PRIVILEGE,
  ...GRANTS, ...ROTATIONS, ...REVOCATIONS, ...VERIFICATIONS, ...KUBECONFIGS,
  ...RENDERINGS, ...PIPELINES, ...INITS, ...USAGE,
];
