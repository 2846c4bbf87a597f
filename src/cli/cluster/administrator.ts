import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { adminCredentials } from './administrator-credentials';
import type { Connection } from './connection';
import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import { chooseContext, FiledEntry, fileOfCluster, inFile, KubeconfigText } from '../../kubeconfig/contexts';
import { checkVerified, ClusterParts } from '../../kubeconfig/entries';
import { textField } from '../../kubeconfig/file';
import { certificateData } from '../../kubernetes/certificates';
import type { Context } from '../command-line/command';

/**
 * What an administrator's own kubeconfig gives.
 */
export interface AdministratorConnection {
  readonly connection: Connection;
  /** The cluster as another kubeconfig can have it: the CA embedded, no file needed. */
  readonly cluster: ClusterParts;
  /** The context and the server, for people. */
  readonly description: string;
  /** That of the context. */
  readonly namespace?: string;
}

/**
 * Which kubeconfig, and what of it.
 */
export interface AdministratorOptions {
  /** A file; by default those of the variable KUBECONFIG, else `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** By default the current context. */
  readonly context?: string;
}

/** What of a command's context is needed. */
export type AdministratorContext = Pick<Context, 'files' | 'variables' | 'stderr' | 'clock' | 'signal' | 'cwd'>;

/**
 * The connection of an administrator. Nothing is contacted, and no plugin started, before the first request.
 *
 * @throws When there is no kubeconfig, or it says something that must not be followed: unverified TLS, passwords, another identity.
 */
export async function administratorConnection(context: AdministratorContext, options: AdministratorOptions = {}): Promise<AdministratorConnection> {
  const { context: chosen, cluster, user } = chooseContext(await kubeconfigs(context, options), options.context);
  inFile(cluster.file, () => checkVerified(cluster));
  const { certificateAuthority, ...parts } = fileOfCluster(cluster);
  checkServer(cluster.file, parts.server);
  const { certificateAuthorityData: data } = parts;
  const authority = data ? dataOf(cluster, data) : await authorityIn(context, cluster, certificateAuthority);
  const embedded: ClusterParts = { ...parts, certificateAuthorityData: authority?.data };
  return {
    connection: {
      server: parts.server,
      certificateAuthority: authority && Buffer.from(authority.data, 'base64').toString(),
      certificateAuthorityName: authority?.name,
      tlsServerName: parts.tlsServerName,
      proxyUrl: parts.proxyUrl,
      credentials: await adminCredentials(context, { ...user, file: resolve(context.cwd, user.file) }, { parts: embedded, body: cluster.body }),
    },
    cluster: embedded,
    description: `context ${show(chosen.name)}, ${parts.server}`,
    namespace: inFile(chosen.file, () => textField(chosen.body, 'namespace')) || undefined,
  };
}

async function kubeconfigs({ files, variables }: AdministratorContext, { kubeconfig }: AdministratorOptions): Promise<KubeconfigText[]> {
  const read = async (file: string) => ({ file, text: decodeText(await files.read(file), file) });
  if (kubeconfig !== undefined) return [await read(kubeconfig)];
  // Of a list those that are not there yet are left out, as kubectl does.
  const named = (variables.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  const home = variables.HOME || variables.USERPROFILE;
  const candidates = named.length > 0 ? named : home ? [join(home, '.kube', 'config')] : [];
  const there = candidates.filter((file) => files.exists(file));
  if (there.length > 0) return Promise.all(there.map(read));
  const given = named.length > 0 ? 'none of the files that KUBECONFIG names is there' : 'KUBECONFIG is not set, and there is no ~/.kube/config';
  throw userError({ given, expected: 'the kubeconfig of an administrator', fix: 'name it by --kubeconfig' });
}

interface Authority {
  readonly data: string;
  readonly name: string;
}

function dataOf(cluster: FiledEntry, data: string): Authority {
  const at = `${cluster.body.at}.certificate-authority-data`;
  return { data: inFile(cluster.file, () => certificateData(at, data)), name: 'the kubeconfig\'s certificate-authority-data' };
}

async function authorityIn({ files }: AdministratorContext, cluster: FiledEntry, name: string | undefined): Promise<Authority | undefined> {
  if (name === undefined) return undefined;
  const file = isAbsolute(name) ? name : join(dirname(cluster.file), name);
  const data = (await files.read(file)).toString('base64');
  return { data: certificateData(file, data), name: `the kubeconfig's certificate-authority ${show(name)}` };
}

function checkServer(file: string, server: string): void {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && !/[?#]/.test(server)) return;
  throw userError({ at: file, given: 'its server is not the address of one', expected: 'https://host:port', fix: 'correct the field server' });
}
