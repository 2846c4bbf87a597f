import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { APPS, AppName, interleavingOf, Manifest, WindowName } from './interleaving';
import { differenceIn, ForeignWrite, HeldObject, ownershipIn, RecordedEvent } from './ownership';
import { Done, InterleavingRun, Lane, runInterleaving } from './run-interleaving';
import { LiveObject, stateAmong, WITHOUT_UID } from './state';
import { NamespaceOfTwo } from './two-applications';
import { isObject, JsonObject } from '../../src/base/json';
import { resourceOf } from '../../src/kubernetes/kinds';
import { OWNER_LABEL, ownerId } from '../../src/release/release-names';
import { administratorClient } from '../cluster/clients';
import { ControlPlane, ControlPlaneOptions } from '../cluster/control-plane';
import { FaultProxy } from '../cluster/fault-proxy';
import { settledAuditEvents } from '../cluster/settled-audit';

export interface InterleaveOptions {
  /** The seed of the first interleaving. Each further one has the next seed. */
  readonly seed: number;
  readonly count: number;
  /**
   * The number of interleavings at the same time. They mostly wait.
   *
   * @default 6
   */
  readonly lanes?: number;
  /** Called after each interleaving. */
  readonly progress?: (line: string) => void;
}

/**
 * The result of an interleaving for the objects of the applications.
 */
export interface JudgedInterleaving extends Pick<InterleavingRun, 'hitWindow' | 'done'> {
  readonly seed: number;
  readonly window: WindowName;
  /** Writes that the server refused with 409 or 422, without dry runs. */
  readonly conflicts: number;
  readonly foreign: ReadonlyArray<ForeignWrite<AppName>>;
  /** Objects that differ from the last write of the application that holds them. */
  readonly lost: readonly string[];
  /** Objects of an application that its record lacks or has with another uid, so that destroy keeps them, and Leases that are held. */
  readonly orphans: readonly string[];
}

/**
 * The options of a control plane whose audit log has the object after each write.
 */
export function auditedOptions(): ControlPlaneOptions {
  const policy = join(mkdtempSync(join(tmpdir(), 'audit-policy-')), 'policy.yaml');
  writeFileSync(policy, stringify({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    omitManagedFields: true,
    rules: [
      { level: 'None', users: ['system:kube-controller-manager', 'system:kube-scheduler', 'system:apiserver'] },
      { level: 'None', userGroups: ['system:serviceaccounts:kube-system'] },
      { level: 'RequestResponse', verbs: ['create', 'update', 'patch', 'delete'] },
      { level: 'Metadata' },
    ],
  }));
  return { nodes: 'kwok', apiServerFlags: [`--audit-policy-file=${policy}`] };
}

/**
 * Runs interleavings on a control plane with `auditedOptions`, and checks its audit log and the objects at the end.
 */
export async function interleave(cluster: ControlPlane, { seed, count, lanes = 6, progress }: InterleaveOptions): Promise<JudgedInterleaving[]> {
  const runs: InterleavingRun[] = [];
  const seeds = Array.from({ length: count }, (_, index) => seed + index)[Symbol.iterator]();
  const admin = await administratorClient(cluster.kubeconfig, {}, { budget: PATIENT });
  try {
    await Promise.all(Array.from({ length: Math.min(lanes, count) }, async () => inLane(cluster, async (proxies) => {
      for (const next of seeds) {
        const run = await runInterleaving({ admin, proxies }, interleavingOf(next));
        runs.push(run);
        progress?.(`${runs.length}: seed ${next}, ${run.interleaving.window}${run.hitWindow ? ', hit' : ''}: ${inWords(run.done)}`);
        for (const { app, code, stderr } of run.done.filter((one) => one.code !== 0)) progress?.(`  ${app}, ${code}: ${stderr.trimEnd().replace(/\n/g, '\n    ')}`);
      }
    })));
  } finally {
    admin.close();
  }
  const events = eventsByNamespace(await settledAuditEvents(cluster));
  return runs.map((run) => judge(run, events.get(run.namespace) ?? [])).sort((a, b) => a.seed - b.seed);
}

/** Milliseconds, only to guard against hanging: many commands run at once, and machines are slow. */
const PATIENT = { perCall: 120_000, total: 300_000 };

/** The operations and their exit codes: `first deploy 0, second destroy 1`. */
export function inWords(done: readonly Done[]): string {
  return done.map(({ app, operation: { command, isDenied, options }, code }) => {
    const flags = options.filter((option) => ['--adopt', '--force-conflicts', '--rollback-on-failure'].includes(option));
    return [app, ...isDenied ? ['denied'] : [], ...options.includes('--timeout') ? ['failing'] : [], command, ...flags, code].join(' ');
  }).join(', ');
}

async function inLane(cluster: ControlPlane, action: (proxies: Lane['proxies']) => Promise<void>): Promise<void> {
  const [first, second] = await Promise.all([proxyOf(cluster), proxyOf(cluster)]);
  try {
    await action({ first, second });
  } finally {
    await Promise.all([first.stop(), second.stop()]);
  }
}

