import { Interrupted, Unreachable } from '../../../../src/cli/base/failure';
import { KubernetesClient } from '../../../../src/cli/cluster/kubernetes-client';
import { AcquireOptions, acquireLock, Reads } from '../../../../src/cli/deploy/lock/acquire-lock';
import { DeployLock, guardedByLock, LockOptions } from '../../../../src/cli/deploy/lock/deploy-lock';
import { systemClock } from '../../../../src/cli/io/clock';
import { releaseName } from '../../../../src/release/release-names';
import { ManualClock } from '../../../support/manual-clock';
import { until } from '../../../support/until';
import { cluster, eachWithRelease, identity } from '../history/in-namespace';

const NAMESPACE = 'lock-test';
const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`;
const DURATION = 30_000;

eachWithRelease(NAMESPACE, 'production');

let locks: DeployLock[];

beforeEach(() => {
  locks = [];
});

afterEach(async () => Promise.all(locks.map(async (lock) => lock.release())));

interface Options extends Partial<LockOptions>, Partial<AcquireOptions> {
  readonly reads?: (lock: DeployLock) => Reads;
}

async function acquire(holder: string, { reads, ...around }: Options = {}): Promise<DeployLock> {
  const { signal } = new AbortController();
  const options = { cluster, namespace: NAMESPACE, identity, holder, clock: systemClock, signal, maximumWait: 0, ...around };
  const lock = new DeployLock(options);
  await acquireLock(lock, options, reads && (() => reads(lock)));
  locks.push(lock);
  return lock;
}

async function lease(): Promise<any> {
  return cluster.get(`${LEASES}/${releaseName(identity)}`);
}

/** Lets time pass second by second. What wakes goes to sleep again before the next, unless it ends: the lock is lost, or the taking of one is over. */
async function passing(clock: ManualClock, milliseconds: number, ending?: AbortSignal | Promise<unknown>): Promise<void> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  if (ending instanceof AbortSignal) ending.addEventListener('abort', end);
  else ending?.then(end, end);
  for (let passed = 0; passed < milliseconds; passed += 1000) {
    await until(() => clock.sleeping > 0 || isOver);
    const { sleeping } = clock;
    clock.pass(1000);
    await until(() => clock.sleeping >= sleeping || isOver);
  }
}

/** A client whose calls fail while it is told so. */
function breakable(): { readonly client: KubernetesClient; broken: boolean } {
  const state = { broken: false, client: cluster };
  const call = (method: (...args: any[]) => Promise<unknown>) => async (...args: unknown[]) => {
    if (state.broken) throw new Unreachable('it does not answer');
    return method.apply(cluster, args);
  };
  state.client = Object.assign(Object.create(cluster), { get: call(cluster.get), merge: call(cluster.merge), create: call(cluster.create) });
  return state;
}

/** A client before whose first deletion another job takes the lock. */
function overtaken(): { readonly client: KubernetesClient; readonly overtakes: () => number } {
  let overtakes = 0;
  const remove: KubernetesClient['delete'] = async (path, options) => {
    overtakes += 1;
    await cluster.merge(path, { spec: { holderIdentity: 'c' } });
    return cluster.delete(path, options);
  };
  return { client: Object.assign(Object.create(cluster), { delete: remove }), overtakes: () => overtakes };
}

describe('one job', () => {
  test('creates the Lease with its page as the holder, and releases it', async () => {
    const lock = await acquire('https://gitlab.example.com/web/-/jobs/70');
    expect((await lease()).spec).toMatchObject({
      holderIdentity: 'https://gitlab.example.com/web/-/jobs/70', leaseDurationSeconds: 30, leaseTransitions: 0, renewTime: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/),
    });
    expect((await lease()).metadata.annotations).toMatchObject({ 'cdk8s-ci-deploy/release-of': JSON.stringify(identity) });
    lock.assertHeld();

    await lock.release();
    expect((await lease()).spec).not.toHaveProperty('holderIdentity');
    expect(lock.signal.aborted).toBe(false);
    expect(() => lock.assertHeld()).toThrow('the lock was released');
    await lock.release();
  });

  test('renews the Lease, and holds the lock for longer than its duration', async () => {
    const clock = new ManualClock();
    const lock = await acquire('a', { clock });
    const before = (await lease()).metadata.resourceVersion;
    for (let passed = 0; passed < 2 * DURATION; passed += 10_000) {
      const { resourceVersion } = (await lease()).metadata;
      clock.pass(10_000);
      await until(async () => (await lease()).metadata.resourceVersion !== resourceVersion && clock.sleeping === 2);
      lock.assertHeld();
    }
    expect((await lease()).metadata.resourceVersion).not.toBe(before);
    expect((await lease()).spec.leaseTransitions).toBe(0);
  });

  test('still holds the lock when somebody changes another field of the Lease', async () => {
    const clock = new ManualClock();
    const lock = await acquire('a', { clock });
    await cluster.merge(`${LEASES}/${releaseName(identity)}`, { metadata: { annotations: { note: 'x' } } });
    clock.pass(10_000);
    await until(async () => (await lease()).spec.renewTime.startsWith('2026-01-01T00:00:10') && clock.sleeping === 2);
    lock.assertHeld();
    await lock.release();
    expect((await lease()).spec).not.toHaveProperty('holderIdentity');
  });

  test('deletes the Lease on request, unless the access manifests created it', async () => {
    await (await acquire('a')).remove();
    await expect(lease()).rejects.toMatchObject({ code: 404 });

    const annotations = { 'cdk8s-ci-deploy/release-of': JSON.stringify(identity), 'cdk8s-ci-deploy/kept': 'true' };
    await cluster.create(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: releaseName(identity), annotations } });
    await (await acquire('b')).remove();
    expect((await lease()).spec).not.toHaveProperty('holderIdentity');
  });

  test('knows whether it created the Lease, and does not delete one that another job took meanwhile', async () => {
    const first = await acquire('a');
    expect(first.isNew).toBe(true);
    const { client, ...state } = overtaken();
    await first.release();
    const second = await acquire('b', { cluster: client });
    expect(second.isNew).toBe(false);
    await second.remove();
    expect(state.overtakes()).toBe(1);
    expect((await lease()).spec.holderIdentity).toBe('c');
  });

  test('rejects the Lease of another application', async () => {
    const annotations = { 'cdk8s-ci-deploy/release-of': JSON.stringify({ ...identity, app: 'other' }) };
    await cluster.create(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: releaseName(identity), annotations } });
    await expect(acquire('a')).rejects.toThrow(/^Lease lock-test\/\S+: it belongs to application other/);
  });
});

describe('of two jobs,', () => {
  test('the second waits for the given time, says for whom, and ends with exit code 4', async () => {
    await acquire('https://gitlab.example.com/1');
    const [clock, told] = [new ManualClock(), [] as string[]];
    const waiting = acquire('b', { clock, maximumWait: 5000, waiting: (words) => told.push(words) }).catch((error) => error);
    await passing(clock, 5000, waiting);
    expect(await waiting).toMatchObject({
      exitCode: 4, message: expect.stringMatching(/^Lease lock-test\/\S+: "https:\/\/gitlab\.example\.com\/1" still holds the lock after 5 s; run this job again later/),
    });
    expect(told).toEqual([expect.stringMatching(
      /^waiting for "https:\/\/gitlab\.example\.com\/1", which holds the lock since \d{4}-[\d-]+T[\d:]+Z; at most 5 s, or until it has not renewed the lock for 30 s$/,
    )]);
  });

  test('the second takes the lock when the first has released it', async () => {
    const first = await acquire('a');
    const clock = new ManualClock();
    const second = acquire('b', { clock, maximumWait: 60_000 });
    await until(() => clock.sleeping === 1);
    await first.release();
    clock.pass(1000);
    (await second).assertHeld();
    expect((await lease()).spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1, leaseDurationSeconds: 30 });
  });

  test('the second stops waiting when it is interrupted', async () => {
    await acquire('a');
    const abort = new AbortController();
    const clock = new ManualClock();
    const waiting = expect(acquire('b', { clock, maximumWait: 60_000, signal: abort.signal })).rejects.toMatchObject({ exitCode: 143 });
    await until(() => clock.sleeping === 1);
    abort.abort(new Interrupted('SIGTERM'));
    await waiting;
  });

  test('only one of eight takes the lock at a time', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, async (_, index) => acquire(`job ${index}`)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('each process of the same job counts as a job of its own', async () => {
    await acquire('https://gitlab.example.com/1');
    await expect(acquire('https://gitlab.example.com/1')).rejects.toThrow(/still holds the lock/);
  });
});

describe('reads', () => {
  const CONNECTION = { server: 'https://203.0.113.1', credentials: { description: 'a token', present: async () => ({ token: 't' }) } };

  function logging(log: string[]): () => Reads {
    return () => {
      log.push('begin');
      return { close: () => log.push('drop') };
    };
  }

  /** A client before whose first write another job takes the lock. */
  function outrun(log: string[]): { readonly client: KubernetesClient; readonly faster: () => DeployLock } {
    let faster: DeployLock | undefined;
    const merge: KubernetesClient['merge'] = async (...args) => {
      if (!faster) {
        log.push('take');
        faster = await acquire('faster');
      }
      return cluster.merge(...args);
    };
    return { client: Object.assign(Object.create(cluster), { merge }), faster: () => faster! };
  }

  test('begin while a free Lease is being taken', async () => {
    await (await acquire('a')).release();
    const log: string[] = [];
    const merge: KubernetesClient['merge'] = async (...args) => cluster.merge(...args).finally(() => log.push('taken'));
    await acquire('b', { cluster: Object.assign(Object.create(cluster), { merge }), reads: logging(log) });
    expect(log).toEqual(['begin', 'taken']);
  });

  test('do not begin when there was no Lease', async () => {
    const log: string[] = [];
    await acquire('a', { reads: logging(log) });
    expect(log).toEqual([]);
  });

  test('begin when the other job has released the lock', async () => {
    const first = await acquire('a');
    const [clock, log] = [new ManualClock(), [] as string[]];
    const second = acquire('b', { clock, maximumWait: 60_000, reads: logging(log) });
    await passing(clock, 2000);
    expect(log).toEqual([]);
    await first.release();
    clock.pass(1000);
    await second;
    expect(log).toEqual(['begin']);
  });

  test('are dropped when another job was faster, and begin again', async () => {
    await (await acquire('before')).release();
    const [clock, log] = [new ManualClock(), [] as string[]];
    const { client, faster } = outrun(log);
    const acquired = acquire('slow', { clock, cluster: client, maximumWait: 60_000, reads: logging(log) });
    await until(() => clock.sleeping > 0);
    expect(log).toEqual(['take', 'begin', 'drop']);
    await faster().release();
    clock.pass(1000);
    (await acquired).assertHeld();
    expect(log).toEqual(['take', 'begin', 'drop', 'begin']);
  });

  test('are dropped when the lock cannot be taken', async () => {
    await (await acquire('before')).release();
    const log: string[] = [];
    const merge: KubernetesClient['merge'] = async () => Promise.reject(new Error('broken'));
    await expect(acquire('a', { cluster: Object.assign(Object.create(cluster), { merge }), reads: logging(log) })).rejects.toThrow('broken');
    expect(log).toEqual(['begin', 'drop']);
  });

  test('may be sent before the lock is held, and writes may not', async () => {
    await (await acquire('a')).release();
    const outcomes: unknown[] = [];
    const outcome = (permit: () => void) => {
      try {
        return permit();
      } catch (error) {
        return error;
      }
    };
    const reads = (lock: DeployLock) => {
      const { permit } = guardedByLock(CONNECTION, lock);
      outcomes.push(outcome(() => permit?.({ writes: false })), outcome(() => permit?.({ writes: true })));
      return { close: () => undefined };
    };
    const lock = await acquire('b', { reads });
    const { permit } = guardedByLock(CONNECTION, lock);
    outcomes.push(outcome(() => permit?.({ writes: true })));
    expect(outcomes).toEqual([undefined, new Error('the lock is not held yet'), undefined]);
  });
});

describe('a holder that has ended', () => {
  test('loses the lock after the duration of the Lease, by the clock of the job that waits, whatever times are in the Lease', async () => {
    const metadata = { name: releaseName(identity), annotations: { 'cdk8s-ci-deploy/release-of': JSON.stringify(identity) } };
    const spec = { holderIdentity: 'dead', leaseDurationSeconds: 30, renewTime: '2001-01-01T00:00:00.000000Z', leaseTransitions: 3 };
    await cluster.create(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
    const [clock, told] = [new ManualClock(), [] as string[]];
    const waiting = acquire('b', { clock, maximumWait: 60_000, waiting: (words) => told.push(words) });
    await passing(clock, DURATION - 1000);
    expect((await lease()).spec.holderIdentity).toBe('dead');
    await passing(clock, 2000, waiting);
    (await waiting).assertHeld();
    expect((await lease()).spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 4 });
    expect(told).toEqual([
      'waiting for "dead", which holds the lock; at most 60 s, or until it has not renewed the lock for 30 s',
      '"dead" has not renewed its lock for 15 s; the lock expires in 15 s',
    ]);
  });

  test('keeps the lock while it renews the Lease', async () => {
    const [holding, clock] = [new ManualClock(), new ManualClock()];
    const lock = await acquire('a', { clock: holding });
    const waiting = acquire('b', { clock, maximumWait: 60_000 }).catch((error) => error);
    for (let round = 0; round < 6; round += 1) {
      const { resourceVersion } = (await lease()).metadata;
      holding.pass(10_000);
      await until(async () => (await lease()).metadata.resourceVersion !== resourceVersion && holding.sleeping === 2);
      await passing(clock, 10_000, waiting);
    }
    expect(await waiting).toMatchObject({ exitCode: 4 });
    lock.assertHeld();
  });
});

describe('a holder that was paused', () => {
  test('notices before its next write that the lock has expired', async () => {
    const clock = new ManualClock();
    const lock = await acquire('a', { clock });
    // As in a process that was stopped: the time is another when the next line runs, and no timer has fired yet.
    Object.assign(clock, { time: clock.now() + 20_000 });
    expect(() => lock.assertHeld()).toThrow(/^Lease lock-test\/\S+: the lock of this deployment is lost, and nothing more is written: it could not be renewed in time$/);
    expect(lock.signal.aborted).toBe(true);
  });

  test('notices that another job took the lock, writes nothing more, and does not change the Lease', async () => {
    const [paused, clock] = [new ManualClock(), new ManualClock()];
    const first = await acquire('a', { clock: paused });
    const second = acquire('b', { clock, maximumWait: 60_000 });
    await passing(clock, DURATION + 1000, second);
    (await second).assertHeld();

    paused.pass(10_000);
    await until(() => first.signal.aborted);
    expect(first.signal.reason).toMatchObject({ exitCode: 4, message: expect.stringMatching(/another job has taken it$/) });
    expect(() => first.assertHeld()).toThrow(/another job has taken it$/);
    await first.release();
    expect((await lease()).spec.holderIdentity).toBe('b');
  });

  test('sends its credentials to nobody', async () => {
    const clock = new ManualClock();
    const lock = await acquire('a', { clock });
    const { credentials } = guardedByLock({ server: 'https://203.0.113.1', credentials: { description: 'a token', present: async () => ({ token: 't' }) } }, lock);
    expect(await credentials.present()).toEqual({ token: 't' });
    clock.pass(60_000);
    await expect(credentials.present()).rejects.toThrow(/is lost/);
  });
});

describe('a server that cannot be reached', () => {
  test('gets the request for the lock again', async () => {
    const clock = new ManualClock();
    const connection = breakable();
    connection.broken = true;
    const acquired = acquire('a', { clock, cluster: connection.client });
    await passing(clock, 20_000);
    connection.broken = false;
    await passing(clock, 1000, acquired);
    (await acquired).assertHeld();
  });

  test('gets requests for half a minute', async () => {
    const clock = new ManualClock();
    const connection = breakable();
    connection.broken = true;
    const acquired = expect(acquire('a', { clock, cluster: connection.client })).rejects.toMatchObject({ message: 'it does not answer', exitCode: 4 });
    await passing(clock, 30_000, acquired);
    await acquired;
  });

  test.each([0, 4_000, 9_000])('does not end the lock within half of its duration, from %d ms after a renewal on', async (passed) => {
    const clock = new ManualClock();
    const connection = breakable();
    const lock = await acquire('a', { clock, cluster: connection.client });
    await passing(clock, passed);
    connection.broken = true;
    await passing(clock, DURATION / 2 - 1000);
    connection.broken = false;
    await passing(clock, DURATION);
    lock.assertHeld();
  });
});

describe('a renewal that is missed', () => {
  test('ends the lock before others may take it, with the reason', async () => {
    const clock = new ManualClock();
    const connection = breakable();
    const lock = await acquire('a', { clock, cluster: connection.client });
    connection.broken = true;
    await passing(clock, 19_000);
    lock.assertHeld();
    await passing(clock, 1000, lock.signal);
    expect(() => lock.assertHeld()).toThrow(/nothing more is written: it could not be renewed in time: it does not answer$/);
    connection.broken = false;
    await lock.release();
    expect((await lease()).spec.holderIdentity).toBe('a');
  });

  test('does not end the lock when a later renewal succeeds in time', async () => {
    const clock = new ManualClock();
    const connection = breakable();
    const lock = await acquire('a', { clock, cluster: connection.client });
    connection.broken = true;
    await passing(clock, 15_000);
    connection.broken = false;
    await passing(clock, 10_000);
    lock.assertHeld();
  });
});
