import { GitlabDestination } from './gitlab-destination';
import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import { environmentScope } from '../../gitlab/environments';
import { variableKey } from '../../gitlab/masking';
import type { Option } from '../command-line/arguments';
import type { Context } from '../command-line/command';
import { gitlabAddress, gitlabToken, OwnerName, ownerName } from '../gitlab/connection-options';
import type { Gitlab } from '../gitlab/gitlab';
import { gitlabClient } from '../gitlab/gitlab-client';
import type { TransportConfig } from '../http/tls';

/**
 * The options of every command that reaches the variables of GitLab.
 */
export const GITLAB_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['project', { takes: 'ID|PATH', summary: 'the GitLab project that keeps the credential (default: CI_PROJECT_ID, then the git remote)' }],
  ['group', { takes: 'ID|PATH', summary: 'a GitLab group in its place: every project in it gets the credential' }],
  ['environment', { takes: 'SCOPE', summary: 'the environment whose jobs get the credential; "*" stands for any characters' }],
  ['variable', { takes: 'KEY', summary: 'the variable that holds the kubeconfig; KEY_TOKEN holds the token alone (default: KUBECONFIG)' }],
  ['variable-type', {
    takes: 'file|env_var',
    summary: 'file: JSON, which kubectl uses as it is; env_var: base64, which the job decodes, for an old GitLab (default: file)',
  }],
  ['unprotected', { summary: 'give the credential to jobs of branches and tags that are not protected, too' }],
  ['gitlab-url', { takes: 'URL', summary: 'the address of GitLab (default: CI_SERVER_URL, then the git remote)' }],
  ['gitlab-token-file', { takes: 'FILE|-', summary: 'the token with the scope api (default: the variable GITLAB_TOKEN)' }],
  ['ca-file', { takes: 'FILE', summary: 'the certificates that GitLab is verified with, PEM (default: CI_SERVER_TLS_CA_FILE, SSL_CERT_FILE, the system\'s)' }],
];

/**
 * What people try in place of these, with what to do instead.
 */
export const GITLAB_MISSING: ReadonlyArray<readonly [string, string]> = [
  ['gitlab-token', 'others on this machine see the arguments, and the shell keeps them: set GITLAB_TOKEN, or use --gitlab-token-file FILE'],
];

/** Milliseconds for each call to GitLab, with every attempt. */
const BUDGET = { total: 60_000 };

/**
 * The destination that the options name. Nothing is contacted.
 */
export async function gitlabDestinationOf(context: Context): Promise<GitlabDestination> {
  const { args } = context;
  const scope = checked('--environment', args.one('environment') ?? missingEnvironment(), environmentScope);
  const key = checked('--variable', args.one('variable') ?? 'KUBECONFIG', (text) => variableKey(text) ?? variableKey(`${text}_TOKEN`));
  const settings = {
    key, tokenKey: `${key}_TOKEN`, environmentScope: scope, type: args.choice('variable-type', ['file', 'env_var']), protected: !args.has('unprotected'),
  };
  const { gitlab, owner } = await gitlabOf(context);
  return new GitlabDestination(gitlab, owner, settings);
}

/**
 * The GitLab that the options name, and the project or group in it. Nothing is contacted.
 */
export async function gitlabOf(context: Context): Promise<{ readonly gitlab: Gitlab; readonly owner: OwnerName }> {
  const { variables, clock, signal } = context;
  const address = await gitlabAddress(context);
  const owner = await ownerName(context, address);
  const token = await gitlabToken(context);
  return { gitlab: gitlabClient({ url: address.url, token, transport: await trustOf(context), variables, clock, signal, budget: BUDGET }), owner };
}

/**
 * The certificates that GitLab is verified with. Only those of an option count alone.
 */
export async function trustOf({ args, variables, files }: Pick<Context, 'args' | 'variables' | 'files'>): Promise<TransportConfig> {
  const option = args.one('ca-file');
  const variable = ['CI_SERVER_TLS_CA_FILE', 'SSL_CERT_FILE'].find((name) => variables[name]);
  const file = option ?? (variable && variables[variable]);
  if (file === undefined) return {};
  const certificateAuthority = decodeText(await files.read(file), file);
  // Node takes a text without any for no certificates at all, and then trusts nobody.
  if (!certificateAuthority.includes('-----BEGIN CERTIFICATE-----')) {
    throw userError({ at: file, given: 'it holds no certificate', expected: 'certificates in PEM', fix: 'give the right file' });
  }
  return option === undefined
    ? { certificateAuthority, certificateAuthorityName: `those of ${variable}`, alsoTrusted: true }
    : { certificateAuthority, certificateAuthorityName: 'those of --ca-file' };
}

function checked(at: string, value: string, rule: (value: string) => string | undefined): string {
  const expected = rule(value);
  if (expected === undefined) return value;
  throw userError({ at, given: `it is ${show(value)}`, expected, fix: 'correct it' });
}

function missingEnvironment(): never {
  throw userError({
    at: '--environment',
    given: 'it is missing',
    expected: 'the environment whose jobs get the credential, as `environment: name` in .gitlab-ci.yml',
    fix: 'give it; --environment "*" gives the credential to every job',
  });
}
