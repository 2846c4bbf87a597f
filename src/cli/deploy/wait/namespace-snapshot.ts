import { isBeingDeleted, isObserved } from './readiness';
import type { JsonObject } from '../../../base/json';
import { kindName } from '../../../kubernetes/kinds';
import { fieldAt, listAt, textAt, uidOf } from '../objects/fields';

/**
 * The pods, ReplicaSets and warnings of a namespace at one moment.
 */
export class NamespaceSnapshot {
  private readonly objects: readonly JsonObject[];
  private readonly byController: ReadonlyMap<string, readonly JsonObject[]>;
  private readonly eventsByObject: ReadonlyMap<string, readonly JsonObject[]>;

  /**
   * @param objects Pods and ReplicaSets.
   * @param events Warnings.
   * @param isComplete Whether all collections were listed. Otherwise the event that explains a problem may still be missing.
   */
  public constructor(objects: Iterable<JsonObject>, events: Iterable<JsonObject>, public readonly isComplete = true) {
    this.objects = [...objects];
    this.byController = grouped(this.objects, controllerOf);
    const times = [...events].map((event) => [eventTime(event), event] as const).sort(([one], [other]) => (one < other ? -1 : Number(one > other)));
    this.eventsByObject = grouped(times.map(([, event]) => event), (event) => textAt(event, 'involvedObject', 'uid'));
  }

  /** The pods or ReplicaSets whose controller is this object. */
  public controlledBy(controller: JsonObject, kind: 'Pod' | 'ReplicaSet'): readonly JsonObject[] {
    return (this.byController.get(uidOf(controller)) ?? []).filter((object) => object.kind === kind);
  }

  public pod(name: string | undefined): JsonObject | undefined {
    return this.objects.find((object) => object.kind === 'Pod' && textAt(object, 'metadata', 'name') === name);
  }

  /** The warnings about an object, oldest first. */
  public eventsOf(object: JsonObject): readonly JsonObject[] {
    return this.eventsByObject.get(uidOf(object)) ?? [];
  }

  /**
   * The ReplicaSet with the current revision of a Deployment. It is `undefined` until the controller has observed the current spec, because the
   * revision is that of the previous spec until then.
   */
  public currentReplicaSet(deployment: JsonObject): JsonObject | undefined {
    if (!isObserved(deployment)) return undefined;
    const revision = textAt(deployment, 'metadata', 'annotations', REVISION);
    if (revision === '') return undefined;
    return this.controlledBy(deployment, 'ReplicaSet').find((replicaSet) => textAt(replicaSet, 'metadata', 'annotations', REVISION) === revision);
  }

  /**
   * The pods of a workload's current revision, without those that are being deleted. Pods of earlier revisions do not matter for the rollout.
   */
  public currentPods(workload: JsonObject): readonly JsonObject[] {
    return this.podsOfRevision(workload).filter((pod) => !isBeingDeleted(pod));
  }

  private podsOfRevision(workload: JsonObject): readonly JsonObject[] {
    const pods = this.controlledBy(workload, 'Pod');
    switch (kindName(textAt(workload, 'apiVersion'), textAt(workload, 'kind'))) {
      case 'Deployment.apps': {
        const replicaSet = this.currentReplicaSet(workload);
        return replicaSet ? this.controlledBy(replicaSet, 'Pod') : [];
      }
      case 'StatefulSet.apps':
        return labelled(pods, 'controller-revision-hash', isObserved(workload) ? textAt(workload, 'status', 'updateRevision') : '');
      case 'DaemonSet.apps':
        return labelled(pods, 'pod-template-generation', isObserved(workload) ? textAt(workload, 'metadata', 'annotations', TEMPLATE_GENERATION) : '');
      // The template of a Job cannot change.
      case 'Job.batch': return pods;
      default: return [];
    }
  }
}

const REVISION = 'deployment.kubernetes.io/revision';
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/**
 * The last time of an event, in the server's format (RFC 3339, UTC), which sorts as text.
 */
export function eventTime(event: JsonObject): string {
  const places = [['series', 'lastObservedTime'], ['lastTimestamp'], ['eventTime'], ['firstTimestamp'], ['metadata', 'creationTimestamp']];
  return places.map((place) => textAt(event, ...place)).find((time) => time !== '') ?? '';
}

function labelled(pods: readonly JsonObject[], label: string, value: string): readonly JsonObject[] {
  return value === '' ? [] : pods.filter((pod) => textAt(pod, 'metadata', 'labels', label) === value);
}

function controllerOf(object: JsonObject): string {
  const owner = listAt(object, 'metadata', 'ownerReferences').find((reference) => fieldAt(reference, 'controller') === true);
  return textAt(owner, 'uid');
}

function grouped(objects: Iterable<JsonObject>, keyOf: (object: JsonObject) => string): Map<string, JsonObject[]> {
  const groups = new Map<string, JsonObject[]>();
  for (const object of objects) {
    const key = keyOf(object);
    const group = groups.get(key);
    if (group) group.push(object);
    else groups.set(key, [object]);
  }
  return groups;
}
