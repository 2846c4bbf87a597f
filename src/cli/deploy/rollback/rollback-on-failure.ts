import { checkedObjects, Restored, RestoreOptions, restorePrevious } from './restore';
import { printableText } from '../../../base/printable';
import { UserError } from '../../../base/user-error';
import type { AccountRules } from '../../../release/account-rules';
import { Failure, HttpError, Interrupted } from '../../base/failure';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { RolloutFailed } from '../apply/apply';
import type { DeployObserver } from '../apply/observer';
import type { Written } from '../apply/write';
import { lastDeployed } from '../history/history';
import type { ReleaseStore } from '../history/release-store';
import { LockLost } from '../lock/deploy-lock';
import type { ReleasePlan } from '../plan/plan';
import type { DeployedPullSecret } from '../pull-secret/lifecycle';
import { resultWord } from '../report/summary';
import { isWaitedFor } from '../wait/rollout';
import { waitForRollout } from '../wait/wait-for-rollout';

export interface RollbackOptions extends RestoreOptions {
  /** Whether a failed release is rolled back. */
  readonly rollback: boolean;
  /** The rules for the ServiceAccounts of the recorded objects. */
  readonly accounts: AccountRules;
  /** Milliseconds until the restored release must be ready. */
  readonly budget: number;
  readonly observer: DeployObserver;
}

/**
 * A release that failed.
 */
export interface FailedRelease {
  readonly plan: ReleasePlan;
  /** Whether the release was recorded. Before that, none of its objects were written. */
  readonly isRecorded: boolean;
  /** The changes that were carried out. */
  readonly written: readonly Written[];
  readonly pullSecret?: DeployedPullSecret;
}

/**
 * Rolls a failed release back, or records that it failed. It restores the pull secret first, because pods of the previous release may need it.
 *
 * It reports its own failures and does not throw them: the caller throws the failure of the release.
 */
export async function rollBackOnFailure(
  error: unknown, cluster: KubernetesClient, store: ReleaseStore, failed: FailedRelease, options: RollbackOptions,
): Promise<void> {
  const mayRollBack = options.rollback && !(error instanceof Interrupted);
  try {
    if (failed.isRecorded) await new Rollback(cluster, store, failed, options).after(error, mayRollBack);
  } finally {
    // A rollback that failed early has not restored it.
    if (mayRollBack) await failed.pullSecret?.restore();
  }
}

class Rollback {
  public constructor(
    private readonly cluster: KubernetesClient,
    private readonly store: ReleaseStore,
    private readonly failed: FailedRelease,
    private readonly options: RollbackOptions,
  ) {}

  public async after(error: unknown, mayRollBack: boolean): Promise<void> {
    const { failed, options: { say } } = this;
    const progress = progressText(failed);
    const obstacle = obstacleIn(error);
    if (obstacle !== undefined) {
      say(`${progress}; ${obstacle}, so the release is neither rolled back nor recorded as failed`);
      say(recoveryHint(failed, isUnauthorized(error)));
    } else if (mayRollBack) {
      say(`${progress}; rolling back because of: ${firstLine(error)}`);
      const failure = await this.failureToRollBack();
      if (failure !== undefined) say(recoveryHint(failed, isUnauthorized(failure)));
    } else {
      say(`${progress}; the release is left as it is`);
      await this.recordFailure();
      say(recoveryHint(failed, isUnauthorized(error)));
    }
  }

  private async recordFailure(): Promise<void> {
    try {
      await this.store.applied(this.failed.written.map(({ owned }) => owned));
      await this.store.finish('failed');
    } catch (error) {
      this.options.say(`the failure is not recorded: ${messageOf(error)}`);
    }
  }

  private async failureToRollBack(): Promise<unknown> {
    try {
      await this.options.observer.during('undo', async () => this.rollBack());
      return undefined;
    } catch (error) {
      this.options.say(`the rollback failed, and the namespace has parts of this release: ${messageOf(error)}`);
      return error;
    }
  }

  private async rollBack(): Promise<void> {
    const { cluster, store, options, failed: { plan: { current: { history }, changes }, written, pullSecret } } = this;
    const { namespace, accounts, say } = options;
    const release = lastDeployed(history);
    const recorded = release && await store.manifests(release);
    const previous = recorded && { ...recorded, objects: checkedObjects(recorded, { namespace, accounts }) };
    await pullSecret?.restore();
    const restored = await restorePrevious(cluster, { history, previous, changes, written }, options);
    restored.notes.forEach(say);
    // The record needs the new uids of objects that were created again, or they could never be deleted.
    await store.applied([...written.map(({ owned }) => owned), ...restored.restored]);
    const isReady = await this.wait(restored);
    const what = release ? `release ${release.number} is restored` : 'this first release is removed';
    say(isReady ? `rolled back: ${what}` : `rolled back: ${what}, but it is not ready`);
    await store.finish('undone', restored.removed);
  }

  private async wait({ restored }: Restored): Promise<boolean> {
    const waited = restored.filter(isWaitedFor);
    if (waited.length === 0) return true;
    const { observer, say } = this.options;
    const result = await waitForRollout(this.cluster, waited, { ...this.options, progress: (progress) => observer.progress(progress) });
    if (result.outcome !== 'ready') say(new RolloutFailed(result).message);
    return result.outcome === 'ready';
  }
}

/** The reason why no further request can succeed. */
function obstacleIn(error: unknown): string | undefined {
  if (error instanceof LockLost) return 'the lock is lost';
  return isUnauthorized(error) ? 'the server no longer accepts the credential (401)' : undefined;
}

const SHOWN = 10;

/** The progress of a failed release: `2 of 3 changes were made (created ConfigMap a, changed Deployment web)`. */
function progressText({ plan: { changes }, written }: FailedRelease): string {
  const made = written.filter(({ change }) => change.action !== 'keep');
  const names = made.slice(0, SHOWN).map(({ change: { action, object: { kind, name } } }) => `${resultWord(action)} ${kind} ${name}`);
  const list = [...names, ...made.length > SHOWN ? [`${made.length - SHOWN} more`] : []].join(', ');
  const progress = `${made.length} of ${changes.filter(({ action }) => action !== 'keep').length} changes were made`;
  return list === '' ? progress : `${progress} (${printableText(list)})`;
}

/** The ways out of a release that stopped half-way. */
function recoveryHint({ plan: { current: { history } } }: FailedRelease, isExpired: boolean): string {
  const release = lastDeployed(history);
  const back = release ? `\`cdk8s-ci-deploy rollback\` to restore release ${release.number}` : '`cdk8s-ci-deploy destroy` to remove its objects';
  return `${isExpired ? 'renew the credential, then ' : ''}run \`cdk8s-ci-deploy deploy\` again to continue, or ${back}`;
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof HttpError && error.code === 401;
}

function messageOf(error: unknown): string {
  if (error instanceof Failure || error instanceof UserError) return error.message;
  throw error;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
