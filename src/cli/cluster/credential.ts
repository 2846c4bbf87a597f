import { dirname, isAbsolute, join } from 'node:path';
import type { Connection, Credentials } from './connection';
import { tokenFileCredentials } from './token-file';
import { decodeText } from '../../base/text-file';
import { userError } from '../../base/user-error';
import { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { KubeconfigPolicy } from '../../kubeconfig/kubeconfig-policy';
import { inFile } from '../../kubeconfig/merge';
import type { Context } from '../command-line/command';
import { TlsSessions } from '../http/tls-sessions';

/**
 * Where the credential of a job is, and what of it is meant.
 */
export interface JobCredentialOptions {
  /** A file; by default what the variable KUBECONFIG holds. */
  readonly kubeconfig?: string;
  /** The context of GitLab's agent; `namespace` is required with it. */
  readonly agentContext?: string;
  readonly namespace?: string;
  readonly allowProtectedNamespace?: boolean;
}

/**
 * Reads the options of a command that choose the credential of a job.
 */
export function jobCredentialOptions({ args }: Pick<Context, 'args'>): JobCredentialOptions {
  return {
    kubeconfig: args.one('kubeconfig'),
    agentContext: args.one('context'),
    namespace: args.one('namespace'),
    allowProtectedNamespace: args.has('allow-protected-namespace'),
  };
}

/**
 * A credential, and where it was found.
 */
export interface JobCredential {
  readonly kubeconfig: Kubeconfig;
  /** For people: `KUBECONFIG (base64)`. */
  readonly source: string;
  /** Relative names in it start here. */
  readonly folder: string;
}

/**
 * The credential that a CI/CD variable holds, judged by the policy for stored ones, or by that for an agent's when its context is named.
 *
 * @throws When there is none, or the policy refuses it.
 */
export async function jobCredential(context: Pick<Context, 'files' | 'variables' | 'cwd'>, options: JobCredentialOptions = {}): Promise<JobCredential> {
  const { text, source, folder } = await found(context, options);
  const policy = policyFor(options);
  return { kubeconfig: inFile(source, () => Kubeconfig.parse(text, policy)), source, folder };
}

/**
 * A connection with a stored credential.
 *
 * @param folder Where a relative `tokenFile` starts.
 */
export function credentialConnection(kubeconfig: Kubeconfig, files: Context['files'], folder = '.'): Connection {
  const { server, certificateAuthorityData, tlsServerName, proxyUrl } = kubeconfig;
  return {
    server,
    certificateAuthority: certificateAuthorityData && Buffer.from(certificateAuthorityData, 'base64').toString(),
    certificateAuthorityName: 'the kubeconfig\'s certificate-authority-data',
    tlsServerName,
    proxyUrl,
    sessions: new TlsSessions(),
    credentials: credentialsOf(kubeconfig, files, folder),
  };
}

function credentialsOf({ token, tokenFile = '' }: Kubeconfig, files: Context['files'], folder: string): Credentials {
  if (token !== undefined) return { description: 'a token', present: async () => ({ token }) };
  return tokenFileCredentials(files, isAbsolute(tokenFile) ? tokenFile : join(folder, tokenFile));
}

function policyFor({ agentContext, namespace, allowProtectedNamespace }: JobCredentialOptions): KubeconfigPolicy {
  if (agentContext === undefined) return KubeconfigPolicy.stored({ allowProtectedNamespace, allowTokenFile: true });
  if (namespace !== undefined) return KubeconfigPolicy.agent({ context: agentContext, namespace, allowProtectedNamespace });
  throw userError({ at: '--namespace', given: 'it is missing', expected: 'the one namespace of this job, which an agent\'s kubeconfig does not name', fix: 'give it' });
}

interface Found {
  readonly text: string;
  readonly source: string;
  readonly folder: string;
}

async function found({ files, variables, cwd }: Pick<Context, 'files' | 'variables' | 'cwd'>, { kubeconfig }: JobCredentialOptions): Promise<Found> {
  const read = async (file: string, source: string) => ({ text: decodeText(await files.read(file), source), source, folder: file === '-' ? cwd : dirname(file) });
  if (kubeconfig !== undefined) return read(kubeconfig, kubeconfig === '-' ? 'standard input' : kubeconfig);
  const value = (variables[VARIABLE] ?? '').trim();
  if (value === '') throw noVariable();
  if (value.startsWith('{') || value.includes('\n')) return { text: value, source: `${VARIABLE} (the text itself)`, folder: cwd };
  if (files.exists(value)) return read(value, `${VARIABLE} (file ${value})`);
  const decoded = /^[A-Za-z0-9+/]+={0,2}$/.test(value) ? Buffer.from(value, 'base64').toString('utf8') : '';
  if (/\bclusters\b/.test(decoded)) return { text: decoded, source: `${VARIABLE} (base64)`, folder: cwd };
  throw neither();
}

/** The variable that kubectl reads, and that GitLab sets for an agent. */
const VARIABLE = 'KUBECONFIG';

function noVariable(): Error {
  return userError({
    at: VARIABLE,
    given: 'it is not set',
    expected: 'the credential of this job',
    fix: 'name a file by --kubeconfig; in CI, see that the variable is not for another environment, and that a protected one meets a protected branch',
  });
}

/** The value is not repeated: it may be a secret in the wrong form. */
function neither(): Error {
  return userError({
    at: VARIABLE,
    given: 'it is neither a file that is there nor a kubeconfig',
    expected: 'the name of a file, or a kubeconfig as base64 or as JSON in one line',
    fix: 'store what `cdk8s-ci-deploy kubeconfig` writes',
  });
}
