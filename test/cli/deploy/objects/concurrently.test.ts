import { concurrently } from '../../../../src/cli/deploy/objects/concurrently';

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
    await new Promise(setImmediate);
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
  await new Promise(setImmediate);
  gates[4]!.reject(new Error('second'));
  gates.forEach(({ resolve }) => resolve());
  await rejected;
  expect([started.length, ended.length]).toEqual([8, 8]);
});
