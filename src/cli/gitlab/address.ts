import { GitRemote, gitOrigin } from './git-remote';
import { userError, show } from '../../base/user-error';
import type { Context } from '../command-line/command';
import { isLoopback } from '../http/proxy';

/**
 * Where GitLab is.
 */
export interface GitlabAddress {
  /** Its root, without a slash at the end: `https://gitlab.example.com`. */
  readonly url: string;
  /** Who says so. */
  readonly source: string;
}

/**
 * The project or group that keeps the credential, as it was named: a number or a full path.
 */
export interface OwnerName {
  readonly kind: 'project' | 'group';
  readonly name: string;
}

type Where = Pick<Context, 'args' | 'variables' | 'cwd' | 'files'>;

/**
 * The GitLab that is meant: `--gitlab-url`, else that of this CI job, else that of the git remote.
 */
export async function gitlabAddress(context: Where): Promise<GitlabAddress> {
  const { args, variables } = context;
  const given = args.one('gitlab-url');
  if (given !== undefined) return { url: rootOf(given, '--gitlab-url'), source: '--gitlab-url' };
  if (variables.CI_SERVER_URL) return { url: rootOf(variables.CI_SERVER_URL, 'CI_SERVER_URL'), source: 'CI_SERVER_URL' };
  const origin = await gitOrigin(context);
  if (origin) return { url: rootOf(origin.server.href, ORIGIN), source: ORIGIN };
  throw userError({ at: '--gitlab-url', given: 'it is missing, and no git remote "origin" of a repository of yours says it', expected: 'the address of GitLab', fix: 'give it' });
}

/**
 * The project or group that is meant: `--group` or `--project`, else the project of this CI job, else that of the git remote.
 */
export async function ownerName(context: Where, { url }: GitlabAddress): Promise<OwnerName> {
  const { args, variables } = context;
  const [group, project] = [args.one('group'), args.one('project')];
  if (group !== undefined && project !== undefined) {
    throw userError({ at: '--group', given: 'there is a --project as well', expected: 'one of them', fix: 'decide where the credential is kept' });
  }
  if (group !== undefined) return { kind: 'group', name: checkName(group, '--group', GROUP) };
  if (project !== undefined) return { kind: 'project', name: checkName(project, '--project', PROJECT) };
  if (variables.CI_PROJECT_ID) return { kind: 'project', name: checkName(variables.CI_PROJECT_ID, 'CI_PROJECT_ID', PROJECT) };
  const origin = await gitOrigin(context);
  if (origin) return { kind: 'project', name: checkName(pathOn(origin, new URL(url)), ORIGIN, PROJECT) };
  throw userError({ at: '--project', given: 'it is missing, and no git remote "origin" of a repository of yours says it', expected: 'a project or a group', fix: 'give one' });
}

const ORIGIN = 'the git remote "origin"';

const SEGMENT = '[A-Za-z0-9_.][A-Za-z0-9_.-]*';
const GROUP = { pattern: new RegExp(`^(?:\\d+|${SEGMENT}(?:/${SEGMENT})*)$`), expected: 'the number or full path of a group: example-group/subgroup' };
const PROJECT = { pattern: new RegExp(`^(?:\\d+|${SEGMENT}(?:/${SEGMENT})+)$`), expected: 'the number or full path of a project: example-group/site' };

function checkName(name: string, at: string, { pattern, expected }: typeof GROUP): string {
  if (pattern.test(name) && !name.split('/').some((segment) => /^\.+$/.test(segment))) return name;
  throw userError({ at, given: `it is ${show(name)}`, expected, fix: 'copy it from the page of the project or group' });
}

/** The address may hold a password, so nothing of one that is refused is shown. */
function rootOf(text: string, at: string): string {
  const url = /^[\x21-\x7e]+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && url.hostname !== '' && !/[@?#\\]/.test(text);
  if (!isPlain || !['https:', 'http:'].includes(url.protocol)) {
    throw userError({ at, given: 'it is no plain address', expected: 'https://host, without user name and query', fix: 'write it as https://gitlab.example.com' });
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw userError({ at, given: `${show(url.origin)} is not https`, expected: 'https, since the credential goes there', fix: 'give the https address' });
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/api\/v4$/, '')}`;
}

/** A GitLab may live below a path. A remote elsewhere says nothing about this one. */
function pathOn({ server, path }: GitRemote, gitlab: URL): string {
  if (server.hostname !== gitlab.hostname) {
    throw userError({
      at: '--project',
      given: `it is missing, and ${ORIGIN} is on ${show(server.hostname)}, not on ${show(gitlab.hostname)}`,
      expected: 'a project or a group',
      fix: 'give one',
    });
  }
  const below = gitlab.pathname.replace(/^\/|\/$/g, '');
  return below !== '' && path.startsWith(`${below}/`) ? path.slice(below.length + 1) : path;
}
