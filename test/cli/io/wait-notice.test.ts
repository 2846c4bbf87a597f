import { SafeOutput } from '../../../src/cli/io/safe-output';
import { WaitNotice } from '../../../src/cli/io/wait-notice';
import { ManualClock } from '../../support/manual-clock';

const SERVER = 'https://cluster.example.com';
const ERASE = '\r\u001b[2K';

let clock: ManualClock;
let written: string[];

beforeEach(() => {
  clock = new ManualClock();
  written = [];
});

function notice({ isTTY = false, isShared = false } = {}): WaitNotice {
  const stderr = new SafeOutput({ isTTY, write: (text) => written.push(text) });
  return WaitNotice.forServer(`${SERVER}/path`, { stderr, clock, variables: {} }, isShared);
}

/** Lets the clock run in steps, as timers see it. */
function pass(seconds: number): void {
  for (let step = 0; step < seconds * 10; step += 1) clock.pass(100);
}

describe('in a log', () => {
  test('a fast answer is not reported', () => {
    const waiting = notice();
    const end = waiting.begin();
    pass(1.9);
    end();
    pass(60);
    expect(written).toEqual([]);
  });

  test('a slow answer is reported after 2 s, and then every 15 s', () => {
    const end = notice().begin();
    pass(2);
    expect(written).toEqual([`waiting for ${SERVER} (2 s): no answer yet\n`]);
    pass(30);
    expect(written.slice(1)).toEqual([`waiting for ${SERVER} (17 s): no answer yet\n`, `waiting for ${SERVER} (32 s): no answer yet\n`]);
    end();
    pass(60);
    expect(written).toHaveLength(3);
  });

  test('the reason of the last failed attempt is reported, escaped', () => {
    const waiting = notice();
    waiting.begin();
    waiting.failed('connection refused\u001b[31m');
    pass(2);
    expect(written).toEqual([`waiting for ${SERVER} (2 s): connection refused\\u001b[31m, trying again\n`]);
  });

  test('many fast calls are not reported, however long they take together', () => {
    const waiting = notice();
    let end = waiting.begin();
    for (let count = 0; count < 50; count += 1) {
      const next = waiting.begin();
      pass(0.9);
      end();
      end = next;
    }
    end();
    expect(written).toEqual([]);
  });

  test('many slow calls are reported every 15 s', () => {
    const waiting = notice();
    for (let count = 0; count < 20; count += 1) {
      const end = waiting.begin();
      pass(3);
      end();
    }
    expect(written).toHaveLength(4);
  });

  test('a slow call among fast ones is reported', async () => {
    const waiting = notice();
    waiting.begin();
    for (let count = 0; count < 5; count += 1) {
      pass(0.5);
      await waiting.during(async () => undefined);
    }
    expect(written).toEqual([`waiting for ${SERVER} (2 s): no answer yet\n`]);
  });

  test('a wait for a state is reported without an answer', () => {
    WaitNotice.until('the token is rejected', { stderr: { write: (text) => written.push(text) }, clock, variables: {} }).begin();
    pass(2);
    expect(written).toEqual(['waiting until the token is rejected (2 s)\n']);
  });

  test('an action that fails ends the wait', async () => {
    const waiting = notice();
    await expect(waiting.during(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    pass(60);
    expect(written).toEqual([]);
  });
});

describe('on a terminal', () => {
  test('one line changes every second, and is erased at the end', () => {
    const end = notice({ isTTY: true }).begin();
    pass(4);
    end();
    pass(10);
    expect(written).toEqual([2, 3, 4].map((time) => `${ERASE}waiting for ${SERVER} (${time} s): no answer yet`).concat(ERASE));
  });

  test('the line does not change beside the lines of --debug', () => {
    notice({ isTTY: true, isShared: true }).begin();
    pass(4);
    expect(written).toEqual([`waiting for ${SERVER} (2 s): no answer yet\n`]);
  });

  test('an exec plugin that talks to the user is not disturbed, and its time does not count', async () => {
    const waiting = notice({ isTTY: true });
    waiting.begin();
    pass(1);
    await waiting.suspended(async () => {
      await waiting.suspended(async () => pass(20));
      pass(10);
    });
    expect(written).toEqual([]);
    pass(2);
    expect(written[0]).toBe(`${ERASE}waiting for ${SERVER} (2 s): no answer yet`);
  });
});
