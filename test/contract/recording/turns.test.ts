import { Turns } from './turns';

/** Acts as a proxy: responds when it is its turn. */
function asked(turns: Turns, order: string, log: string[]): Promise<void> {
  return new Promise((resolve) => turns.ask({ order, forward: async () => void log.push(`forward ${order}`), give: resolve }));
}

test('requests that wait at the same time are one group, in the order of their texts', async () => {
  const [turns, log]: [Turns, string[]] = [new Turns(), []];
  turns.onGroup = async (group) => void log.push(`group of ${group.length}`);

  await turns.during(async () => {
    await Promise.all(['b', 'a'].map(async (order) => asked(turns, order, log)));
    await asked(turns, 'c', log);
  });

  expect(log).toEqual(['group of 2', 'forward a', 'forward b', 'group of 1', 'forward c']);
});

test('time passes only when no request waits, and at once', async () => {
  const [turns, log]: [Turns, string[]] = [new Turns(), []];
  const begun = turns.now();

  await turns.during(async () => {
    const hour = turns.sleep(3_600_000).then(() => log.push(`an hour, after ${turns.now() - begun} ms`));
    await asked(turns, 'a', log);
    log.push(`answered after ${turns.now() - begun} ms`);
    await hour;
  });

  expect(log).toEqual(['forward a', 'answered after 0 ms', 'an hour, after 3600000 ms']);
});

test('sleepers wake in the order of their times', async () => {
  const [turns, log]: [Turns, number[]] = [new Turns(), []];

  await turns.during(async () => {
    await Promise.all([300, 100, 200].map(async (milliseconds) => turns.sleep(milliseconds).then(() => log.push(milliseconds))));
  });

  expect(log).toEqual([100, 200, 300]);
});

test('a sleep ends when its signal is aborted', async () => {
  const [turns, abort] = [new Turns(), new AbortController()];

  await turns.during(async () => {
    const sleeping = turns.sleep(1_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
  });
});

test('during passes on the failure of its action', async () => {
  await expect(new Turns().during(async () => Promise.reject(new Error('it failed')))).rejects.toThrow('it failed');
});
