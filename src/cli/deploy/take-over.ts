import type { ReleaseHistory } from './history/history';
import { recordProblem } from './history/record-data';
import { ReleaseStore } from './history/release-store';
import { concurrently } from '../base/concurrency';
import { ObjectWriter } from './objects/object-writer';
import { Owner } from './objects/owner';
import { isSameIdentity, identityInWords } from './objects/release';
import type { ReleaseIdentity } from './objects/release';
import { pathOf } from './objects/targets';
import type { CurrentHistory } from './plan/plan';
import { PullSecret } from './pull-secret/pull-secret';
import { usedSecrets } from './pull-secret/references';
import { PullSecretRejected } from './pull-secret/secret-client';
import { userError, show } from '../../base/user-error';
import { releasePart } from '../../release/release-names';
import type { Clock } from '../base/host';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Arguments } from '../command-line/arguments';
import type { Options } from '../command-line/options';

export const TAKE_OVER_OPTIONS: Options = [
  ['take-over-from', { takes: 'PROJECT/ENVIRONMENT/APP', summary: 'continue the releases of this former identity of the application' }],
];

/**
 * The former identity of the application, if the option names one.
 *
 * @throws `UserError` when it is not a valid identity, or the present one.
 */
export function formerIdentity(args: Arguments, identity: ReleaseIdentity): ReleaseIdentity | undefined {
  const text = args.one('take-over-from');
  if (text === undefined) return undefined;
  // Names of environments may have slashes: review/my-branch.
  const [, project, environment, app] = /^([^/]+)\/(.+)\/([^/]+)$/.exec(text) ?? [];
  const example = optionText(identity);
  const at = '--take-over-from';
  const isComplete = project !== undefined && environment !== undefined && app !== undefined;
  if (!isComplete || [project, environment, app].some((part) => releasePart(part) !== undefined)) {
    throw userError({ at, given: show(text), expected: 'PROJECT/ENVIRONMENT/APP', fix: `write the former identity like the present one, ${show(example)}` });
  }
  if (text === example) throw userError({ at, given: `${show(text)} is the present identity`, expected: 'the former one', fix: 'remove the option, or name the former identity' });
  return { project, environment, app };
}

function optionText({ project, environment, app }: ReleaseIdentity): string {
  return `${project}/${environment}/${app}`;
}

export interface TakeOverOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** The former identity of the application, if it is taken over. */
  readonly former?: ReleaseIdentity;
  /** Of both identities. */
  readonly owner: Owner;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Gets a line for people about each event. */
  readonly say: (line: string) => void;
}

/**
 * The history that a deployment continues.
 */
export interface ContinuedHistory extends CurrentHistory {
  /** Carried out before the release. */
  readonly takeOver?: TakeOverPlan;
}

/**
 * A planned take-over. `history` and `store` are of the identity that has the releases now.
 */
export interface TakeOverPlan extends CurrentHistory {
  readonly former: ReleaseIdentity;
  readonly history: ReleaseHistory;
  readonly formerStore: ReleaseStore;
  /** Whether the present identity already has everything. */
  readonly isDone: boolean;
}

/**
 * Reads the history of an application. With a former identity, it plans to continue its releases under the present one: the project was exported, or
 * the environment or the name has changed. Nothing is written.
 *
 * @throws `Failure` when there is nothing to take over, or the present identity has releases of its own.
 */
export async function historyToContinue(cluster: KubernetesClient, present: ReleaseStore, options: TakeOverOptions): Promise<ContinuedHistory> {
  const { former } = options;
  const takeOver = await (former && planTakeOver(cluster, present, former, options));
  return takeOver ? { store: takeOver.store, history: takeOver.history, takeOver } : currentHistory(present);
}

