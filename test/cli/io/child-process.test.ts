import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Interrupted } from '../../../src/cli/base/failure';
import { runChild } from '../../../src/cli/io/child-process';
import { cliFolder } from '../../support/cli';
import { FakeClock } from '../../support/fake-clock';
import { until } from '../../support/until';

const written: number[] = [];

/** The process ids that a script has written into the file `pids`. */
function pids(): number[] {
  const file = join(cliFolder(), 'pids');
  const found = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map(Number) : [];
  written.push(...found);
  return found;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie has ended: only its parent has not asked for its status.
  return !existsSync('/proc') || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

function start(script: string) {
  const [clock, abort, said] = [new FakeClock(), new AbortController(), [] as string[]];
  const say = (text: string) => void said.push(text);
  const ended = runChild('/bin/sh', ['-c', script], { cwd: cliFolder(), env: { PATH: process.env.PATH }, clock, signal: abort.signal, stdout: say, stderr: say });
  const result = ended.catch((error: unknown) => error);
  return { clock, said, result, stop: () => abort.abort(new Interrupted('SIGTERM')) };
}

afterEach(() => written.splice(0).filter(isAlive).forEach((pid) => process.kill(pid, 'SIGKILL')));

test('the output and the status of a program are returned', async () => {
  const { said, result } = start('echo out; echo err >&2; exit 3');
  expect(await result).toEqual({ status: 3, killedBy: null });
  expect(said.sort()).toEqual(['err\n', 'out\n']);
});

test('a program that cannot be started is an error', async () => {
  const options = { env: {}, clock: new FakeClock(), signal: new AbortController().signal, stdout: () => undefined, stderr: () => undefined };
  await expect(runChild('/absent', [], options)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an aborted signal starts no program', async () => {
  const options = { env: {}, clock: new FakeClock(), signal: AbortSignal.abort('ended'), stdout: () => undefined, stderr: () => undefined };
  await expect(runChild('/bin/sh', ['-c', 'exit 0'], options)).rejects.toBe('ended');
});

describe('after the signal', () => {
  test.each<[string, string, number]>([
    ['a program that ends by SIGTERM', 'echo $$ >>pids; exec sleep 600', 1],
    ['a program and its children', '(echo $$; sleep 600 & echo $!) >>pids; wait; sleep 600', 2],
  ])('%s ends at once', async (_, script, count) => {
    const { result, stop } = start(script);
    await until(() => pids().length === count);
    stop();
    expect(await result).toBeInstanceOf(Interrupted);
    await until(() => !pids().some(isAlive));
  });

  test.each<[string, string, number]>([
    ['a program that ignores SIGTERM', 'trap "" TERM; echo $$ >>pids; while :; do sleep 0.1; done', 1],
    ['children that ignore SIGTERM', 'echo $$ >>pids; sh -c \'trap "" TERM; echo $$ >>pids; while :; do sleep 0.1; done\'; exit 0', 2],
  ])('%s is killed after 2 s', async (_, script, count) => {
    const { clock, result, stop } = start(script);
    await until(() => pids().length === count);
    stop();
    clock.pass(2000);
    expect(await result).toBeInstanceOf(Interrupted);
    await until(() => !pids().some(isAlive));
  });

  test('a child that outlives its program is killed when the program ends', async () => {
    const { result, stop } = start('echo $$ >>pids; sh -c \'trap "" TERM; echo $$ >>pids; while :; do sleep 0.1; done\' & trap "exit 0" TERM; wait');
    await until(() => pids().length === 2);
    stop();
    expect(await result).toBeInstanceOf(Interrupted);
    await until(() => !pids().some(isAlive));
  });
});

test('a process that has left the group and holds the pipes does not keep the command running', async () => {
  const { clock, result, stop } = start('setsid sh -c \'trap "" TERM; echo $$ >>pids; exec sleep 600\' & echo $$ >>pids; wait');
  await until(() => pids().length === 2);
  stop();
  clock.pass(2000);
  expect(await result).toBeInstanceOf(Interrupted);
});

test('the pipes of an ended program are closed after 5 s when a process in the background holds them', async () => {
  const { clock, result } = start('sleep 600 & echo $! >>pids; exit 0');
  const settled = jest.fn();
  void result.then(settled);
  await until(() => pids().length === 1);
  while (settled.mock.calls.length === 0) {
    clock.pass(5000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await result).toEqual({ status: 0, killedBy: null });
});
