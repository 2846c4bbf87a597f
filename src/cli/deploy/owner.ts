import type { ReleaseIdentity } from './release';
import { isObject, Json, JsonObject } from '../../private/json';
import { IDENTITY_ANNOTATION, OWNER_LABEL, ownerId } from '../../private/release-names';

/**
 * Whose an object of the cluster is.
 */
export type Ownership = 'ours' | 'nobody\'s' | 'another\'s';

/**
 * The mark of one application on its objects: a label to find them by, and an annotation for people. Both are on the object itself and never
 * on the pods that it makes, so that marking restarts nothing.
 */
export class Owner {
  private readonly id: string;

  public constructor(private readonly identity: ReleaseIdentity, namespace: string) {
    this.id = ownerId(identity, namespace);
  }

  /** The object with the mark. */
  public mark(object: JsonObject): JsonObject {
    const metadata = mapOf(object.metadata);
    const { project, environment, app } = this.identity;
    const labels = { ...mapOf(metadata.labels), [OWNER_LABEL]: this.id };
    const annotations = { ...mapOf(metadata.annotations), [IDENTITY_ANNOTATION]: JSON.stringify({ project, environment, app }) };
    return { ...object, metadata: { ...metadata, labels, annotations } };
  }

  public of(live: JsonObject): Ownership {
    const label = mapOf(mapOf(live.metadata).labels)[OWNER_LABEL];
    if (label === undefined) return 'nobody\'s';
    return label === this.id ? 'ours' : 'another\'s';
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
