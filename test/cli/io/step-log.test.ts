import { ExitCode, Failure, HttpError, Interrupted, Unreachable } from '../../../src/cli/base/failure';
import { StepLog } from '../../../src/cli/io/step-log';

let said: string;
let steps: StepLog;

beforeEach(() => {
  said = '';
  steps = new StepLog({ write: (text) => said += text });
});

async function failing(error: unknown, goOn?: string): Promise<unknown> {
  return steps.within(async () => {
    throw error;
  }, goOn).catch((thrown: unknown) => thrown);
}

test('each change becomes a list entry, and notes and warnings do not', () => {
  steps.note('will be done');
  steps.did('done');
  steps.warn('have a look');
  expect(said).toBe('will be done\n- done\nwarning: have a look\n');
});

test('a successful action returns its result', async () => {
  expect(await steps.within(async () => 42)).toBe(42);
});

describe('a failed action', () => {
  test('says that nothing was changed when there were only notes and warnings', async () => {
    steps.note('will be done');
    steps.warn('have a look');
    expect(await failing(new Failure('no', ExitCode.NO))).toMatchObject({ message: 'no\nnothing was changed', exitCode: ExitCode.NO });
  });

  test('says that the listed steps are done, and how to continue', async () => {
    steps.did('done');
    expect(await failing(new Failure('no', ExitCode.NO))).toMatchObject({ message: 'no\nthe steps listed above are done; run the same command again to continue' });
    expect(await failing(new Failure('no', ExitCode.NO), 'wait')).toMatchObject({ message: 'no\nthe steps listed above are done; wait' });
  });

  test.each([
    [new HttpError('forbidden', 403), ExitCode.REFUSED],
    [new Unreachable('gone'), ExitCode.UNREACHABLE],
    [new Interrupted('SIGINT'), ExitCode.INTERRUPTED],
    [new Interrupted('SIGTERM'), ExitCode.TERMINATED],
  ])('keeps its exit code and its cause: %s', async (error, exitCode) => {
    expect(await failing(error)).toMatchObject({ exitCode, cause: error });
  });

  test('throws a bug unchanged', async () => {
    const bug = new TypeError('undefined is not a function');
    expect(await failing(bug)).toBe(bug);
  });
});
