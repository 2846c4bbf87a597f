import { setImmediate } from 'node:timers/promises';
import { Semaphore } from '../../../src/cli/http/semaphore';

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
