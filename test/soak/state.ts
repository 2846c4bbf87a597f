import { JsonObject } from '../../src/base/json';
import { readRecord } from '../../src/cli/deploy/history/record';
import { OWNER_LABEL, ownerId, RECORD_TYPE, releaseName } from '../../src/release/release-names';
import { Deployer } from '../cluster/deployer';

/**
 * What a deploy leaves behind, without what no two runs have in common: equal states are equally good.
 */
export interface ReleaseState {
  /** The application's objects, by kind and name. */
  readonly objects: { readonly [object: string]: object };
  /** How the newest release ended, and what objects the record has. */
  readonly outcome: string;
  readonly recorded: readonly string[];
  /** What is wrong whatever was deployed: objects that the record does not know, or knows by another uid, and a Lease that somebody holds. */
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
 * The same, of all objects that there are in a namespace.
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

/** How the record is wrong about an object that the application owns. */
function recordFault(key: string, uid: string, recorded: ReadonlyMap<string, string | undefined>): string[] {
  if (!recorded.has(key)) return [`${key} is not in the record`];
  if (recorded.get(key) === undefined) return [`${key} ${WITHOUT_UID}`];
  return recorded.get(key) === uid ? [] : [`${key} is in the record with the uid of another object`];
}

/** After a release that failed and was left as it is: then the owner label alone counts. */
export const WITHOUT_UID = 'is in the record without a uid';

/** An object of the cluster, as far as it is looked at. */
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

/** With the fields that are ours: what is not cannot be removed by the next release. */
function comparable({ kind, metadata, spec, data, ...rest }: LiveObject): object {
  const { labels, annotations, managedFields = [] } = metadata;
  const { clusterIP, clusterIPs, selector, ...lasting } = (spec ?? {}) as JsonObject;
  const { 'deployment.kubernetes.io/revision': revision, ...written } = annotations ?? {};
  const managed = managedFields.filter(({ operation }) => operation === 'Apply').map(({ manager, fieldsV1 }) => ({ manager, fieldsV1 }));
  return { labels, annotations: written, spec: lasting, data, managed, rules: (rest as JsonObject).rules ?? null };
}
