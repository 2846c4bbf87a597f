import { isObject, JsonObject } from '../../../base/json';
import { printable } from '../../../base/printable';
import { kindName } from '../../../kubernetes/kinds';
import { concurrently } from '../../base/concurrency';
import type { Clock } from '../../base/host';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { collectionPath } from '../../cluster/paths';
import { ApiError } from '../../cluster/status';
import { fieldAt, isTrue, listAt, textAt } from '../objects/fields';
import type { OwnedObject } from '../objects/release';
import { findLive, pathOf } from '../objects/targets';
import { isBeingDeleted, isObserved } from '../wait/readiness';

export interface BrokenPodsOptions {
  readonly namespace: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Deletes pods of StatefulSets that are of an earlier revision and not ready. Without podManagementPolicy Parallel, the StatefulSet controller waits
 * for such a pod forever, even when the template was rolled back.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 */
export async function removeBrokenPods(cluster: KubernetesClient, applied: readonly OwnedObject[], options: BrokenPodsOptions): Promise<void> {
  const statefulSets = applied.filter(({ apiVersion, kind }) => kindName(apiVersion, kind) === 'StatefulSet.apps');
  await concurrently(statefulSets, async (statefulSet) => {
    const live = await observed(cluster, statefulSet, options);
    if (live && isOrdered(live)) await new BrokenPods(cluster, live, options).remove();
  });
}

/** Milliseconds for the controller to observe the new template. Before that, it would create the same pod again. */
const LONGEST_OBSERVATION = 10_000;
const PAUSE = 100;

async function observed(
  cluster: KubernetesClient, { uid, ...statefulSet }: OwnedObject, options: BrokenPodsOptions,
): Promise<JsonObject | undefined> {
  const { namespace, clock, signal } = options;
  for (const begun = clock.now(); clock.now() - begun < LONGEST_OBSERVATION;) {
    const live = await findLive(cluster, namespace, statefulSet);
    if (!live || textAt(live, 'metadata', 'uid') !== uid) return undefined;
    if (isObserved(live)) return live;
    await clock.sleep(PAUSE, signal);
  }
  return undefined;
}

/** With OnDelete, only the user deletes pods. */
function isOrdered(statefulSet: JsonObject): boolean {
  return textAt(statefulSet, 'spec', 'podManagementPolicy') !== 'Parallel' && textAt(statefulSet, 'spec', 'updateStrategy', 'type') !== 'OnDelete';
}

class BrokenPods {
  public constructor(
    private readonly cluster: KubernetesClient, private readonly statefulSet: JsonObject, private readonly options: BrokenPodsOptions,
  ) {}

  public async remove(): Promise<void> {
    const { say } = this.options;
    const name = printable(textAt(this.statefulSet, 'metadata', 'name'));
    const pods: OwnedObject[] = [];
    try {
      pods.push(...await this.find());
      await concurrently(pods, async (pod) => this.delete(pod));
      for (const pod of pods) say(`Pod ${printable(pod.name)} is deleted: it is of the failed revision, and StatefulSet ${name} would wait for it`);
    } catch (error) {
      // The wait reports the pod that is not ready.
      if (!(error instanceof ApiError && error.code === 403)) throw error;
      const which = pods.length > 0 ? `Pod ${pods.map((pod) => printable(pod.name)).join(', ')}` : 'pods';
      say(`warning: StatefulSet ${name} may wait for ${which} of the failed revision, which this credential may not delete`);
    }
  }

  /** The uid is enough: a pod never changes its StatefulSet. */
  private async delete({ uid, ...pod }: OwnedObject): Promise<void> {
    this.options.signal.throwIfAborted();
    try {
      await this.cluster.delete(pathOf(pod, this.options.namespace), { uid, propagation: 'Background' });
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 409)) throw error;
    }
  }

  private async find(): Promise<OwnedObject[]> {
    const path = collectionPath({ group: '', version: 'v1', resource: 'pods', namespace: this.options.namespace });
    const list = await this.cluster.get(path, { labelSelector: this.labels() });
    return listAt(list, 'items').filter((pod) => this.isBroken(pod)).map((pod) => (
      { apiVersion: 'v1', kind: 'Pod', resource: 'pods', name: textAt(pod, 'metadata', 'name'), uid: textAt(pod, 'metadata', 'uid') }
    ));
  }

  private isBroken(pod: JsonObject): boolean {
    const isOurs = listAt(pod, 'metadata', 'ownerReferences').some(({ uid, controller }) => controller === true && uid === textAt(this.statefulSet, 'metadata', 'uid'));
    const revision = textAt(pod, 'metadata', 'labels', 'controller-revision-hash');
    return isOurs && revision !== textAt(this.statefulSet, 'status', 'updateRevision') && !isTrue(pod, 'Ready') && !isBeingDeleted(pod);
  }

  private labels(): string | undefined {
    const labels = fieldAt(this.statefulSet, 'spec', 'selector', 'matchLabels');
    return isObject(labels) ? Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`).join(',') : undefined;
  }
}
