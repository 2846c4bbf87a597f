import { dirname, isAbsolute, join } from 'node:path';
import { secrets } from '../../base/secrets';
import { decodeText } from '../../base/text-file';
import { located, userError } from '../../base/user-error';
import { ReferenceCluster, referenceCluster } from '../../kubeconfig/contexts';
import { Kubeconfig, KubeconfigProps } from '../../kubeconfig/kubeconfig';
import { KubeconfigPolicy } from '../../kubeconfig/kubeconfig-policy';
import type { Arguments } from '../command-line/arguments';
import type { Context } from '../command-line/command';

/**
 * The source of the kubeconfig that the options choose: a file to check, a token to build with, or a ServiceAccount of the cluster.
 *
 * @returns A function that reads the kubeconfig, or `service-account`.
 * @throws A `UserError` for a FILE beside a ServiceAccount.
 */
export function kubeconfigSource(context: Context): (() => Promise<Kubeconfig>) | 'service-account' {
  const { args } = context;
  const source = SOURCES.find((name) => args.has(name));
  if (source === undefined) return async () => checkKubeconfig(context);
  if (source !== 'service-account') return async () => buildKubeconfig(context);
  if (args.operands.length === 0) return source;
  throw userError({
    at: '--service-account',
    given: 'there is also a FILE',
    expected: 'the administrator\'s kubeconfig as --kubeconfig',
    fix: 'write --kubeconfig in front of FILE',
  });
}

/** The options that choose a source. At most one of them is there. */
export const SOURCES = ['token-file', 'id-token-file', 'service-account'] as const;

/** The namespace of the new credential. */
export function requiredNamespace({ args }: Pick<Context, 'args'>): string {
  const namespace = args.one('namespace');
  if (namespace !== undefined) return namespace;
  throw userError({ at: '--namespace', given: 'it is missing', expected: 'the namespace of the credential', fix: 'add the namespace: --namespace my-app' });
}

async function buildKubeconfig(context: Context): Promise<Kubeconfig> {
  const { args } = context;
  const file = fileOf(context);
  const namespace = requiredNamespace(context);
  const tokenFile = args.one('token-file');
  if (file === '-' && tokenFile === '-') {
    throw userError({ at: '--token-file', given: 'FILE reads standard input already', expected: 'standard input for one of them', fix: 'read the other from a file' });
  }
  const cluster = await clusterOf(context, file);
  const token = tokenFile === undefined ? { tokenFile: idTokenFile(args) } : { token: await readToken(context, tokenFile) };
  return new Kubeconfig({ ...cluster, ...token, namespace, user: args.one('user'), allowProtectedNamespace: args.has('allow-protected-namespace') });
}

function idTokenFile(args: Arguments): string | undefined {
  const file = args.one('id-token-file');
  if (file !== '-') return file;
  throw userError({ at: '--id-token-file', given: 'it is "-"', expected: 'a file name in the job', fix: 'use the file that the job writes its id_token to, such as /tmp/id-token' });
}

async function readToken(context: Context, tokenFile: string): Promise<string> {
  const text = await read(context, tokenFile);
  const token = text.replace(/\r?\n$/, '');
  secrets.add(token);
  if (token !== text) context.stderr.write(`${sourceName(tokenFile)}: the line break at the end was removed\n`);
  return token;
}

async function clusterOf(context: Context, file: string): Promise<Omit<KubeconfigProps, 'namespace' | 'token' | 'tokenFile'>> {
  const { args } = context;
  const text = await read(context, file);
  const { certificateAuthorityFile, ...cluster } = locate(file, () => referenceCluster(text, args.one('context')));
  return {
    ...cluster,
    server: args.one('server') ?? cluster.server,
    certificateAuthorityData: cluster.certificateAuthorityData ?? await readCertificates(context, file, certificateAuthorityFile),
  };
}

async function readCertificates(
  { files }: Context, kubeconfig: string, file: ReferenceCluster['certificateAuthorityFile'],
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return (await files.read(isAbsolute(file) ? file : join(dirname(kubeconfig), file))).toString('base64');
}

async function checkKubeconfig(context: Context): Promise<Kubeconfig> {
  const { args } = context;
  const file = fileOf(context);
  const text = await read(context, file);
  const policy = KubeconfigPolicy.stored({ allowProtectedNamespace: args.has('allow-protected-namespace'), allowTokenFile: args.has('allow-token-file') });
  return locate(file, () => Kubeconfig.parse(text, policy));
}

async function read({ files }: Context, file: string): Promise<string> {
  return decodeText(await files.read(file), sourceName(file));
}

/** Adds the file name to a `UserError`. */
function locate<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw located(sourceName(file), error);
  }
}

function sourceName(file: string): string {
  return file === '-' ? 'standard input' : file;
}

function fileOf({ args }: Pick<Context, 'args'>): string {
  const [file] = args.operands;
  if (file !== undefined) return file;
  throw userError({
    at: 'kubeconfig',
    given: 'there are 0 arguments',
    expected: 'FILE, or - for standard input',
    fix: 'add the name of a kubeconfig, such as ~/.kube/config',
  });
}
