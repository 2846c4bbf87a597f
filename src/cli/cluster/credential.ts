import { dirname, isAbsolute, join } from 'node:path';
import { withClient } from './connect';
import { Connection, Credentials, tokenFileCredentials } from './connection';
import type { KubernetesClient } from './kubernetes-client';
import { secrets } from '../../base/secrets';
import { decodeText } from '../../base/text-file';
import { UserError, userError } from '../../base/user-error';
import { inFile } from '../../kubeconfig/contexts';
import { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { KubeconfigPolicy } from '../../kubeconfig/kubeconfig-policy';
import type { Context } from '../command-line/command';
import type { Options } from '../command-line/options';
import { TlsSessionCache } from '../http/tls';

/**
 * The location of a job's credential, and the context and namespace in it.
 */
export interface JobCredentialOptions {
  /** @default the variable KUBECONFIG */
  readonly kubeconfig?: string;
  /** @default the only context of the kubeconfig */
  readonly context?: string;
  /** @default the namespace of the context */
  readonly namespace?: string;
  readonly allowProtectedNamespace?: boolean;
}

/** The options of commands that use the credential of a job. */
export const JOB_CREDENTIAL_OPTIONS: Options = [
  ['kubeconfig', { takes: 'FILE|-', group: 'Credential', summary: 'the credential (default: the variable KUBECONFIG: a file name, the kubeconfig itself, or its base64)' }],
  ['context', { takes: 'NAME', group: 'Credential', summary: 'the context (default: the only one); of a GitLab agent, it is PROJECT-PATH:AGENT-NAME' }],
  ['namespace', { takes: 'NAME', group: 'Credential', summary: 'the namespace (default: that of the context); without --context, refuse a credential of another namespace' }],
  ['allow-protected-namespace', { group: 'Credential', summary: 'allow the namespaces `default` and `kube-*`' }],
  ['debug', { group: 'Output', summary: 'print each request to the API server and its status to standard error' }],
];

/**
 * Reads the options of a command that choose the credential of a job.
 */
export function jobCredentialOptions({ args }: Pick<Context, 'args'>): JobCredentialOptions {
  return {
    kubeconfig: args.one('kubeconfig'),
    context: args.one('context'),
    namespace: args.one('namespace'),
    allowProtectedNamespace: args.has('allow-protected-namespace'),
  };
}

/**
 * A credential and its source.
 */
export interface JobCredential {
  readonly kubeconfig: Kubeconfig;
  /** For people: `KUBECONFIG (base64)`. */
  readonly source: string;
  /** The base of relative file names in the kubeconfig. */
  readonly folder: string;
}

/**
 * Reads the credential of a job and checks it: by the policy for stored credentials. With `context`, the kubeconfig may have other contexts.
 *
 * @throws `UserError` when there is no credential, or when the policy rejects it.
 */
export async function jobCredential(context: Pick<Context, 'files' | 'variables' | 'cwd'>, options: JobCredentialOptions = {}): Promise<JobCredential> {
  const { text, source, folder } = await readKubeconfig(context, options);
  const policy = KubeconfigPolicy._chosen(options);
  const kubeconfig = inFile(source, () => Kubeconfig.parse(text, policy));
  secrets.add(kubeconfig.token);
  return { kubeconfig, source, folder };
}

/**
 * The connection of a stored credential.
 *
 * @param folder The base of a relative `tokenFile`.
 */
export function credentialConnection(kubeconfig: Kubeconfig, files: Context['files'], folder = '.'): Connection {
  const { server, certificateAuthorityData, tlsServerName, proxyUrl } = kubeconfig;
  return {
    server,
    certificateAuthority: certificateAuthorityData && Buffer.from(certificateAuthorityData, 'base64').toString(),
    certificateAuthorityName: 'the kubeconfig\'s certificate-authority-data',
    tlsServerName,
    proxyUrl,
    sessions: new TlsSessionCache(),
    credentials: credentialsOf(kubeconfig, files, folder),
  };
}

function credentialsOf({ token, tokenFile = '' }: Kubeconfig, files: Context['files'], folder: string): Credentials {
  if (token !== undefined) return { description: 'a token', present: async () => ({ token }) };
  return tokenFileCredentials(files, isAbsolute(tokenFile) ? tokenFile : join(folder, tokenFile));
}

interface KubeconfigSource {
  readonly text: string;
  readonly source: string;
  readonly folder: string;
}

async function readKubeconfig({ files, variables, cwd }: Pick<Context, 'files' | 'variables' | 'cwd'>, { kubeconfig }: JobCredentialOptions): Promise<KubeconfigSource> {
  const read = async (file: string, source: string) => ({ text: decodeText(await files.read(file), source), source, folder: file === '-' ? cwd : dirname(file) });
  if (kubeconfig !== undefined) return read(kubeconfig, kubeconfig === '-' ? 'standard input' : kubeconfig);
  const value = (variables[VARIABLE] ?? '').trim();
  if (value === '') throw missingVariable();
  const decoded = decodedBase64(value);
  if (decoded !== undefined && /\s/.test(value)) return { text: decoded, source: `${VARIABLE} (base64)`, folder: cwd };
  if (value.startsWith('{') || value.includes('\n')) return { text: value, source: `${VARIABLE} (the text itself)`, folder: cwd };
  if (files.exists(value)) return read(value, `${VARIABLE} (file ${value})`);
  if (decoded !== undefined) return { text: decoded, source: `${VARIABLE} (base64)`, folder: cwd };
  throw invalidVariable();
}

/** A kubeconfig in base64, which `base64` breaks into lines. `undefined` for other values, such as a file name. */
function decodedBase64(value: string): string | undefined {
  if (!/^[A-Za-z0-9+/\s]+={0,2}$/.test(value)) return undefined;
  try {
    const text = decodeText(Buffer.from(value, 'base64'), VARIABLE);
    return /\bclusters\b/.test(text) ? text : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** kubectl reads it, and GitLab sets it for an agent. */
const VARIABLE = 'KUBECONFIG';

function missingVariable(): Error {
  return userError({
    at: VARIABLE,
    given: 'it is not set',
    expected: 'the credential of this job',
    fix: 'name a file with --kubeconfig FILE; in CI, check the environment of the variable, and that the branch is protected if the variable is',
  });
}

/** The error does not show the value: it may be a secret in the wrong form. */
function invalidVariable(): Error {
  return userError({
    at: VARIABLE,
    given: 'it is neither an existing file nor a kubeconfig',
    expected: 'the name of a file, or a kubeconfig as base64 or as JSON in one line',
    fix: 'store the output of `cdk8s-ci-deploy kubeconfig`',
  });
}

/**
 * Runs an action with a stored credential.
 *
 * @param folder The base of a relative `tokenFile`.
 */
export async function withCredential<T>(
  context: Context, kubeconfig: Kubeconfig, action: (cluster: KubernetesClient) => Promise<T>, folder?: string,
): Promise<T> {
  return withClient(context, credentialConnection(kubeconfig, context.files, folder), action);
}
