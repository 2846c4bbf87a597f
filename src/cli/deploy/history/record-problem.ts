import { userError, Problem } from '../../../base/user-error';
import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import { ApiError } from '../../cluster/status';

/**
 * A record in the cluster that cannot be worked with. It is no mistake in what the user gave, so it is not the error of one.
 */
export function recordProblem(problem: Problem): Failure {
  return new Failure(userError(problem).message, ExitCode.NO);
}

/**
 * A record, or a part of one, that cannot be read.
 *
 * @param at The object, and the place in it.
 */
export function corrupt(at: string, given: string): Failure {
  return recordProblem({
    at,
    given,
    expected: 'what this command wrote there',
    fix: 'restore it, or delete it and deploy again: objects of the application are known by their label, and only what was to be removed since stays',
  });
}

/**
 * Whether it is the API server's no with this status.
 */
export function isRefusal(error: unknown, code: number): error is ApiError {
  return error instanceof ApiError && error.code === code;
}
