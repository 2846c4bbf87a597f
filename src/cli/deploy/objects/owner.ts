import { EARLIER_MANAGERS } from './managed-fields';
import type { ReleaseIdentity } from './release';
import { isObject, Json, JsonObject } from '../../../base/json';
import { FIELD_MANAGER, IDENTITY_ANNOTATION, OWNER_LABEL, ownerId, releaseName } from '../../../release/release-names';

/**
 * Who owns an object of the cluster. `released`: this application left it behind when it was destroyed, and nobody has taken it since.
 */
export type Ownership = 'ours' | 'released' | 'nobody\'s' | 'another\'s';

/**
 * The mark of one application on its objects: a label to find them by, and an annotation with the identity. Both are on the object itself and never
 * on the pods that it makes, so that marking restarts nothing.
 */
export class Owner {
  /** The field manager of the application. Two applications have two, so the API server reports a conflict when one writes fields of the other. */
  public readonly manager: string;

  /** The field managers whose fields on our own objects become those of `manager`: older versions of this command had one for all applications. */
  public readonly formerManagers: ReadonlySet<string>;

  private readonly ids: ReadonlySet<string>;
  private readonly id: string;

  /**
   * @param former The identity that the application had before, when it is being taken over: what that one owns is ours.
   */
  public constructor(private readonly identity: ReleaseIdentity, namespace: string, private readonly former?: ReleaseIdentity) {
    this.id = ownerId(identity, namespace);
    this.ids = new Set([this.id, ...former ? [ownerId(former, namespace)] : []]);
    this.manager = releaseName(identity);
    this.formerManagers = new Set([FIELD_MANAGER, ...former ? [releaseName(former)] : []]);
  }

  /**
   * The field managers whose fields become ours with the next apply.
   *
   * @param adopted Whether the object had no owner: then those of the tools that people deployed with before count, too.
   */
  public managersBefore(adopted: boolean): ReadonlySet<string> {
    return adopted ? new Set([...this.formerManagers, ...EARLIER_MANAGERS]) : this.formerManagers;
  }

  /** The labels and annotations that are the mark. */
  public get marks(): { readonly labels: JsonObject; readonly annotations: JsonObject } {
    return { labels: { [OWNER_LABEL]: this.id }, annotations: { [IDENTITY_ANNOTATION]: identityText(this.identity) } };
  }

  /** The object with the mark. */
  public mark(object: JsonObject): JsonObject {
    const metadata = mapOf(object.metadata);
    const { labels, annotations } = this.marks;
    return {
      ...object,
      metadata: { ...metadata, labels: { ...mapOf(metadata.labels), ...labels }, annotations: { ...mapOf(metadata.annotations), ...annotations } },
    };
  }

  /** Whether the object has the mark of the present identity, not of the former one. */
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
 * What the mark says of the owner, for people.
 */
export function ownerInWords(live: JsonObject): string {
  return identityInWords(parsed(mapOf(mapOf(live.metadata).annotations)[IDENTITY_ANNOTATION]));
}

/**
 * The identity of a release, for people.
 */
export function identityInWords({ project, environment, app }: { readonly [part in keyof ReleaseIdentity]?: Json }): string {
  return [`application ${String(app)}`, `environment ${String(environment)}`, `project ${String(project)}`].join(', ');
}

function labelOf(live: JsonObject): Json | undefined {
  return mapOf(mapOf(live.metadata).labels)[OWNER_LABEL];
}

/** The annotation's text, always in the same order. */
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

function mapOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