async function planTakeOver(
  cluster: KubernetesClient, present: ReleaseStore, former: ReleaseIdentity, { namespace, identity, clock }: TakeOverOptions,
): Promise<TakeOverPlan> {
  const formerStore = new ReleaseStore(cluster, namespace, former, clock);
  const [formerHistory, history] = [await formerStore.read(), await present.read()];
  const isBegun = history?.takingOver !== undefined && isSameIdentity(history.takingOver, former);
  const both = { former, formerStore, isDone: false };
  if (history && !isBegun) {
    checkDone(history, formerHistory, { identity, former });
    return { ...both, history, store: present, isDone: true };
  }
  if (formerHistory) return { ...both, history: formerHistory, store: formerStore };
  if (history) return { ...both, history, store: present };
  throw problem(former, 'it has no record in this namespace', 'the identity of an application that is deployed here', 'see the annotation cdk8s-ci-deploy/release-of of its objects');
}

/** Jobs that run again still have the option: then they must succeed. */
function checkDone(
  { formerly, takingOver }: ReleaseHistory, formerHistory: ReleaseHistory | undefined, { identity, former }: Required<Pick<TakeOverOptions, 'identity' | 'former'>>,
): void {
  if (!takingOver && !formerHistory && formerly.some((other) => isSameIdentity(other, former))) return;
  const present = identityInWords(identity);
  if (formerHistory) {
    throw problem(former, `both it and ${present} have releases in this namespace`, 'releases of the former identity only', 'remove the option, or remove one of the applications (destroy)');
  }
  throw problem(former, `it has no record in this namespace, and ${present} has`, 'releases of the former identity only', 'remove the option');
}

/**
 * Carries a take-over out: moves the record, the labels and field managers of all objects, and the uses of pull secrets to the present identity.
 *
 * It writes the record of the present identity first, and removes the former one last. When it is interrupted in between, it can be repeated. Until it
 * has ended, no other command changes the application. The caller holds the locks of both identities.
 */
export async function runTakeOver(cluster: KubernetesClient, present: ReleaseStore, plan: TakeOverPlan, options: TakeOverOptions): Promise<void> {
  const { former, formerStore, history, store, isDone } = plan;
  const { identity, say } = options;
  if (isDone) return;
  if (store === formerStore) await present.beginTakeOver(formerStore);
  const left = await markObjects(cluster, history, options);
  await renamePullSecrets(cluster, plan, options);
  await formerStore.remove();
  await present.endTakeOver();
  for (const name of left) say(`${name} is left as it is: it is gone, or does not belong to ${identityInWords(former)}`);
  const counts = `releases: ${history.releases.length}, objects: ${history.objects.length - left.length}`;
  say(`${identityInWords(identity)} has taken over from ${identityInWords(former)} (${counts})`);
}

/** Resolves to the names of the objects that are left as they are. */
async function markObjects(cluster: KubernetesClient, { objects }: ReleaseHistory, options: TakeOverOptions): Promise<string[]> {
  const { namespace, signal } = options;
  const writer = new ObjectWriter(cluster, options);
  const names = await concurrently(objects, async (object) => {
    signal.throwIfAborted();
    return await writer.mark(pathOf(object, namespace), object.uid) ? [] : [`${object.kind} ${object.name}`];
  });
  return names.flat().sort();
}

async function renamePullSecrets(cluster: KubernetesClient, { former, formerStore }: TakeOverPlan, options: TakeOverOptions): Promise<void> {
  const { namespace, identity, say } = options;
  const { names } = await usedSecrets(cluster, formerStore, { namespace, identity: former });
  for (const name of names) {
    try {
      await new PullSecret(cluster, { namespace, identity, former, name }).takeOver();
    } catch (error) {
      if (!(error instanceof PullSecretRejected)) throw error;
      say(`Secret ${name} is left as it is: ${error.message}`);
    }
  }
}

function problem(former: ReleaseIdentity, given: string, expected: string, fix: string): Error {
  return recordProblem({ at: `--take-over-from: ${identityInWords(former)}`, given, expected, fix });
}

/**
 * Reads the history of an application.
 *
 * @throws `Failure` when a take-over of the application has not ended.
 */
export async function currentHistory(store: ReleaseStore): Promise<CurrentHistory> {
  const history = await store.read();
  const former = history?.takingOver;
  if (!former) return { store, history };
  throw recordProblem({
    at: identityInWords(history.identity),
    given: `its take-over from ${identityInWords(former)} has not ended`,
    expected: 'a take-over that has ended',
    fix: `run deploy with --take-over-from ${show(optionText(former))} again`,
  });
}
