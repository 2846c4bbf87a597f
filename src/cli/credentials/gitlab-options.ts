import { GitlabDestination } from './gitlab-destination';
import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import { environmentScope } from '../../gitlab/environments';
import { variableKey } from '../../gitlab/masking';
import type { Context } from '../command-line/command';
import type { Options } from '../command-line/options';
import { confirmAddress, gitlabAddress, gitlabToken, OwnerName, ownerName } from '../gitlab/connection-options';
import type { Gitlab } from '../gitlab/gitlab';
import { gitlabClient } from '../gitlab/gitlab-client';
import type { TransportConfig } from '../http/tls';
import { WaitNotice } from '../io/wait-notice';

const GITLAB = 'GitLab';

/**
 * The options of the commands that read or write variables of GitLab.
 */
export const GITLAB_OPTIONS: Options = [
  ['project', { group: GITLAB, takes: 'ID|PATH', summary: 'the GitLab project that stores the credential (default: CI_PROJECT_ID, then the git remote)' }],
  ['group', { group: GITLAB, takes: 'ID|PATH', excludes: ['project'], summary: 'a GitLab group instead of a project: every project in it gets the credential' }],
  ['environment', { group: GITLAB, takes: 'SCOPE', summary: 'the environment whose jobs get the credential; "*" matches any characters' }],
  ['variable', { group: GITLAB, takes: 'KEY', summary: 'the variable for the kubeconfig; KEY_TOKEN holds the token alone (default: KUBECONFIG)' }],
  ['variable-type', {
    group: GITLAB,
    takes: 'file|env_var',
    summary: 'file: JSON, which kubectl reads; env_var: base64, which the job decodes, for an old GitLab (default: file)',
  }],
  ['unprotected', { group: GITLAB, summary: 'also give the credential to jobs of unprotected branches and tags' }],
  ['gitlab-url', { group: GITLAB, takes: 'URL', summary: 'the address of GitLab (default: CI_SERVER_URL, then the git remote, after a question)' }],
  ['gitlab-token-file', { group: GITLAB, takes: 'FILE|-', summary: 'the GitLab token with the scope api (default: the variable GITLAB_TOKEN)' }],
  ['ca-file', { group: GITLAB, takes: 'FILE', summary: 'the CA certificates of GitLab, as PEM (default: CI_SERVER_TLS_CA_FILE, SSL_CERT_FILE, the system\'s)' }],
];

/** The variables of commands that write to GitLab. */
export const GITLAB_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['GITLAB_TOKEN', 'the token for GitLab, without --gitlab-token-file'],
  ['CI_PROJECT_ID', 'the project, without --project and --group'],
  ['CI_SERVER_URL', 'the address of GitLab, without --gitlab-url'],
  ['CI_SERVER_TLS_CA_FILE, SSL_CERT_FILE', 'CA certificates to trust beside those of the system, without --ca-file'],
  ['CI_JOB_TOKEN', 'refused as the token for GitLab'],
]);

/**
 * Options that do not exist, with the reason and the alternative.
 */
export const GITLAB_MISSING: ReadonlyArray<readonly [string, string]> = [
  ['gitlab-token', 'other users of this machine see the arguments, and the shell saves them: set GITLAB_TOKEN, or use --gitlab-token-file FILE'],
];

/** Milliseconds for each call to GitLab, including all retries. */
const BUDGET = { total: 60_000 };

/**
 * Reads the destination in GitLab from the options. Sends no request.
 */
export async function gitlabDestinationOf(context: Context): Promise<GitlabDestination> {
  const { args } = context;
  const scope = checked('--environment', args.one('environment') ?? missingEnvironment(), environmentScope, 'production or review/*');
  const key = checked('--variable', args.one('variable') ?? 'KUBECONFIG', (text) => variableKey(text) ?? variableKey(`${text}_TOKEN`), 'KUBECONFIG');
  const settings = {
    key, tokenKey: `${key}_TOKEN`, environmentScope: scope, type: args.choice('variable-type', ['file', 'env_var']), protected: !args.has('unprotected'),
  };
  const { gitlab, owner } = await gitlabOf(context);
  return new GitlabDestination(gitlab, owner, settings);
}

/**
 * Reads GitLab and the project or group from the options. Sends no request.
 */
export async function gitlabOf(context: Context): Promise<{ readonly gitlab: Gitlab; readonly owner: OwnerName }> {
  const { variables, clock, signal } = context;
  const address = await gitlabAddress(context);
  const owner = await ownerName(context, address);
  await confirmAddress(address, context);
  const token = await gitlabToken(context);
  const waiting = WaitNotice.forServer(address.url, context);
  const transport = await trustOf(context);
  return { gitlab: gitlabClient({ url: address.url, token, transport, variables, clock, signal, budget: BUDGET, waiting }), owner };
}

/**
 * The CA certificates for GitLab. Those of --ca-file replace the system's; those of a variable extend the system's.
 */
export async function trustOf({ args, variables, files }: Pick<Context, 'args' | 'variables' | 'files'>): Promise<TransportConfig> {
  const option = args.one('ca-file');
  const variable = ['CI_SERVER_TLS_CA_FILE', 'SSL_CERT_FILE'].find((name) => variables[name]);
  const file = option ?? (variable && variables[variable]);
  if (file === undefined) return {};
  const certificateAuthority = decodeText(await files.read(file), file);
  // Without this check, Node would trust no certificate and report no reason.
  if (!certificateAuthority.includes('-----BEGIN CERTIFICATE-----')) {
    throw userError({ at: file, given: 'it holds no certificate', expected: 'certificates as PEM', fix: 'use a file that has -----BEGIN CERTIFICATE----- in it' });
  }
  return option === undefined
    ? { certificateAuthority, certificateAuthorityName: `those of ${variable}`, alsoTrusted: true }
    : { certificateAuthority, certificateAuthorityName: 'those of --ca-file' };
}

function checked(at: string, value: string, rule: (value: string) => string | undefined, example: string): string {
  const expected = rule(value);
  if (expected === undefined) return value;
  throw userError({ at, given: `it is ${show(value)}`, expected, fix: `use a value such as ${example}` });
}

function missingEnvironment(): never {
  throw userError({
    at: '--environment',
    given: 'it is missing',
    expected: 'the environment whose jobs get the credential, as `environment: name` in .gitlab-ci.yml',
    fix: 'add --environment production; --environment "*" gives the credential to every job',
  });
}
