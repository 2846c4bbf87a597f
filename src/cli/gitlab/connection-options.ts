import { GitRemote, gitOrigin } from './git-remote';
import { secrets } from '../../base/secrets';
import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import { ExitCode, Failure } from '../base/failure';
import type { Context } from '../command-line/command';
import { isLoopback } from '../http/dial';

/**
 * The address of a GitLab.
 */
export interface GitlabAddress {
  /** The root without a slash at the end: `https://gitlab.example.com`. */
  readonly url: string;
  /** The setting that names it. */
  readonly source: string;
}

/**
 * The project or group that stores the credential, as an id or a full path.
 */
export interface OwnerName {
  readonly kind: 'project' | 'group';
  readonly name: string;
}

type OptionSources = Pick<Context, 'args' | 'variables' | 'cwd' | 'files'>;

/**
 * The address of GitLab: from `--gitlab-url`, or else CI_SERVER_URL, or else the git remote.
 *
 * @throws `UserError` when none names it, or when the address is not safe for a token.
 */
export async function gitlabAddress(context: OptionSources): Promise<GitlabAddress> {
  const { args, variables } = context;
  const given = args.one('gitlab-url');
  if (given !== undefined) return { url: rootOf(given, '--gitlab-url'), source: '--gitlab-url' };
  if (variables.CI_SERVER_URL) return { url: rootOf(variables.CI_SERVER_URL, 'CI_SERVER_URL'), source: 'CI_SERVER_URL' };
  const origin = await gitOrigin(context);
  if (origin) return { url: rootOf(origin.server.href, ORIGIN), source: ORIGIN };
  throw userError({ at: '--gitlab-url', given: `it is missing, and ${NO_ORIGIN}`, expected: 'the address of GitLab', fix: 'add --gitlab-url https://gitlab.example.com' });
}

/**
 * Asks the user before a token goes to an address that only the git remote names: a repository decides its remote, and it may be someone else's.
 *
 * @throws `UserError` without a terminal, `Failure` when the answer is not yes.
 */
export async function confirmAddress({ url, source }: GitlabAddress, { files, stderr }: Pick<Context, 'files' | 'stderr'>): Promise<void> {
  if (source !== ORIGIN) return;
  if (!files.stdinIsTerminal) {
    throw userError({
      at: '--gitlab-url',
      given: `it is missing, and only ${ORIGIN} names ${url}`,
      expected: 'the address that the token may be sent to',
      fix: `add --gitlab-url ${url}, or set CI_SERVER_URL`,
    });
  }
  stderr.write(`Send the GitLab token to ${url} (from ${ORIGIN})? [y/N] `);
  if (!/^y(?:es)?$/i.test(await files.readLine())) throw new Failure('not confirmed; --gitlab-url names another address', ExitCode.NO);
}

/**
 * The project or group: from `--group` or `--project`, or else CI_PROJECT_ID, or else the git remote.
 *
 * @throws `UserError` when none names it.
 */
export async function ownerName(context: OptionSources, { url }: GitlabAddress): Promise<OwnerName> {
  const { args, variables } = context;
  const [group, project] = [args.one('group'), args.one('project')];
  if (group !== undefined) return { kind: 'group', name: checkName(group, '--group', GROUP) };
  if (project !== undefined) return { kind: 'project', name: checkName(project, '--project', PROJECT) };
  if (variables.CI_PROJECT_ID) return { kind: 'project', name: checkName(variables.CI_PROJECT_ID, 'CI_PROJECT_ID', PROJECT) };
  const origin = await gitOrigin(context);
  if (origin) return { kind: 'project', name: checkName(pathOn(origin, new URL(url)), ORIGIN, PROJECT) };
  throw missingProject(NO_ORIGIN);
}

/**
 * The token for GitLab: from the file `--gitlab-token-file`, or else the variable GITLAB_TOKEN.
 *
 * @throws `UserError` when there is none, or when it has invalid characters. The error does not show the token.
 */
