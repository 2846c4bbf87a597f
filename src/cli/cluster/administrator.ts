import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { AuthInfo, Connection, Credentials, parseToken, tokenFileCredentials } from './connection';
import { execCredentials } from './exec-plugin';
import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import { chooseContext, FiledEntry, fileOfCluster, inFile, KubeconfigText } from '../../kubeconfig/contexts';
import { checkVerified, ClusterParts } from '../../kubeconfig/entries';
import { pathTo, textField } from '../../kubeconfig/file';
import { execExtension, UserParts, userParts } from '../../kubeconfig/user';
import { certificateData } from '../../kubernetes/certificates';
import type { Context } from '../command-line/command';

/**
 * The cluster and the credentials in an administrator's own kubeconfig.
 */
export interface AdministratorConnection {
  readonly connection: Connection;
  /** The cluster for another kubeconfig: the CA is embedded, so it needs no other file. */
  readonly cluster: ClusterParts;
  /** The context and the server, for people. */
  readonly description: string;
  /** The namespace of the context. */
  readonly namespace?: string;
}

/**
 * The kubeconfig and the context to use.
 */
export interface AdministratorOptions {
  /** @default the files in the variable KUBECONFIG, or `~/.kube/config` */
  readonly kubeconfig?: string;
  /** @default the current context */
  readonly context?: string;
}

/** The required part of a command's context. */
export type AdministratorContext = Pick<Context, 'files' | 'variables' | 'stderr' | 'clock' | 'signal' | 'cwd'>;

/**
 * Reads the connection of an administrator. It sends no request and starts no exec plugin: the first request does.
 *
 * @throws `UserError` when there is no kubeconfig, or when it is not safe to use: TLS without verification, passwords, impersonation.
 */
export async function administratorConnection(context: AdministratorContext, options: AdministratorOptions = {}): Promise<AdministratorConnection> {
  const { context: chosen, cluster, user } = chooseContext(await readKubeconfigs(context, options), options.context);
  inFile(cluster.file, () => checkVerified(cluster));
  const { certificateAuthority, ...parts } = fileOfCluster(cluster);
  checkServer(cluster.file, parts.server);
  const { certificateAuthorityData: data } = parts;
  const authority = data ? embeddedAuthority(cluster, data) : await authorityFile(context, cluster, certificateAuthority);
  const embedded: ClusterParts = { ...parts, certificateAuthorityData: authority?.data };
  return {
    connection: {
      server: parts.server,
      certificateAuthority: authority && Buffer.from(authority.data, 'base64').toString(),
      certificateAuthorityName: authority?.name,
      tlsServerName: parts.tlsServerName,
      proxyUrl: parts.proxyUrl,
      credentials: await credentialsOf(context, { ...user, file: resolve(context.cwd, user.file) }, embedded, cluster),
    },
    cluster: embedded,
    description: `context ${show(chosen.name)}, ${parts.server}`,
    namespace: inFile(chosen.file, () => textField(chosen.body, 'namespace')) || undefined,
  };
}

