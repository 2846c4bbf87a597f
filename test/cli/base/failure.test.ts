import { ExitCode, Failure, HttpError, Interrupted, Unreachable } from '../../../src/cli/base/failure';

test.each<[Failure, ExitCode, number]>([
  [new HttpError('unknown credential', 401), ExitCode.REFUSED, 3],
  [new HttpError('missing right', 403), ExitCode.REFUSED, 3],
  [new HttpError('rejected by a policy', 403, false), ExitCode.NO, 1],
  [new HttpError('invalid', 422), ExitCode.NO, 1],
  [new Unreachable('no answer'), ExitCode.UNREACHABLE, 4],
  [new Interrupted('SIGINT'), ExitCode.INTERRUPTED, 130],
  [new Interrupted('SIGTERM'), ExitCode.TERMINATED, 143],
])('%s has its exit code', (failure, exitCode, number) => {
  expect(failure.exitCode).toBe(exitCode);
  expect(failure.exitCode).toBe(number);
});
