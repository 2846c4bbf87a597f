import { mapOf } from './fields';
import { isDeployTool, Join } from './managed-fields';
import { identityInWords, ReleaseIdentity } from './release';
import type { Json, JsonObject } from '../../../base/json';
import { FIELD_MANAGER, IDENTITY_ANNOTATION, OWNER_LABEL, ownerId, releaseName } from '../../../release/release-names';

/**
 * The owner of an object in the cluster. `released`: this application was destroyed and kept the object, and no other application has adopted it.
 */
export type Ownership = 'ours' | 'released' | 'nobody\'s' | 'another\'s';

/**
 * An application as the owner of objects. A label with its id finds them, an annotation has its identity.
 *
 * Both are on the object only and not in its pod template, so that they restart no pod.
 */
export class Owner {
  /** The field manager. Each application has its own, so the API server reports a conflict when one writes a field of another. */
  public readonly manager: string;

  /** Earlier field managers of our objects. `manager` takes their fields over. Older versions of this command used one for all applications. */
  public readonly formerManagers: ReadonlySet<string>;

  private readonly ids: ReadonlySet<string>;
  private readonly id: string;

  /**
   * @param former The previous identity of the application, during a take-over. Its objects are ours, too.
   * @param takenOver Other field managers whose fields become ours, by name.
   */
  public constructor(
    private readonly identity: ReleaseIdentity,
    namespace: string,
    private readonly former?: ReleaseIdentity,
    public readonly takenOver: readonly string[] = [],
  ) {
    this.id = ownerId(identity, namespace);
    this.ids = new Set([this.id, ...former ? [ownerId(former, namespace)] : []]);
    this.manager = releaseName(identity);
    this.formerManagers = new Set([FIELD_MANAGER, ...former ? [releaseName(former)] : []]);
  }

  /**
   * The change of an object's field managers before the next apply.
   *
   * @param object `adopted`: whether the object had no owner. The fields of other deploy tools are then taken over.
   */
  public join({ adopted, leavesReplicas }: { readonly adopted: boolean; readonly leavesReplicas?: boolean }): Join {
    const tools = (manager: string) => manager !== this.manager && (this.takenOver.includes(manager) || (adopted && isDeployTool(manager)));
    return { from: this.formerManagers, tools, into: this.manager, leavesReplicas };
  }

  /** The labels and annotations of an owned object. */
  public get marks(): { readonly labels: JsonObject; readonly annotations: JsonObject } {
    return { labels: { [OWNER_LABEL]: this.id }, annotations: { [IDENTITY_ANNOTATION]: identityText(this.identity) } };
  }

  /** The object with the owner's labels and annotations. */
  public mark(object: JsonObject): JsonObject {
    const metadata = mapOf(object.metadata);
    const { labels, annotations } = this.marks;
    return {
      ...object,
      metadata: { ...metadata, labels: { ...mapOf(metadata.labels), ...labels }, annotations: { ...mapOf(metadata.annotations), ...annotations } },
    };
  }

  /** Whether the object has the label of the present identity, not of the former one. */
  public isMarked(live: JsonObject): boolean {
    return labelOf(live) === this.id;
  }

  public of(live: JsonObject): Ownership {
    const label = labelOf(live);
    if (label !== undefined) return this.ids.has(String(label)) ? 'ours' : 'another\'s';
    const leftBy = mapOf(mapOf(live.metadata).annotations)[IDENTITY_ANNOTATION];
    return [this.identity, this.former].some((identity) => identity && identityText(identity) === leftBy) ? 'released' : 'nobody\'s';
  }
}

/**
 * The owner of an object for messages, by its annotation: `application web, environment production, project 42`.
 */
export function ownerInWords(live: JsonObject): string {
  const identity = parsed(mapOf(mapOf(live.metadata).annotations)[IDENTITY_ANNOTATION]);
  return identity.app === undefined ? 'another application' : identityInWords(identity);
}

function labelOf(live: JsonObject): Json | undefined {
  return mapOf(mapOf(live.metadata).labels)[OWNER_LABEL];
}

/** The text of the annotation. The order of its keys is fixed. */
function identityText({ project, environment, app }: ReleaseIdentity): string {
  return JSON.stringify({ project, environment, app });
}

function parsed(annotation: Json | undefined): JsonObject {
  try {
    return mapOf(JSON.parse(String(annotation)) as Json);
  } catch {
    return {};
  }
}