export async function gitlabToken({ args, variables, files }: Pick<Context, 'args' | 'variables' | 'files'>): Promise<string> {
  const file = args.one('gitlab-token-file');
  if (file === undefined) return checkToken(variables.GITLAB_TOKEN ?? missingToken(variables), 'GITLAB_TOKEN', variables);
  const at = file === '-' ? 'standard input' : file;
  const text = decodeText(await files.read(file), at);
  return checkToken(text.replace(/\r?\n$/, ''), at, variables);
}

const ORIGIN = 'the git remote "origin"';
const NO_ORIGIN = 'no repository of yours here has a git remote "origin"';

const SEGMENT = '[A-Za-z0-9_.][A-Za-z0-9_.-]*';
const GROUP = { pattern: new RegExp(`^(?:\\d+|${SEGMENT}(?:/${SEGMENT})*)$`), expected: 'the id or full path of a group: example-group/subgroup' };
const PROJECT = { pattern: new RegExp(`^(?:\\d+|${SEGMENT}(?:/${SEGMENT})+)$`), expected: 'the id or full path of a project: example-group/site' };

function checkName(name: string, at: string, { pattern, expected }: typeof GROUP): string {
  if (pattern.test(name) && !name.split('/').some((segment) => /^\.+$/.test(segment))) return name;
  throw userError({ at, given: `it is ${show(name)}`, expected, fix: 'copy it from the page of the project or group' });
}

/** The error does not show an invalid address, since it may contain a password. */
function rootOf(text: string, at: string): string {
  const url = /^[\x21-\x7e]+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && url.hostname !== '' && !/[@?#\\]/.test(text);
  if (!isPlain || !['https:', 'http:'].includes(url.protocol)) {
    throw userError({ at, given: 'it is not a plain address', expected: 'https://HOST, without user name and query', fix: 'write it as https://gitlab.example.com' });
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw userError({ at, given: `${show(url.origin)} is not https`, expected: 'https, since the credential is sent there', fix: `try https://${url.host}` });
  }
  return `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, '').replace(/\/api\/v4$/, '')}`;
}

/** The project of a remote. The remote must be on the same GitLab, which may live below a path. */
function pathOn({ server, path }: GitRemote, gitlab: URL): string {
  if (server.hostname !== gitlab.hostname) throw missingProject(`${ORIGIN} is on ${show(server.hostname)}, not on ${show(gitlab.hostname)}`);
  const below = gitlab.pathname.replace(/^\/|\/$/g, '');
  return below !== '' && path.startsWith(`${below}/`) ? path.slice(below.length + 1) : path;
}

function missingProject(why: string): Error {
  return userError({ at: '--project', given: `it is missing, and ${why}`, expected: 'a project or a group', fix: 'add --project PATH or --group PATH' });
}

const TOKEN = 'a personal, group or project access token with the scope api';

function missingToken({ CI_JOB_TOKEN: jobToken }: Context['variables']): never {
  throw userError({
    at: 'GITLAB_TOKEN',
    given: jobToken ? 'it is not set; CI_JOB_TOKEN is, but a job token may not write variables' : 'it is not set',
    expected: TOKEN,
    fix: 'set it, or name a file with --gitlab-token-file',
  });
}

function checkToken(token: string, at: string, { CI_JOB_TOKEN: jobToken }: Context['variables']): string {
  secrets.add(token);
  const problem = problemOf(token, jobToken);
  if (problem === undefined) return token;
  throw userError({ at, given: problem, expected: TOKEN, fix: 'store only the token, in one line' });
}

function problemOf(token: string, jobToken: string | undefined): string | undefined {
  if (token === '') return 'it is empty';
  if (/\s/.test(token)) return 'it has white space in it';
  if (!/^[\x21-\x7e]+$/.test(token)) return 'it has characters that are not ASCII';
  return token === jobToken || token.startsWith('glcbt-') ? 'it is the token of a CI job, which may not write variables' : undefined;
}
