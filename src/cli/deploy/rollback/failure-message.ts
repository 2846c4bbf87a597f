import { printableText } from '../../../base/printable';
import type { Written } from '../apply/write';
import type { DeploymentPlan } from '../deployment-plan';
import { lastDeployed } from '../history/history';
import { resultWord } from '../report/summary';

const SHOWN = 10;

/**
 * How far a release came that failed: `2 of 3 changes were made (created ConfigMap a, changed Deployment web)`.
 */
export function stateInWords({ steps }: DeploymentPlan, written: readonly Written[]): string {
  const changed = written.filter(({ step }) => step.action !== 'keep');
  const names = changed.slice(0, SHOWN).map(({ step: { action, object: { kind, name } } }) => `${resultWord(action)} ${kind} ${name}`);
  const list = [...names, ...changed.length > SHOWN ? [`${changed.length - SHOWN} more`] : []].join(', ');
  const state = `${changed.length} of ${steps.filter(({ action }) => action !== 'keep').length} changes were made`;
  return list === '' ? state : `${state} (${printableText(list)})`;
}

/**
 * What the user can do about a release that is left half-way.
 *
 * @param isExpired Whether the credential does for nothing any more.
 */
export function wayOut({ history }: DeploymentPlan, isExpired: boolean): string {
  const release = lastDeployed(history);
  const back = release ? `\`cdk8s-ci-deploy rollback\`, which puts release ${release.number} back` : '`cdk8s-ci-deploy destroy`, which removes what there is of it';
  return `${isExpired ? 'renew the credential, then ' : ''}run \`cdk8s-ci-deploy deploy\` again, which takes over from here, or ${back}`;
}
