import { setImmediate } from 'node:timers/promises';
import { concurrently, Semaphore } from '../../../src/cli/base/concurrency';

const { signal: never } = new AbortController();

/** An action that ends when the test says so. */
function controlled(log: string[], name: string) {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const action = async () => {
    log.push(`${name} starts`);
    await ended;
  };
  return { action, end };
}

test('a semaphore starts waiting actions in order, as soon as one ends', async () => {
  const log: string[] = [];
  const semaphore = new Semaphore(2);
  const actions = ['a', 'b', 'c', 'd'].map((name) => controlled(log, name));
  const runs = actions.map(async ({ action }) => semaphore.run(action, never));
  await setImmediate();
  expect(log).toEqual(['a starts', 'b starts']);

  actions[1]?.end();
  await runs[1];
  await setImmediate();
  expect(log).toEqual(['a starts', 'b starts', 'c starts']);

  for (const { end } of actions) end();
  await Promise.all(runs);
  expect(log).toEqual(['a starts', 'b starts', 'c starts', 'd starts']);
});

test('a failed action makes room for the next', async () => {
  const semaphore = new Semaphore(1);
  await expect(semaphore.run(async () => Promise.reject(new Error('failed')), never)).rejects.toThrow('failed');

  expect(await semaphore.run(async () => 42, never)).toBe(42);
});

test('an aborted action leaves the queue with the reason of its signal', async () => {
  const log: string[] = [];
  const semaphore = new Semaphore(1);
  const [first, second, third] = ['a', 'b', 'c'].map((name) => controlled(log, name));
  const abort = new AbortController();
  const running = semaphore.run(first!.action, never);
  const waiting = semaphore.run(second!.action, abort.signal);
  const last = semaphore.run(third!.action, never);
  abort.abort(new Error('ended'));

  await expect(waiting).rejects.toThrow('ended');
  await expect(semaphore.run(second!.action, abort.signal)).rejects.toThrow('ended');
  first!.end();
  third!.end();
  await Promise.all([running, last]);
  expect(log).toEqual(['a starts', 'c starts']);
});

/** A promise that the test settles. */
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void; readonly reject: (error: Error) => void } {
  let [resolve, reject] = [() => {}, (_: Error) => {}];
  const promise = new Promise<void>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { promise, resolve, reject };
}

test('concurrently returns the results in the order of the items', async () => {
  const slow = deferred();
  const result = concurrently([1, 2, 3], async (item) => {
    if (item === 1) await slow.promise;
    else if (item === 3) slow.resolve();
    return item * 10;
  });
  expect(await result).toEqual([10, 20, 30]);
});

test('concurrently runs at most 8 actions at once', async () => {
  let [running, most] = [0, 0];
  await concurrently(Array.from({ length: 30 }, (_, index) => index), async () => {
    running += 1;
    most = Math.max(most, running);
    await setImmediate();
    running -= 1;
  });
  expect(most).toBe(8);
});

test('concurrently starts no action after an error, waits for the running ones and throws the first error', async () => {
  const gates = Array.from({ length: 20 }, deferred);
  const [started, ended] = [[] as number[], [] as number[]];
  const result = concurrently(gates, async ({ promise }) => {
    const index = started.length;
    started.push(index);
    await promise.finally(() => ended.push(index));
  });
  const rejected = expect(result).rejects.toThrow('first');
  gates[3]!.reject(new Error('first'));
  await setImmediate();
  gates[4]!.reject(new Error('second'));
  gates.forEach(({ resolve }) => resolve());
  await rejected;
  expect([started.length, ended.length]).toEqual([8, 8]);
});