async function proxyOf(cluster: ControlPlane): Promise<FaultProxy> {
  return FaultProxy.start({ server: cluster.server, ca: cluster.certificateAuthority });
}

function eventsByNamespace(events: readonly RecordedEvent[]): Map<string, RecordedEvent[]> {
  const found = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const namespace = event.objectRef?.namespace ?? '';
    const those = found.get(namespace);
    if (those) those.push(event);
    else found.set(namespace, [event]);
  }
  return found;
}

function judge(run: InterleavingRun, events: readonly RecordedEvent[]): JudgedInterleaving {
  const { interleaving: { seed, window }, namespace, hitWindow, done, objects } = run;
  const apps = new Map(APPS.map((app) => [NamespaceOfTwo.user(namespace, app), app]));
  const owners = new Map(APPS.map((app) => [ownerOf(app, namespace), app]));
  const { foreign, held } = ownershipIn(events, { apps, owners });
  const lost = new Map([...APPS.flatMap((app) => missingOf(app, run)), ...held.flatMap((one) => lossOf(one, objects, namespace))]);
  return {
    seed,
    window,
    hitWindow,
    done,
    foreign,
    conflicts: events.filter((event) => isConflict(event, apps)).length,
    lost: [...lost].map(([object, problem]) => `${object} ${problem}`),
    orphans: APPS.flatMap((app) => stateAmong(objects, namespace, app).faults.filter((fault) => !fault.endsWith(WITHOUT_UID)).map((fault) => `${app}: ${fault}`)),
  };
}

function ownerOf(app: AppName, namespace: string): string {
  return ownerId({ project: 'local', environment: 'production', app }, namespace);
}

/** Conflicts of records and Leases are not counted. */
function isConflict({ user, requestURI, responseStatus, objectRef }: RecordedEvent, apps: ReadonlyMap<string, AppName>): boolean {
  const isOwn = /^cdk8s-ci-deploy-/.test(objectRef?.name ?? '') || objectRef?.resource === 'leases';
  return apps.has(user.username) && [409, 422].includes(responseStatus?.code ?? 0) && !isOwn && !/[?&]dryRun=/.test(requestURI);
}

/** An object and its problem. */
type Loss = readonly [string, string];

/** The problem of an object that an application holds, if any. */
function lossOf({ app, resource, name, uid, applied }: HeldObject<AppName>, objects: readonly LiveObject[], namespace: string): Loss[] {
  const live = objects.find((object) => object.metadata.uid === uid);
  const problem = live ? problemOf(app, applied, live, namespace) : 'is gone';
  return problem === undefined ? [] : [[`${resource} ${name} of the ${app} application`, problem]];
}

function problemOf(app: AppName, wanted: JsonObject, { metadata, ...live }: LiveObject, namespace: string): string | undefined {
  const isRecord = metadata.labels?.[OWNER_LABEL] === undefined && live.type === 'cdk8s-ci-deploy/release';
  if (isRecord) return undefined;
  if (metadata.labels?.[OWNER_LABEL] !== ownerOf(app, namespace)) return 'has the label of another';
  const difference = differenceIn(contentOf(wanted), { ...live, metadata });
  return difference === undefined ? undefined : `has other contents at ${difference}`;
}

/** The manifest without its identity, in the form of the server. */
function contentOf({ apiVersion, metadata, stringData, ...content }: JsonObject): object {
  const { labels, annotations } = isObject(metadata) ? metadata : {};
  const data = isObject(stringData) ? Object.fromEntries(Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')])) : content.data;
  return { ...content, data, metadata: { labels, annotations } };
}

/** The objects that differ from the last operation of an application, if that was a successful deploy. */
function missingOf(app: AppName, { interleaving: { contended, holds }, done, objects, namespace }: InterleavingRun): Loss[] {
  const last = done.filter((one) => one.app === app).at(-1);
  if (last?.operation.command !== 'deploy' || last.code !== 0) return [];
  // The administrator may have changed the contended object after the deploy wrote it.
  const isDisturbed = last.operation === done.find((one) => one.app === 'first' && one.operation === last.operation)?.operation && holds.some(({ administrator }) => administrator !== undefined);
  return last.operation.objects.filter((object) => !(isDisturbed && keyOf(object) === keyOf(contended))).flatMap((object) => {
    const live = objects.find((one) => keyOf(one) === keyOf(object));
    const problem = live ? problemOf(app, object as unknown as JsonObject, live, namespace) : 'is gone';
    const resource = resourceOf(object.apiVersion, object.kind)?.resource ?? object.kind;
    return problem === undefined ? [] : [[`${resource} ${object.metadata.name} of the ${app} application`, problem] as const];
  });
}

function keyOf({ kind, metadata }: Pick<Manifest | LiveObject, 'kind' | 'metadata'>): string {
  return `${kind} ${metadata.name}`;
}
