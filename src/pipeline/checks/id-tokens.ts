import { jobNamed, PipelineCheck } from './checked-pipeline';
import { isObject } from '../../base/json';

/**
 * Whether a job with an id_token says how long it may take: the token is valid for that long, and for 5 minutes where nothing is said.
 *
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/
 */
export const checkIdTokens: PipelineCheck = ({ jobs }) => jobs
  .filter(({ effective: { id_tokens: tokens, timeout } }) => isObject(tokens) && timeout === undefined)
  .map(({ name }) => ({
    at: jobNamed(name),
    given: 'it has id_tokens and no timeout',
    expected: 'a timeout, for which the token is valid; without one it is for 5 minutes',
    fix: 'set timeout',
  }));