async function readKubeconfigs({ files, variables }: AdministratorContext, { kubeconfig }: AdministratorOptions): Promise<KubeconfigText[]> {
  const read = async (file: string) => ({ file, text: decodeText(await files.read(file), file) });
  if (kubeconfig !== undefined) return [await read(kubeconfig)];
  // Like kubectl, it skips the files of the list that do not exist.
  const named = (variables.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  const home = variables.HOME || variables.USERPROFILE;
  const candidates = named.length > 0 ? named : home ? [join(home, '.kube', 'config')] : [];
  const existing = candidates.filter((file) => files.exists(file));
  if (existing.length > 0) return Promise.all(existing.map(read));
  const given = named.length > 0 ? 'none of the files in KUBECONFIG exists' : 'KUBECONFIG is not set, and there is no ~/.kube/config';
  throw userError({ given, expected: 'the kubeconfig of an administrator', fix: 'name it with --kubeconfig FILE' });
}

interface CertificateAuthority {
  /** Base64 of PEM. */
  readonly data: string;
  readonly name: string;
}

function embeddedAuthority(cluster: FiledEntry, data: string): CertificateAuthority {
  const at = `${cluster.body.at}.certificate-authority-data`;
  return { data: inFile(cluster.file, () => certificateData(at, data)), name: 'the kubeconfig\'s certificate-authority-data' };
}

async function authorityFile(
  { files }: AdministratorContext, cluster: FiledEntry, name: string | undefined,
): Promise<CertificateAuthority | undefined> {
  if (name === undefined) return undefined;
  const file = besideKubeconfig(cluster.file, name);
  const data = (await files.read(file)).toString('base64');
  return { data: certificateData(file, data), name: `the kubeconfig's certificate-authority ${show(name)}` };
}

function checkServer(file: string, server: string): void {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && !/[?#]/.test(server)) return;
  throw userError({ at: file, given: 'its server is not a valid address', expected: 'https://HOST:PORT', fix: 'correct the field server, for example https://api.example.com:6443' });
}

/**
 * The credentials of a user: a client certificate, a token, or both. A token may come from a file or an exec plugin.
 *
 * @param user Its file is absolute.
 * @param target The cluster, for exec plugins.
 * @param cluster The cluster's entry in the kubeconfig.
 */
async function credentialsOf(context: AdministratorContext, user: FiledEntry, target: ClusterParts, cluster: FiledEntry): Promise<Credentials> {
  const parts = inFile(user.file, () => userParts(user.body));
  const clientCertificate = await readCertificate(context, user, parts);
  const token = tokenCredentials(context, user, parts, target, cluster);
  if (!token) return { description: 'a client certificate', present: async () => ({ clientCertificate }) };
  if (!clientCertificate) return token;
  return {
    description: `a client certificate, and ${token.description}`,
    present: async (renew) => ({ clientCertificate, ...withoutUndefined(await token.present(renew)) }),
  };
}

function tokenCredentials(
  context: AdministratorContext, { file, body }: FiledEntry, { token, tokenFile, exec }: UserParts, target: ClusterParts, cluster: FiledEntry,
): Credentials | undefined {
  if (tokenFile !== undefined) return tokenFileCredentials(context.files, besideKubeconfig(file, tokenFile));
  if (token !== undefined) {
    const parsed = inFile(file, () => parseToken(pathTo(body, 'token'), token));
    return { description: 'a token', present: async () => ({ token: parsed }) };
  }
  return exec && execCredentials({ parts: exec, file, cluster: target, config: execExtension(cluster.body) }, context);
}

async function readCertificate(context: AdministratorContext, { file, body }: FiledEntry, parts: UserParts): Promise<AuthInfo['clientCertificate']> {
  const read = async (key: string, data: string | undefined, name: string | undefined) => {
    if (data !== undefined) return inFile(file, () => decodePem(pathTo(body, key), data));
    return name === undefined ? undefined : (await context.files.read(besideKubeconfig(file, name))).toString();
  };
  const certificate = await read('client-certificate-data', parts.certificateData, parts.certificateFile);
  const key = await read('client-key-data', parts.keyData, parts.keyFile);
  return certificate !== undefined && key !== undefined ? { certificate, key } : undefined;
}

function decodePem(at: string, data: string): string {
  const text = Buffer.from(data, 'base64').toString('latin1');
  if (text.includes('-----BEGIN ')) return text;
  throw userError({ at, given: 'it is not base64 of PEM', expected: 'base64 of PEM', fix: 'log in to the cluster again' });
}

/** Relative names in a kubeconfig start at its folder. */
function besideKubeconfig(kubeconfig: string, file: string): string {
  return isAbsolute(file) ? file : join(dirname(kubeconfig), file);
}

/** An exec plugin may return only one of the two: it must not hide the certificate of the kubeconfig. */
function withoutUndefined({ token, clientCertificate }: AuthInfo): AuthInfo {
  return { ...token === undefined ? {} : { token }, ...clientCertificate === undefined ? {} : { clientCertificate } };
}
