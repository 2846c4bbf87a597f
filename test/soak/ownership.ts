import { isObject, JsonObject } from '../../src/base/json';
import { OWNER_ID_LABEL, OWNER_LABEL } from '../../src/release/release-names';
import { AuditEvent } from '../cluster/control-plane';

/**
 * An event of level RequestResponse.
 */
export interface RecordedEvent extends AuditEvent {
  readonly requestReceivedTimestamp?: string;
  readonly requestObject?: JsonObject;
  readonly responseObject?: JsonObject;
}

/**
 * Who writes objects of one namespace.
 */
export interface Writers<A extends string> {
  /** By user name. */
  readonly apps: ReadonlyMap<string, A>;
  /** The value of the owner label of each application. */
  readonly owners: ReadonlyMap<string, A>;
}

/**
 * A write that changed or removed an object of another application.
 */
export interface ForeignWrite<A extends string> {
  readonly by: A;
  readonly of: A;
  /** `patch deployments web`. */
  readonly write: string;
}

/**
 * An object that an application has written last and has not removed.
 */
export interface HeldObject<A extends string> {
  readonly app: A;
  readonly resource: string;
  readonly name: string;
  readonly uid: string;
  /** What the application applied last. */
  readonly applied: JsonObject;
}

/**
 * What the writes of one namespace say about the ownership of its objects.
 */
export interface Ownership<A extends string> {
  readonly foreign: ReadonlyArray<ForeignWrite<A>>;
  readonly held: ReadonlyArray<HeldObject<A>>;
}

/**
 * Follows the owner of each object through all successful writes. A write is foreign when the owner label before it is that of another application.
 * An application holds an object from its write on, until it deletes the object, or somebody who is no application deletes or releases it. A foreign
 * write does not end that.
 */
export function ownershipIn<A extends string>(events: readonly RecordedEvent[], writers: Writers<A>): Ownership<A> {
  const lives = new Map<string, Write[]>();
  for (const write of events.flatMap(writeOf)) lives.set(write.uid, [...lives.get(write.uid) ?? [], write]);
  const followed = [...lives.values()].map((writes) => follow(writes.sort(inOrder), writers));
  return { foreign: followed.flatMap(({ foreign }) => foreign), held: followed.flatMap(({ held }) => held ?? []) };
}

/** A successful write of one object. */
interface Write {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly name: string;
  readonly uid: string;
  /** Infinite when the object was gone afterwards. */
  readonly version: number;
  readonly received: string;
  /** After it. */
  readonly owner?: string;
  readonly applied?: JsonObject;
}

const VERBS = new Set(['create', 'update', 'patch', 'delete']);

function writeOf(event: RecordedEvent): Write[] {
  const { verb, requestURI, user, objectRef, responseStatus, requestObject, responseObject, requestReceivedTimestamp: received = '' } = event;
  const isWrite = VERBS.has(verb) && !/[?&]dryRun=/.test(requestURI) && objectRef?.subresource === undefined && (responseStatus?.code ?? 500) < 300;
  if (!isWrite || !responseObject) return [];
  const { metadata, details, kind } = responseObject;
  const isGone = kind === 'Status';
  const after = isObject(metadata) ? metadata : {};
  const uid = isGone ? (isObject(details) ? details.uid : undefined) : after.uid;
  if (typeof uid !== 'string') throw new Error(`${verb} ${requestURI}: the audit log does not say which object this was`);
  const name = objectRef?.name ?? (isGone ? '' : String(after.name));
  const labels = isObject(after.labels) ? after.labels : {};
  const owner = labels[OWNER_LABEL] ?? labels[OWNER_ID_LABEL];
  return [{
    user: user.username,
    verb,
    uid,
    received,
    name,
    resource: objectRef?.resource ?? '',
    version: isGone ? Infinity : Number(after.resourceVersion),
    owner: typeof owner === 'string' ? owner : undefined,
    applied: verb === 'delete' ? undefined : requestObject,
  }];
}

/** A write that changed nothing has the version of the one before it. */
function inOrder(a: Write, b: Write): number {
  if (a.version !== b.version) return a.version < b.version ? -1 : 1;
  return a.received < b.received ? -1 : 1;
}

interface Followed<A extends string> {
  readonly foreign: ReadonlyArray<ForeignWrite<A>>;
  readonly held?: HeldObject<A>;
}

/** @param writes Of one object, in their order. */
function follow<A extends string>(writes: readonly Write[], { apps, owners }: Writers<A>): Followed<A> {
  const foreign: Array<ForeignWrite<A>> = [];
  let label: string | undefined;
  let held = undefined as HeldObject<A> | undefined;
  for (const { user, verb, resource, name, uid, owner, applied } of writes) {
    const [by, of] = [apps.get(user), label === undefined ? undefined : owners.get(label)];
    if (by === undefined) {
      if (verb === 'delete' || owner === undefined) held = undefined;
    } else if (of !== undefined && of !== by) {
      foreign.push({ by, of, write: `${verb} ${resource} ${name}` });
    } else if (held === undefined || held.app === by) {
      held = verb === 'delete' || owner === undefined ? undefined : { app: by, resource, name, uid, applied: isApply(applied) ? applied : held?.applied ?? {} };
    }
    // The answer to a deletion has no labels when the object is gone at once.
    if (verb !== 'delete') label = owner;
  }
  return { foreign, held };
}

/** Not a merge patch of managed fields or of a label. */
function isApply(object: JsonObject | undefined): object is JsonObject {
  return object?.kind !== undefined;
}

/**
 * The first field of a wanted object that a live object does not have as it is wanted, or nothing. The server may add fields.
 */
export function differenceIn(wanted: unknown, live: unknown, field = ''): string | undefined {
  // The server does not keep what is empty.
  if (isEmpty(wanted) && live === undefined) return undefined;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(live) || live.length !== wanted.length) return field;
    return firstOf(wanted.map((item, index) => differenceIn(item, live[index], `${field}[${index}]`)));
  }
  if (typeof wanted === 'object' && wanted !== null) {
    const found = (typeof live === 'object' && live !== null ? live : {}) as Record<string, unknown>;
    return firstOf(Object.entries(wanted).map(([key, value]) => differenceIn(value, found[key], field === '' ? key : `${field}.${key}`)));
  }
  return wanted === live || wanted === undefined ? undefined : field;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function firstOf(differences: ReadonlyArray<string | undefined>): string | undefined {
  return differences.find((difference) => difference !== undefined);
}
