import type { DeployLock, WhileTaking } from './lock/deploy-lock';
import type { KubernetesClient } from '../cluster/kubernetes-client';

interface Begun<P> {
  readonly cluster: KubernetesClient;
  readonly prepared: P;
}

/**
 * What is prepared with a client of its own: while the lock is taken, or else under it.
 */
export class Ahead<P> implements WhileTaking {
  private begun?: Begun<P>;

  public constructor(private readonly connect: (lock: DeployLock) => KubernetesClient, private readonly prepare: (cluster: KubernetesClient) => P) {}

  public begin(lock: DeployLock): void {
    this.begun = this.begunWith(this.connect(lock));
  }

  /** What was begun while this lock was taken, or is now. */
  public under(lock: DeployLock): Begun<P> {
    this.begun ??= this.begunWith(this.connect(lock));
    return this.begun;
  }

  /** Ends what is under way. */
  public drop(): void {
    this.begun?.cluster.close();
    this.begun = undefined;
  }

  private begunWith(cluster: KubernetesClient): Begun<P> {
    return { cluster, prepared: this.prepare(cluster) };
  }
}
