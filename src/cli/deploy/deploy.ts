import { applyRelease } from './apply/apply';
import type { Written } from './apply/write';
import { DeployOptions, deployOptions, readOptions } from './deploy-options';
import { lockedAccess, openSession, readOnlyAccess } from './deploy-session';
import { jobInWords, type RecordedRelease } from './history/history';
import { ReleaseStore } from './history/release-store';
import { withAccess } from './lock/locked-cluster';
import { readManifests } from './manifests/read-manifests';
import { bothChecked } from './objects/object-problems';
import { identityInWords } from './objects/release';
import { planRelease, recordedObjects, ReleasePlan } from './plan/plan';
import { prune, Removal } from './prune/prune';
import { DeployedPullSecret } from './pull-secret/lifecycle';
import { wantedPullSecret } from './pull-secret/options';
import { rollBackOnFailure } from './rollback/rollback-on-failure';
import { ContinuedHistory, formerIdentity, historyToContinue, runTakeOver } from './take-over';
import { show } from '../../base/user-error';
import type { ExitCode } from '../base/failure';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Context } from '../command-line/command';

/**
 * Deploys manifests as one release, all of it or nothing:
 *
 * 1. It reads and checks the manifests, without the server.
 * 2. It acquires the lock of the application. Reading for the plan begins meanwhile. A dry run has no lock.
 * 3. It plans the release, with all problems listed. Nothing is written so far.
 * 4. It carries the plan out: see `carryOut`.
 * 5. It releases the lock, and reports the result.
 */
export async function deploy(context: Context): Promise<ExitCode> {
  const session = await openSession(context);
  const former = formerIdentity(context.args, session.identity);
  const objects = await readManifests(context.args.operands, context.files, readOptions(session));
  const wanted = await wantedPullSecret(context, objects);
  const options = deployOptions(session, { former });
  const { isDryRun, report } = options;

  return report.of(async () => {
    const planWith = async (cluster: KubernetesClient): Promise<PlannedDeployment> => {
      const store = new ReleaseStore(cluster, session.namespace, session.identity, context.clock);
      const plan = await planRelease(cluster, { objects }, async () => historyToContinue(cluster, store, options.takeOver), options.plan);
      return { store, plan };
    };
    const access = isDryRun ? readOnlyAccess(session, planWith) : await lockedAccess(session, former, planWith);
    await withAccess(access, async () => {
      const { cluster } = access;
      const pullSecret = wanted && new DeployedPullSecret(cluster, wanted, options.takeOver);
      const [{ store, plan }, plannedSecret] = await bothChecked(announced(access.reads(), options), Promise.resolve(pullSecret?.plan()));
      if (plannedSecret) report.pullSecretPlanned(plannedSecret);
      if (!isDryRun) await carryOut(cluster, { store, plan, pullSecret }, options);
    });
  }, objects);
}

/** Waits for the plan, and reports it before anything is written. */
export async function announced(planning: Promise<PlannedDeployment>, { report, apply: { owner, say } }: DeployOptions): Promise<PlannedDeployment> {
  return report.during('plan', async () => {
    const planned = await planning;
    const { rollbackFrom, current: { takeOver } } = planned.plan;
    if (takeOver && !takeOver.isDone) say(`this takes the application over from ${identityInWords(takeOver.former)}`);
    if (rollbackFrom) say(`this is a rollback from release ${rollbackFrom.number} (${jobInWords(rollbackFrom.job, rollbackFrom.job.pipelineUrl)})`);
    const unused = owner.takenOver.filter((manager) => !planned.plan.changes.some(({ takenOver = [] }) => takenOver.includes(manager)));
    for (const manager of unused) say(`no object of the release has fields of ${show(manager)} (--take-over-manager)`);
    report.planned(planned.plan);
    return planned;
  });
}

type DeployPlan = ReleasePlan<ContinuedHistory>;

export interface PlannedDeployment {
  readonly store: ReleaseStore;
  readonly plan: DeployPlan;
  readonly pullSecret?: DeployedPullSecret;
}

/**
 * Carries a plan out: takes the application over where asked, records the release, applies it and waits for it, or rolls back, then prunes and
 * finishes the record.
 *
 * @throws The failure of the release, after the rollback.
 */
export async function carryOut(cluster: KubernetesClient, { store, plan, pullSecret }: PlannedDeployment, options: DeployOptions): Promise<void> {
  const { report, apply: { signal } } = options;
  const { takeOver } = plan.current;
  const written: Written[] = [];
  let release: RecordedRelease | undefined;
  try {
    await pullSecret?.write();
    signal.throwIfAborted();
    if (takeOver) await runTakeOver(cluster, store, takeOver, options.takeOver);
    release = await store.begin({ job: options.plan.job, objects: recordedObjects(plan), rollbackOf: plan.release.rollbackOf });
    report.recorded(release);
    await applyRelease(cluster, plan.changes, options.apply, {
      mayBeBroken: mayBeBroken(plan),
      written: (one) => written.push(one),
      applied: async () => store.applied(written.map(({ owned }) => owned)),
    });
  } catch (error) {
    await rollBackOnFailure(error, cluster, store, { plan, written, pullSecret, isRecorded: release !== undefined }, options.rollback);
    throw error;
  }
  await pruneAndFinish(cluster, store, plan.pruning, options);
  await pullSecret?.settle();
}

/** From here on, the release is deployed. Objects that cannot be deleted stay in the record, so the next deployment tries again. */
async function pruneAndFinish(
  cluster: KubernetesClient, store: ReleaseStore, { remove, forget, gone }: Removal, { report, apply }: DeployOptions,
): Promise<void> {
  const { say } = apply;
  try {
    if (remove.length > 0) await report.during('prune', async () => prune(cluster, remove, apply, say));
  } catch (error) {
    say('the release is deployed; some objects that are no longer in it could not be deleted, and the next deployment tries again');
    await store.finish('deployed', gone);
    throw error;
  }
  try {
    await store.finish('deployed', forget);
  } catch (error) {
    say('the release is deployed, but this could not be recorded; the next deployment continues from here');
    throw error;
  }
}

/** Whether objects of the last release may be broken: it failed, or this is a rollback from it. */
function mayBeBroken({ release, current: { history } }: DeployPlan): boolean {
  const newest = history?.releases[0];
  return newest !== undefined && (newest.outcome !== 'deployed' || release.rollbackOf !== undefined);
}
