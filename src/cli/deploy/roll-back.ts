import { announced, carryOut } from './deploy';
import { deployOptions } from './deploy-options';
import { lockedAccess, openSession, readOnlyAccess } from './deploy-session';
import { lastDeployed, RecordedRelease, ReleaseHistory } from './history/history';
import { ReleaseStore } from './history/release-store';
import { withAccess } from './lock/locked-cluster';
import { planRelease } from './plan/plan';
import { rollbackManifests } from './rollback/restore';
import { historyToContinue } from './take-over';
import { printable } from '../../base/printable';
import { userError, show } from '../../base/user-error';
import { withOwnRegistry } from '../../image/policy';
import { ExitCode, Failure } from '../base/failure';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Context } from '../command-line/command';

/**
 * Deploys an earlier release again, from its record alone.
 */
export async function rollBack(context: Context): Promise<ExitCode> {
  const { args, clock } = context;
  const number = numberOf(args.one('to'));
  const session = await openSession(context);
  const options = deployOptions(session);
  const { isDryRun, report, plan: { namespace, owner, accounts }, apply: { say } } = options;
  const allowedRegistries = withOwnRegistry(args.all('allow-registry'), context.variables);

  return report.of(async () => {
    const open = async (cluster: KubernetesClient) => new ReleaseStore(cluster, namespace, session.identity, clock);
    const access = isDryRun ? readOnlyAccess(session, open) : await lockedAccess(session, undefined, open);
    await withAccess(access, async () => {
      const { cluster } = access;
      const store = await access.reads();
      const target = targetOf(await store.read(), number);
      const rules = { namespace, owner, accounts, allowedRegistries };
      const { objects, untouched } = await rollbackManifests(cluster, await store.manifests(target), rules);
      say(`rollback to release ${target.number} of ${printable(target.begun)}${target.images.length > 0 ? `: ${target.images.map((image) => show(image)).join(', ')}` : ''}`);
      const release = { objects, untouched, rollbackOf: target.number };
      const planning = planRelease(cluster, release, async () => historyToContinue(cluster, store, options.takeOver), options.plan);
      const planned = await announced(planning.then((plan) => ({ store, plan })), options);
      if (!isDryRun) await carryOut(cluster, planned, options);
      for (const { kind, name } of untouched) say(printable(`${kind} ${name} stays as it is`));
    });
  });
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,8}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw userError({ at: '--to', given: show(text), expected: 'the number of a release, such as 3', fix: 'see `cdk8s-ci-deploy history`' });
}

/** By default the last deployed release. When that one is in the cluster now, the deployed release before it. */
function targetOf(history: ReleaseHistory | undefined, number: number | undefined): RecordedRelease {
  const releases = history?.releases ?? [];
  const last = lastDeployed(history);
  const isCurrent = releases.find(({ outcome }) => outcome !== 'undone') === last;
  const before = isCurrent ? releases.filter((release) => release.outcome === 'deployed' && release !== last)[0] : last;
  const found = number === undefined ? before : releases.find((release) => release.number === number);
  if (found) return found;
  const numbers = releases.map((release) => `${release.number} (${release.outcome})`);
  throw new Failure(`there is no ${number === undefined ? 'earlier release' : `release ${number}`} to roll back to; recorded releases: ${numbers.join(', ') || 'none'}`, ExitCode.NO);
}
