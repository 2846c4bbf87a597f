import type { DeploymentOptions, DeploymentPlan } from './deployment-plan';
import { checkedObjects } from './from-record';
import { lastDeployed } from './record/history';
import type { ReleaseStore } from './record/release-store';
import { RolloutFailed } from './rollout-failed';
import { undo, Undone } from './undo';
import { waitForRollout } from './wait/wait-for-rollout';
import { isWaitedFor } from './waited-for';
import type { Written } from './write';
import { InvalidInput } from '../../private/invalid-input';
import type { Cluster } from '../cluster/cluster';
import { Failure, Interrupted } from '../failure';

/**
 * What becomes of a release that failed: it is undone, or left as it is. Either is said and recorded; the failure itself stays what it was.
 */
export class Undoing {
  public constructor(private readonly cluster: Cluster, private readonly store: ReleaseStore, private readonly options: DeploymentOptions) {}

  /**
   * Never throws but for bugs: what goes wrong here is said.
   */
  public async after(error: unknown, plan: DeploymentPlan, written: readonly Written[]): Promise<void> {
    const { say } = this.options;
    const changed = written.filter(({ step }) => step.action !== 'keep').length;
    const state = `${changed} of ${plan.steps.filter(({ action }) => action !== 'keep').length} changes were made`;
    try {
      if (error instanceof Interrupted || !this.options.undo) {
        say(`${state}; the release is left as it is, and the next deploy takes over from here`);
        await this.store.finish('failed');
        return;
      }
      say(`${state}; undoing the release because of: ${firstLine(error)}`);
      await this.options.observer.during('undo', async () => this.undo(plan, written));
    } catch (second) {
      if (!(second instanceof Failure || second instanceof InvalidInput)) throw second;
      say(`it could not be undone: ${second.message}`);
      say('the namespace holds parts of this release; run the job of the release that you want');
    }
  }

  private async undo(plan: DeploymentPlan, written: readonly Written[]): Promise<void> {
    const { namespace, owner, clock, signal, say } = this.options;
    const { history, steps } = plan;
    const release = lastDeployed(history);
    const recorded = release && await this.store.manifests(release);
    const previous = recorded && { ...recorded, objects: checkedObjects(recorded, namespace) };
    const undone = await undo(this.cluster, { namespace, owner, clock, signal, say, history, previous, steps, written });
    undone.notes.forEach(say);
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

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
