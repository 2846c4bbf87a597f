import { JsonObject } from '../../src/base/json';
import { readRecord } from '../../src/cli/deploy/history/record';
import { OWNER_LABEL, ownerId, RECORD_TYPE, releaseName } from '../../src/release/release-names';
import { Deployer } from '../cluster/deployer';

/**
 * The state after a deploy, without values that differ from run to run.
 */
export interface ReleaseState {
  /** The application's objects, by kind and name. */
  readonly objects: { readonly [object: string]: object };
  /** The outcome of the newest release, and the recorded objects. */
  readonly outcome: string;
  readonly recorded: readonly string[];
  /** Faults in any release: objects that the record lacks or has with another uid, and a Lease that is held. */
  readonly faults: readonly string[];
}

const KINDS = 'configmaps,secrets,serviceaccounts,services,deployments,jobs,leases,roles,rolebindings';

/**
 * The state of an application of project `local` and environment `production`.
 */
export function stateOf({ namespace, admin }: Pick<Deployer, 'namespace' | 'admin'>, app = 'web'): ReleaseState {
  const { items } = JSON.parse(admin('get', KINDS, '-o', 'json', '--show-managed-fields')) as { readonly items: readonly LiveObject[] };
  return stateAmong(items, namespace, app);
}

/**
 * The same from a list of all objects in a namespace.
 */
export function stateAmong(items: readonly LiveObject[], namespace: string, app: string): ReleaseState {
  const identity = { project: 'local', environment: 'production', app };
  const owner = ownerId(identity, namespace);
  const own = items.filter(({ metadata, type }) => metadata.labels?.[OWNER_LABEL] === owner && type !== RECORD_TYPE);
  const record = items.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === releaseName(identity));
  const { releases, objects } = record ? readRecord('the record', Buffer.from(record.data?.record ?? '', 'base64'), identity) : { releases: [], objects: [] };
  const uids = new Map(objects.map(({ kind, name, uid }) => [`${kind} ${name}`, uid]));
  const leases = items.filter(({ kind, spec }) => kind === 'Lease' && spec?.holderIdentity !== undefined);
  const state: ReleaseState = {
    objects: Object.fromEntries(own.map((object) => [keyOf(object), comparable(object)])),
    outcome: releases[0]?.outcome ?? 'none',
    recorded: [...uids.keys()].sort(),
    faults: [
      ...own.flatMap((object) => recordFault(keyOf(object), object.metadata.uid, uids)),
      ...leases.map(({ spec }) => `the Lease is held by ${spec?.holderIdentity}`),
    ],
  };
  return JSON.parse(JSON.stringify(state).replaceAll(owner, 'OWNER').replaceAll(`"${namespace}"`, '"NAMESPACE"')) as ReleaseState;
}

/** The error of the record about an object that the application owns. */
function recordFault(key: string, uid: string, recorded: ReadonlyMap<string, string | undefined>): string[] {
  if (!recorded.has(key)) return [`${key} is not in the record`];
  if (recorded.get(key) === undefined) return [`${key} ${WITHOUT_UID}`];
  return recorded.get(key) === uid ? [] : [`${key} is in the record with the uid of another object`];
}

/** The record has no uid after a failed release without a rollback. Then only the owner label counts. */
export const WITHOUT_UID = 'is in the record without a uid';

/** The fields of a live object that the checks read. */
export interface LiveObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly managedFields?: ReadonlyArray<{ readonly manager: string; readonly operation: string; readonly fieldsV1: object }>;
  };
  readonly spec?: Record<string, string | undefined>;
  readonly type?: string;
  readonly data?: Record<string, string>;
}

function keyOf({ kind, metadata }: LiveObject): string {
  return `${kind} ${metadata.name}`;
}

/** With the fields that we own. The next release cannot remove other fields. */
function comparable({ kind, metadata, spec, data, ...rest }: LiveObject): object {
  const { labels, annotations, managedFields = [] } = metadata;
  const { clusterIP, clusterIPs, selector, ...lasting } = (spec ?? {}) as JsonObject;
  const { 'deployment.kubernetes.io/revision': revision, ...written } = annotations ?? {};
  const managed = managedFields.filter(({ operation }) => operation === 'Apply').map(({ manager, fieldsV1 }) => ({ manager, fieldsV1 }));
  return { labels, annotations: written, spec: lasting, data, managed, rules: (rest as JsonObject).rules ?? null };
}
