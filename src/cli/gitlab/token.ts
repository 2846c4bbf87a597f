import { decodeText } from '../../base/text-file';
import { userError } from '../../base/user-error';
import type { Context } from '../command-line/command';

/**
 * The token that GitLab is asked with: from `--gitlab-token-file`, else from the variable GITLAB_TOKEN. No error shows any of it.
 */
export async function gitlabToken({ args, variables, files }: Pick<Context, 'args' | 'variables' | 'files'>): Promise<string> {
  const file = args.one('gitlab-token-file');
  if (file === undefined) return checked(variables.GITLAB_TOKEN ?? missing(variables), 'GITLAB_TOKEN', variables);
  const at = file === '-' ? 'standard input' : file;
  const text = decodeText(await files.read(file), at);
  return checked(text.replace(/\r?\n$/, ''), at, variables);
}

const EXPECTED = 'a personal, group or project access token with the scope api';

function missing({ CI_JOB_TOKEN: jobToken }: Context['variables']): never {
  throw userError({
    at: 'GITLAB_TOKEN',
    given: jobToken ? 'it is not set; CI_JOB_TOKEN is, but the token of a job may not write variables' : 'it is not set',
    expected: EXPECTED,
    fix: 'set it, or name a file with --gitlab-token-file',
  });
}

function checked(token: string, at: string, { CI_JOB_TOKEN: jobToken }: Context['variables']): string {
  const problem = problemOf(token, jobToken);
  if (problem === undefined) return token;
  throw userError({ at, given: problem, expected: EXPECTED, fix: 'give the token alone, in one line' });
}

function problemOf(token: string, jobToken: string | undefined): string | undefined {
  if (token === '') return 'it is empty';
  if (/\s/.test(token)) return 'it has white space in it';
  if (!/^[\x21-\x7e]+$/.test(token)) return 'it has characters in it that are not ASCII';
  return token === jobToken || token.startsWith('glcbt-') ? 'it is the token of a CI job, which may not write variables' : undefined;
}
