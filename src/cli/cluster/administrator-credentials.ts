import { dirname, isAbsolute, join } from 'node:path';
import type { AdministratorContext } from './administrator';
import type { Credentials, Presented } from './connection';
import { execCredentials } from './exec-plugin';
import { sendableToken } from './token';
import { tokenFileCredentials } from './token-file';
import { userError } from '../../base/user-error';
import { FiledEntry, inFile } from '../../kubeconfig/contexts';
import type { ClusterParts } from '../../kubeconfig/entries';
import { pathTo, Section } from '../../kubeconfig/file';
import { execExtension, UserParts, userParts } from '../../kubeconfig/user';

/**
 * What a plugin may be told.
 */
export interface PluginCluster {
  readonly parts: ClusterParts;
  /** As it stands in the kubeconfig. */
  readonly body: Section;
}

/**
 * The credentials of a user in an administrator's own kubeconfig: a client certificate, and a token or what gives one.
 *
 * @param user Its file is absolute.
 */
export async function adminCredentials(context: AdministratorContext, user: FiledEntry, cluster: PluginCluster): Promise<Credentials> {
  const parts = inFile(user.file, () => userParts(user.body));
  const clientCertificate = await certificateOf(context, user, parts);
  const others = otherCredentials(context, user, parts, cluster);
  if (!others) return { description: 'a client certificate', present: async () => ({ clientCertificate }) };
  if (!clientCertificate) return others;
  return {
    description: `a client certificate, and ${others.description}`,
    present: async (renew) => ({ clientCertificate, ...defined(await others.present(renew)) }),
  };
}

function otherCredentials(context: AdministratorContext, user: FiledEntry, parts: UserParts, cluster: PluginCluster): Credentials | undefined {
  const { file, body } = user;
  const { token, tokenFile, exec } = parts;
  if (tokenFile !== undefined) return tokenFileCredentials(context.files, besides(file, tokenFile));
  if (token !== undefined) {
    const sendable = inFile(file, () => sendableToken(pathTo(body, 'token'), token));
    return { description: 'a token', present: async () => ({ token: sendable }) };
  }
  return exec && execCredentials({ parts: exec, file, cluster: cluster.parts, config: execExtension(cluster.body) }, context);
}

async function certificateOf(context: AdministratorContext, { file, body }: FiledEntry, parts: UserParts): Promise<Presented['clientCertificate']> {
  const read = async (key: string, data: string | undefined, name: string | undefined) => {
    if (data !== undefined) return inFile(file, () => pemIn(pathTo(body, key), data));
    return name === undefined ? undefined : (await context.files.read(besides(file, name))).toString();
  };
  const certificate = await read('client-certificate-data', parts.certificateData, parts.certificateFile);
  const key = await read('client-key-data', parts.keyData, parts.keyFile);
  return certificate !== undefined && key !== undefined ? { certificate, key } : undefined;
}

function pemIn(at: string, data: string): string {
  const text = Buffer.from(data, 'base64').toString('latin1');
  if (text.includes('-----BEGIN ')) return text;
  throw userError({ at, given: 'it is not base64 of PEM', expected: 'base64 of PEM', fix: 'log in to the cluster again' });
}

function besides(kubeconfig: string, file: string): string {
  return isAbsolute(file) ? file : join(dirname(kubeconfig), file);
}

/** A plugin may leave either out. */
function defined({ token, clientCertificate }: Presented): Presented {
  return { ...token === undefined ? {} : { token }, ...clientCertificate === undefined ? {} : { clientCertificate } };
}
