import type { JsonObject } from '../../../base/json';
import { fieldAt, listAt, textAt, uidOf } from '../objects/fields';

/**
 * What is known of the objects around the workloads of a namespace, at one moment.
 */
export class NamespaceSnapshot {
  private readonly owned: readonly JsonObject[];
  private readonly byOwner: ReadonlyMap<string, readonly JsonObject[]>;
  private readonly byObject: ReadonlyMap<string, readonly JsonObject[]>;

  /**
   * @param owned Pods and ReplicaSets.
   * @param events Warnings.
   * @param isComplete Whether each of these collections was listed as a whole. Before, an event of a pod may still be missing.
   */
  public constructor(owned: Iterable<JsonObject>, events: Iterable<JsonObject>, public readonly isComplete = true) {
    this.owned = [...owned];
    this.byOwner = grouped(this.owned, controllerOf);
    const times = [...events].map((event) => [timeOf(event), event] as const).sort(([one], [other]) => (one < other ? -1 : Number(one > other)));
    this.byObject = grouped(times.map(([, event]) => event), (event) => textAt(event, 'involvedObject', 'uid'));
  }

  /** What an object controls. */
  public ownedBy(owner: JsonObject, kind: 'Pod' | 'ReplicaSet'): readonly JsonObject[] {
    return (this.byOwner.get(uidOf(owner)) ?? []).filter((object) => object.kind === kind);
  }

  public pod(name: string | undefined): JsonObject | undefined {
    return this.owned.find((object) => object.kind === 'Pod' && textAt(object, 'metadata', 'name') === name);
  }

  /** Oldest first. */
  public eventsOf(object: JsonObject): readonly JsonObject[] {
    return this.byObject.get(uidOf(object)) ?? [];
  }
}

/**
 * When an event was seen last, as the server says it (RFC 3339, UTC, which sorts as text).
 */
export function timeOf(event: JsonObject): string {
  const places = [['series', 'lastObservedTime'], ['lastTimestamp'], ['eventTime'], ['firstTimestamp'], ['metadata', 'creationTimestamp']];
  return places.map((place) => textAt(event, ...place)).find((time) => time !== '') ?? '';
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
