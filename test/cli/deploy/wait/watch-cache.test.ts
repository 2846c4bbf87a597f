import type { JsonObject } from '../../../../src/base/json';
import { HttpError, Unreachable } from '../../../../src/cli/base/failure';
import type { KubernetesClient } from '../../../../src/cli/cluster/kubernetes-client';
import { WatchCache } from '../../../../src/cli/deploy/wait/watch-cache';
import { ConnectionError } from '../../../../src/cli/http/network-errors';
import { ManualClock } from '../../../support/manual-clock';

const POD: JsonObject = { kind: 'Pod', metadata: { name: 'web-1', uid: 'u' } };
const OTHER: JsonObject = { kind: 'Pod', metadata: { name: 'web-2', uid: 'v' } };
const PODS = { title: 'pods in example', path: '/pods' };

const temporary = () => new Unreachable('it does not answer', new ConnectionError('it does not answer', { sent: true, permanent: false }));

/** A round is what one watch shows before it ends or fails. */
interface Round {
  readonly objects?: readonly JsonObject[];
  readonly deleted?: readonly JsonObject[];
  readonly error?: unknown;
}

let clock: ManualClock;
let rounds: Round[];
let reads: Array<JsonObject | Error>;
let cache: WatchCache;

beforeEach(() => {
  clock = new ManualClock();
  rounds = [];
  reads = [];
  const cluster = {
    async *watch(_path: string, _query: unknown, { signal, listed }: { signal: AbortSignal; listed: () => void }) {
      const { objects = [], deleted = [], error } = rounds.shift() ?? {};
      if (error !== undefined) throw error;
      for (const object of objects) yield { type: 'ADDED', object };
      listed();
      for (const object of deleted) yield { type: 'DELETED', object };
      if (rounds.length === 0) await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
    get: async () => {
      const read = reads.shift() ?? POD;
      if (read instanceof Error) throw read;
      return read;
    },
  };
  cache = new WatchCache(cluster as unknown as KubernetesClient, clock, new AbortController().signal);
});

afterEach(() => cache.stop());

/** Lets all promises settle that wait for nothing but each other. */
const settled = async () => new Promise((resolve) => setImmediate(resolve));

test('a collection has the objects of the list, and no deleted ones', async () => {
  rounds = [{ objects: [POD, OTHER], deleted: [OTHER] }];
  const pods = cache.watch(PODS);
  await settled();
  expect([...pods.all()]).toEqual([POD]);
  expect({ hasSynced: pods.hasSynced, deleted: [...pods.deletedUids] }).toEqual({ hasSynced: true, deleted: ['v'] });
});

test('a watch that ends starts again with a list after one second', async () => {
  rounds = [{ objects: [POD] }, { objects: [OTHER] }];
  const pods = cache.watch(PODS);
  await settled();
  expect(pods.hasSynced).toBe(false);
  clock.pass(1_000);
  await settled();
  expect([...pods.all()]).toEqual([OTHER]);
});

test('a temporary error starts the watch again', async () => {
  rounds = [{ error: temporary() }, { objects: [POD] }];
  const pods = cache.watch(PODS);
  await settled();
  clock.pass(1_000);
  await settled();
  expect([...pods.all()]).toEqual([POD]);
});

test('a permanent error ends the wait for the next change', async () => {
  rounds = [{ error: new HttpError('unauthorized', 401) }];
  cache.watch(PODS);
  await expect(cache.nextChange(1_000)).rejects.toThrow('unauthorized');
});

test.each([403, 404])('a collection that is optional stays empty after a %d', async (code) => {
  rounds = [{ error: new HttpError('no', code) }];
  const forbidden: string[] = [];
  const pods = cache.watch({ ...PODS, onForbidden: (title) => forbidden.push(title) });
  await settled();
  expect({ forbidden, hasSynced: pods.hasSynced, objects: [...pods.all()] }).toEqual({ forbidden: ['pods in example'], hasSynced: true, objects: [] });
});

test('polling replaces a forbidden watch, and a temporary error keeps the last known state', async () => {
  rounds = [{ error: new HttpError('no', 403) }];
  reads = [POD, temporary(), new HttpError('not found', 404)];
  const started: string[] = [];
  const pods = cache.watch({ ...PODS, polling: { paths: ['/pods/web-1'], onStart: (title) => started.push(title) } });
  const states: number[] = [];
  for (let poll = 0; poll < 3; poll += 1) {
    await settled();
    states.push([...pods.all()].length);
    clock.pass(1_000);
  }
  expect({ started, states }).toEqual({ started: ['pods in example'], states: [1, 1, 0] });
});

test('the wait for the next change ends when the time is over', async () => {
  const waiting = cache.nextChange(500);
  clock.pass(500);
  await expect(waiting).resolves.toBeUndefined();
  expect(clock.sleeping).toBe(0);
});
