import { dirname, isAbsolute, join } from 'node:path';
import { decodeText } from '../../base/text-file';
import { located, userError } from '../../base/user-error';
import { Kubeconfig, KubeconfigProps } from '../../kubeconfig/kubeconfig';
import { KubeconfigPolicy } from '../../kubeconfig/kubeconfig-policy';
import { ReferenceCluster, referenceCluster } from '../../kubeconfig/reference-cluster';
import type { Arguments } from '../command-line/arguments';
import type { Context } from '../command-line/command';

/**
 * Where a kubeconfig comes from, as the options say: from a file that is checked, from a token, or from the cluster.
 *
 * @throws A refusal when they say several.
 */
export function kubeconfigSource(context: Context): (() => Promise<Kubeconfig>) | 'service-account' {
  const { args } = context;
  const given = SOURCES.filter((name) => args.has(name));
  const [source, second] = given;
  if (second) throw userError({ at: `--${second}`, given: `there is a --${source}, too`, expected: 'one of them', fix: 'decide for one' });
  if (source === undefined) return async () => checkKubeconfig(context);
  if (source !== 'service-account') return async () => buildKubeconfig(context);
  if (args.operands.length === 0) return source;
  throw userError({ at: '--service-account', given: 'there is a FILE, too', expected: 'the administrator\'s kubeconfig by --kubeconfig', fix: 'write --kubeconfig in front of FILE' });
}

const SOURCES = ['token-file', 'id-token-file', 'service-account'] as const;

/** What means something only where a kubeconfig is built. */
const WITH_TOKEN = ['namespace', 'context', 'server', 'user', 'kubeconfig', 'duration', 'shortest', 'dry-run'];

/** The namespace that the credential is for. */
export function requiredNamespace({ args }: Pick<Context, 'args'>): string {
  const namespace = args.one('namespace');
  if (namespace !== undefined) return namespace;
  throw userError({ at: '--namespace', given: 'it is missing', expected: 'the one namespace of this credential', fix: 'give it' });
}

async function buildKubeconfig(context: Context): Promise<Kubeconfig> {
  const { args } = context;
  const reference = fileOf(context);
  const namespace = requiredNamespace(context);
  const tokenFile = args.one('token-file');
  if (reference === '-' && tokenFile === '-') {
    throw userError({ at: '--token-file', given: 'it is standard input, as FILE is', expected: 'standard input for one of them', fix: 'read the other from a file' });
  }
  const cluster = await clusterOf(context, reference);
  const token = tokenFile === undefined ? { tokenFile: idTokenFile(args) } : { token: await readToken(context, tokenFile) };
  return new Kubeconfig({ ...cluster, ...token, namespace, user: args.one('user'), allowProtectedNamespace: args.has('allow-protected-namespace') });
}

function idTokenFile(args: Arguments): string | undefined {
  const file = args.one('id-token-file');
  if (file !== '-') return file;
  throw userError({ at: '--id-token-file', given: 'it is "-"', expected: 'the name of a file in the job', fix: 'name the file that the job will write its id_token into' });
}

async function readToken(context: Context, tokenFile: string): Promise<string> {
  const written = await read(context, tokenFile);
  const token = written.replace(/\r?\n$/, '');
  if (token !== written) context.stderr.write(`${called(tokenFile)}: the line break at its end is left out\n`);
  return token;
}

async function clusterOf(context: Context, reference: string): Promise<Omit<KubeconfigProps, 'namespace' | 'token' | 'tokenFile'>> {
  const { args } = context;
  const text = await read(context, reference);
  const { certificateAuthorityFile, ...cluster } = at(reference, () => referenceCluster(text, args.one('context')));
  return {
    ...cluster,
    server: args.one('server') ?? cluster.server,
    certificateAuthorityData: cluster.certificateAuthorityData ?? await embedded(context, reference, certificateAuthorityFile),
  };
}

async function embedded({ files }: Context, reference: string, file: ReferenceCluster['certificateAuthorityFile']): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return (await files.read(isAbsolute(file) ? file : join(dirname(reference), file))).toString('base64');
}

async function checkKubeconfig(context: Context): Promise<Kubeconfig> {
  const { args } = context;
  const alone = WITH_TOKEN.find((option) => args.has(option));
  if (alone) throw userError({ at: `--${alone}`, given: 'there is no --token-file', expected: 'both, or neither', fix: 'give the token to build a kubeconfig' });
  const name = fileOf(context);
  const text = await read(context, name);
  const policy = KubeconfigPolicy.stored({ allowProtectedNamespace: args.has('allow-protected-namespace'), allowTokenFile: args.has('allow-token-file') });
  return at(name, () => Kubeconfig.parse(text, policy));
}

async function read({ files }: Context, name: string): Promise<string> {
  return decodeText(await files.read(name), called(name));
}

function at<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw located(called(name), error);
  }
}

function called(name: string): string {
  return name === '-' ? 'standard input' : name;
}

function fileOf({ args }: Pick<Context, 'args'>): string {
  const [file] = args.operands;
  if (file !== undefined) return file;
  throw userError({ at: 'kubeconfig', given: 'there are 0 arguments', expected: 'FILE, or - for standard input', fix: 'name the kubeconfig' });
}
