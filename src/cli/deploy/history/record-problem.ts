import { refusal, Refusal } from '../../../base/user-error';
import { ApiRefusal } from '../../cluster/status';
import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';

/**
 * A record in the cluster that cannot be worked with. It is no mistake in what the user gave, so it is not the error of one.
 */
export function recordProblem(problem: Refusal): Failure {
  return new Failure(refusal(problem).message, ExitCode.NO);
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
export function isRefusal(error: unknown, code: number): error is ApiRefusal {
  return error instanceof ApiRefusal && error.code === code;
}
