import { lockedAccess, openSession, readOnlyAccess } from './deploy-session';
import { jobOf } from './history/release-options';
import { ReleaseStore } from './history/release-store';
import { withAccess } from './lock/locked-cluster';
import { fieldAt, textAt } from './objects/fields';
import { ObjectWriter } from './objects/object-writer';
import { Owner } from './objects/owner';
import type { DeployJob, OwnedObject } from './objects/release';
import { findLive, pathOf } from './objects/targets';
import { DeleteOptions, findPruneCandidates, prune, Removal, removalOf } from './prune/prune';
import { usedSecrets } from './pull-secret/references';
import { removeFromPullSecrets } from './pull-secret/removal';
import type { Summary } from './report/summary';
import { currentHistory } from './take-over';
import { ExitCode, Failure } from '../base/failure';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Context } from '../command-line/command';
import { WaitNotice } from '../io/wait-notice';

/**
 * Removes an application by its record: its objects, its credentials in pull secrets, its record, and its lock.
 */
export async function destroy(context: Context): Promise<Summary> {
  const { args, clock, signal, variables } = context;
  const begun = clock.now();
  const session = await openSession(context);
  const { namespace, identity, timeout, say } = session;
  const [isDryRun, withClaims, pullSecret] = [args.has('dry-run'), args.has('prune-data'), args.one('pull-secret')];
  const waiting = WaitNotice.until('all objects are gone', context);
  const options = { namespace, clock, signal, say, waiting, owner: new Owner(identity, namespace), job: jobOf(variables), budget: timeout };
  const open = async (cluster: KubernetesClient) => new ReleaseStore(cluster, namespace, identity, clock);
  const access = isDryRun ? readOnlyAccess(session, open) : await lockedAccess(session, undefined, open);
  return withAccess(access, async () => {
    const { cluster } = access;
    const store = await access.reads();
    const removal = await planRemoval(cluster, store, options, withClaims);
    const used = await usedSecrets(cluster, store, { namespace, identity, name: pullSecret });
    if (!isDryRun) await removeObjects(cluster, store, removal, options);
    const pullSecrets = await removeFromPullSecrets(cluster, used, { namespace, identity, say, dryRun: isDryRun });
    if (removal.kept.length === 0) await access.removeLock();
    const removed = [...removal.remove, ...pullSecrets];
    return { identity, namespace, isDryRun, changes: [], removed, kept: removal.kept, elapsed: clock.now() - begun };
  });
}

interface DestroyOptions extends DeleteOptions {
  readonly job: DeployJob;
  /** Milliseconds until all objects must be gone. */
  readonly budget: number;
  /** Gets a line for people about each event. */
  readonly say: (line: string) => void;
  /** Reports the wait until the objects are gone. */
  readonly waiting: WaitNotice;
}

async function planRemoval(
  cluster: KubernetesClient, store: ReleaseStore, { namespace, owner }: DestroyOptions, withClaims: boolean,
): Promise<Removal> {
  const { history } = await currentHistory(store);
  const candidates = await findPruneCandidates(cluster, namespace, owner, history?.objects ?? []);
  return removalOf(candidates, ({ kind }) => withClaims || kind !== 'PersistentVolumeClaim');
}

async function removeObjects(
  cluster: KubernetesClient, store: ReleaseStore, { remove, kept, forget }: Removal, options: DestroyOptions,
): Promise<void> {
  const { namespace, job, say } = options;
  const left = await prune(cluster, remove, options, say);
  await options.waiting.during(async () => untilGone(cluster, remove.filter((object) => !left.includes(object)), options));
  const writer = new ObjectWriter(cluster, options);
  for (const object of kept) await writer.unmark(pathOf(object, namespace), object);
  if (kept.length === 0) return store.remove();
  await store.begin({ job, objects: [] });
  await store.finish('deployed', forget);
}

/** Milliseconds. */
const PAUSE = 500;

async function untilGone(cluster: KubernetesClient, objects: readonly OwnedObject[], options: DestroyOptions): Promise<void> {
  const { namespace, clock, budget, signal } = options;
  const end = clock.now() + budget;
  for (let rest = objects; ;) {
    rest = await existing(cluster, namespace, rest);
    if (rest.length === 0) return;
    if (clock.now() >= end) throw stuck(rest);
    await clock.sleep(PAUSE, signal);
  }
}

async function existing(cluster: KubernetesClient, namespace: string, objects: readonly OwnedObject[]): Promise<OwnedObject[]> {
  const found = await Promise.all(objects.map(async (object) => ({ object, live: await findLive(cluster, namespace, object) })));
  return found.filter(({ object, live }) => fieldAt(live, 'metadata', 'uid') === object.uid && textAt(live, 'metadata', 'uid') !== '').map(({ object }) => object);
}

function stuck(objects: readonly OwnedObject[]): Failure {
  const names = objects.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  return new Failure(`deleted, but still in the cluster: ${names}. Their finalizers must be removed first; then run this command again`, ExitCode.NO);
}
