import type { ReleaseStore } from './history/release-store';
import { fieldAt, textAt } from './objects/fields';
import { ObjectWriter } from './objects/object-writer';
import type { Owner } from './objects/owner';
import type { DeployJob, OwnedObject } from './objects/release';
import { findLeftovers, leftInWords, lookUp, pathOf, Removal, removalOf, removeObjects } from './prune/leftovers';
import { checkTakenOver } from './take-over';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import type { Clock } from '../base/host';
import type { KubernetesClient } from '../cluster/kubernetes-client';

export interface DestructionOptions {
  readonly namespace: string;
  readonly owner: Owner;
  readonly job: DeployJob;
  /** Whether claims of volumes are removed, too. */
  readonly withData: boolean;
  /** Milliseconds until everything has to be gone. */
  readonly budget: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Talk for people, a line each. */
  readonly say: (line: string) => void;
}

const PAUSE = 500;

/**
 * Removes an application by its record: what it says is in the cluster, as far as that is the application's own.
 */
export class Destruction {
  public constructor(private readonly cluster: KubernetesClient, private readonly store: ReleaseStore, private readonly options: DestructionOptions) {}

  public async plan(): Promise<Removal> {
    const { namespace, owner, withData } = this.options;
    const history = await this.store.read();
    checkTakenOver(history);
    const leftovers = await findLeftovers(this.cluster, namespace, owner, history?.objects ?? []);
    return removalOf(leftovers, ({ kind }) => withData || kind !== 'PersistentVolumeClaim');
  }

  /**
   * @throws `Failure` when something is still there at the end of the time: what has finalizers waits for somebody else.
   */
  public async run({ remove, kept, forget }: Removal): Promise<void> {
    const { namespace, signal, job, say } = this.options;
    const writer = new ObjectWriter(this.cluster, this.options);
    const left = await removeObjects(writer, namespace, remove, signal);
    for (const object of left) say(leftInWords(object));
    await this.untilGone(remove.filter((object) => !left.includes(object)));
    for (const object of kept) await writer.unmark(pathOf(object, namespace), object);
    if (kept.length === 0) return this.store.remove();
    await this.store.begin({ job, objects: [] });
    await this.store.finish('deployed', forget);
  }

  private async untilGone(objects: readonly OwnedObject[]): Promise<void> {
    const { clock, budget, signal } = this.options;
    const end = clock.now() + budget;
    for (let rest = objects; ;) {
      rest = await this.stillThere(rest);
      if (rest.length === 0) return;
      if (clock.now() >= end) throw stuck(rest);
      await clock.sleep(PAUSE, signal);
    }
  }

  private async stillThere(objects: readonly OwnedObject[]): Promise<OwnedObject[]> {
    const found = await Promise.all(objects.map(async (object) => ({ object, live: await lookUp(this.cluster, this.options.namespace, object) })));
    return found.filter(({ object, live }) => fieldAt(live, 'metadata', 'uid') === object.uid && textAt(live, 'metadata', 'uid') !== '').map(({ object }) => object);
  }
}

function stuck(objects: readonly OwnedObject[]): Failure {
  const names = objects.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  return new Failure(`deleted and still there: ${names}; their finalizers wait for somebody. Run this again when they are gone`, ExitCode.NO);
}
