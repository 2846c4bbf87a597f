import { ExitCode } from '../../../src/cli/base/exit-code';
import { Failure, Interrupted, HttpError, Unreachable } from '../../../src/cli/base/failure';
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

test('what was done is listed as it is done, apart from what is only said', () => {
  steps.note('will be done');
  steps.did('done');
  steps.warn('have a look');
  expect(said).toBe('will be done\n- done\nwarning: have a look\n');
});

test('what succeeds gives its result', async () => {
  expect(await steps.within(async () => 42)).toBe(42);
});

describe('what fails', () => {
  test('before anything was done says that nothing was changed, whatever was said', async () => {
    steps.note('will be done');
    steps.warn('have a look');
    expect(await failing(new Failure('no', ExitCode.NO))).toMatchObject({ message: 'no\nnothing was changed', exitCode: ExitCode.NO });
  });

  test('later says that the list stands, and how to go on', async () => {
    steps.did('done');
    expect(await failing(new Failure('no', ExitCode.NO))).toMatchObject({ message: 'no\nwhat is listed above was done; run the same command again to go on' });
    expect(await failing(new Failure('no', ExitCode.NO), 'wait')).toMatchObject({ message: 'no\nwhat is listed above was done; wait' });
  });

  test.each([
    [new HttpError('forbidden', 403), ExitCode.REFUSED],
    [new Unreachable('gone'), ExitCode.UNREACHABLE],
    [new Interrupted('SIGINT'), ExitCode.INTERRUPTED],
    [new Interrupted('SIGTERM'), ExitCode.TERMINATED],
  ])('keeps its exit status and its cause: %s', async (error, exitCode) => {
    expect(await failing(error)).toMatchObject({ exitCode, cause: error });
  });

  test('as a bug stays one', async () => {
    const bug = new TypeError('undefined is not a function');
    expect(await failing(bug)).toBe(bug);
  });
});
