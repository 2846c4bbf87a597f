import { stateInWords, wayOut } from './failure-message';
import { RolloutFailed } from '../apply/rollout-failed';
import type { Written } from '../apply/write';
import type { DeploymentOptions, DeploymentPlan } from '../deployment-plan';
import { checkedObjects } from './rollback-manifests';
import { undo, Undone } from './undo';
import { UserError } from '../../../base/user-error';
import { Failure, Interrupted, HttpError } from '../../base/failure';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { lastDeployed } from '../history/history';
import type { ReleaseStore } from '../history/release-store';
import { LockLost } from '../lock/lock-lost';
import { isWaitedFor } from '../wait/rollout';
import { waitForRollout } from '../wait/wait-for-rollout';

/**
 * What becomes of a release that failed: it is undone, or left as it is. Either is said and recorded; the failure itself stays what it was.
 */
export class Undoing {
  public constructor(private readonly cluster: KubernetesClient, private readonly store: ReleaseStore, private readonly options: DeploymentOptions) {}

  /**
   * Never throws but for bugs: what goes wrong here is said.
   */
  public async after(error: unknown, plan: DeploymentPlan, written: readonly Written[]): Promise<void> {
    const { say } = this.options;
    const state = stateInWords(plan, written);
    const obstacle = obstacleIn(error);
    if (obstacle === undefined && this.options.undo && !(error instanceof Interrupted)) {
      say(`${state}; undoing the release because of: ${firstLine(error)}`);
      const failure = await this.failureToUndo(plan, written);
      if (failure !== undefined) say(wayOut(plan, isUnauthorized(failure)));
      return;
    }
    if (obstacle === undefined) await this.leave(state, written);
    else say(`${state}; ${obstacle}, so the release is neither undone nor recorded as failed`);
    say(wayOut(plan, isUnauthorized(error)));
  }

  private async leave(state: string, written: readonly Written[]): Promise<void> {
    const { say } = this.options;
    say(`${state}; the release is left as it is`);
    try {
      await this.store.applied(written.map(({ owned }) => owned));
      await this.store.finish('failed');
    } catch (error) {
      say(`that it failed is not recorded: ${messageOf(error)}`);
    }
  }

  private async failureToUndo(plan: DeploymentPlan, written: readonly Written[]): Promise<unknown> {
    try {
      await this.options.observer.during('undo', async () => this.undo(plan, written));
      return undefined;
    } catch (error) {
      this.options.say(`it could not be undone, and the namespace holds parts of this release: ${messageOf(error)}`);
      return error;
    }
  }

  private async undo(plan: DeploymentPlan, written: readonly Written[]): Promise<void> {
    const { namespace, owner, clock, signal, say } = this.options;
    const { history, steps } = plan;
    const release = lastDeployed(history);
    const recorded = release && await this.store.manifests(release);
    const previous = recorded && { ...recorded, objects: checkedObjects(recorded, namespace) };
    await this.options.beforeUndo?.();
    const undone = await undo(this.cluster, { namespace, owner, clock, signal, say, history, previous, steps, written });
    undone.notes.forEach(say);
    // Whatever was made anew is known by its new uid from here on, or it could never be removed.
    await this.store.applied([...written.map(({ owned }) => owned), ...undone.restored]);
    const isReady = await this.wait(undone);
    const what = release ? `release ${release.number} is back` : 'this first release is removed';
    say(isReady ? `undone: ${what}` : `undone: ${what}, but is not ready`);
    await this.store.finish('undone', undone.removed);
  }

  private async wait({ restored }: Undone): Promise<boolean> {
    const waited = restored.filter(isWaitedFor);
    if (waited.length === 0) return true;
    const result = await waitForRollout(this.cluster, waited, { ...this.options, progress: (progress) => this.options.observer.progress(progress) });
    if (result.outcome !== 'ready') this.options.say(new RolloutFailed(result).message);
    return result.outcome === 'ready';
  }
}

/** What makes every further request useless. */
function obstacleIn(error: unknown): string | undefined {
  if (error instanceof LockLost) return 'the lock is lost';
  return isUnauthorized(error) ? 'the credential is no longer accepted (401)' : undefined;
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
