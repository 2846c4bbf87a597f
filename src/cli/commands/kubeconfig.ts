import { dirname, isAbsolute, join } from 'node:path';
import { Kubeconfig, KubeconfigProps } from '../../kubeconfig';
import { KubeconfigPolicy } from '../../kubeconfig-policy';
import { isCi } from '../../private/ci-variables';
import { located, refusal } from '../../private/invalid-input';
import { ReferenceCluster, referenceCluster } from '../../private/reference-cluster';
import { decodeText } from '../../private/text-file';
import type { Arguments } from '../arguments';
import type { Command, Context } from '../command';
import { ExitCode } from '../exit-code';
import { reportOn, reportText } from '../kubeconfig-report';

/**
 * Builds the kubeconfig of a CI job, or checks one, and reports on it.
 */
export const kubeconfig: Command = {
  name: 'kubeconfig',
  summary: 'build or check the kubeconfig of a CI job and say how GitLab masks it',
  operands: ['FILE|-'],
  required: 1,
  description: [
    'With --token-file: builds a kubeconfig from the cluster of FILE, an administrator\'s own kubeconfig, and the token.',
    'Users in FILE (plugins, certificates) are not looked at.',
    'With --id-token-file: the same, for a job that writes its id_token into a file of that name. There is no secret in it.',
    '',
    'With neither: checks that FILE is fit to be the credential of a CI job, and converts it.',
    '',
    'The report goes to standard output and has no secret in it.',
    'The credential goes into a file of yours alone (--file), or to standard output (--output -), never to that of a CI job.',
  ],
  options: new Map([
    ['token-file', { takes: 'FILE|-', summary: 'the token, as `kubectl create token` prints it; one line break at its end is left out' }],
    ['id-token-file', { takes: 'FILE', summary: 'in place of --token-file: where the job will have its id_token, best absolute; it is not read now' }],
    ['namespace', { takes: 'NAME', summary: 'with a token: the namespace' }],
    ['context', { takes: 'NAME', summary: 'with a token: the context of FILE whose cluster is meant (default: the current one)' }],
    ['server', { takes: 'URL', summary: 'with a token: the address at which CI reaches the API server (default: that in FILE)' }],
    ['user', { takes: 'NAME', summary: 'with a token: the name of the user in the file (default: gitlab-<namespace>)' }],
    ['allow-token-file', { summary: 'without a token: accept a FILE whose token is in another file (tokenFile)' }],
    ['allow-protected-namespace', { summary: 'accept default and kube-* as the namespace' }],
    ['format', { takes: 'yaml|json|base64', summary: 'the form of the credential (default: yaml)' }],
    ['file', { takes: 'FILE', summary: 'write the credential into a new file that only you can read' }],
    ['force', { summary: 'replace FILE of --file when it exists' }],
    ['output', { takes: 'text|json|-', summary: 'the form of the report; "-" writes the credential instead (default: text)' }],
  ]),
  missing: new Map([
    ['token', 'others on this machine see the arguments, and the shell keeps them: use --token-file FILE, or --token-file - to read standard input'],
  ]),

  async run(context: Context): Promise<ExitCode> {
    const { args, files, stdout, stderr } = context;
    const output = args.choice('output', ['text', 'json', '-']);
    const format = args.choice('format', ['yaml', 'json', 'base64']);
    const file = args.one('file');
    checkDestination(context, output, file);

    const credential = await (isBuilt(args) ? build(context) : check(context));
    const text = FORMS[format](credential);
    const report = reportOn(credential);
    if (file !== undefined) {
      files.write(file, text, { secret: true, force: args.has('force') });
      stderr.write(`${file}: written as ${format}, readable by you alone\n`);
    }
    if (output === '-') {
      stderr.write(report.warnings.map((warning) => `warning: ${warning}\n`).join(''));
      stdout.write(text);
    } else {
      stdout.write(output === 'json' ? `${JSON.stringify({ ...report, ...(file === undefined ? {} : { file, format }) }, null, 2)}\n` : reportText(report));
    }
    return ExitCode.DONE;
  },
};

const FORMS = {
  yaml: (credential: Kubeconfig) => credential.toYaml(),
  json: (credential: Kubeconfig) => credential.toJson(),
  base64: (credential: Kubeconfig) => credential.toBase64(),
};

const WITH_TOKEN = ['namespace', 'context', 'server', 'user'];

function isBuilt(args: Arguments): boolean {
  const both = args.has('token-file') && args.has('id-token-file');
  if (both) throw refusal({ at: '--id-token-file', given: 'there is a --token-file, too', expected: 'one of them', fix: 'decide for one' });
  return args.has('token-file') || args.has('id-token-file');
}

function checkDestination({ args, variables }: Context, output: string, file: string | undefined): void {
  if (file === '-') throw refusal({ at: '--file', given: 'it is "-"', expected: 'the name of a file', fix: 'use --output - for standard output' });
  if (args.has('force') && file === undefined) {
    throw refusal({ at: '--force', given: 'there is no --file', expected: 'both', fix: 'name the file, or leave --force out' });
  }
  if (output !== '-') return;
  if (file !== undefined) throw refusal({ at: '--output', given: 'it is "-" and there is a --file', expected: 'one of them', fix: 'decide for one' });
  if (isCi(variables) && !args.has('id-token-file')) {
    throw refusal({ at: '--output', given: 'it is "-" in a CI job', expected: 'no secret in its log', fix: 'write it into a file by --file' });
  }
}

async function build(context: Context): Promise<Kubeconfig> {
  const { args } = context;
  const reference = args.operands[0] ?? '-';
  const namespace = args.one('namespace');
  if (namespace === undefined) {
    throw refusal({ at: '--namespace', given: 'it is missing', expected: 'the one namespace of this credential', fix: 'give it' });
  }
  const tokenFile = args.one('token-file');
  if (reference === '-' && tokenFile === '-') {
    throw refusal({ at: '--token-file', given: 'it is standard input, as FILE is', expected: 'standard input for one of them', fix: 'read the other from a file' });
  }
  const cluster = await clusterOf(context, reference);
  const token = tokenFile === undefined ? { tokenFile: idTokenFile(args) } : { token: await readToken(context, tokenFile) };
  return new Kubeconfig({ ...cluster, ...token, namespace, user: args.one('user'), allowProtectedNamespace: args.has('allow-protected-namespace') });
}

function idTokenFile(args: Arguments): string | undefined {
  const file = args.one('id-token-file');
  if (file !== '-') return file;
  throw refusal({ at: '--id-token-file', given: 'it is "-"', expected: 'the name of a file in the job', fix: 'name the file that the job will write its id_token into' });
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

async function check(context: Context): Promise<Kubeconfig> {
  const { args } = context;
  const alone = WITH_TOKEN.find((option) => args.has(option));
  if (alone) throw refusal({ at: `--${alone}`, given: 'there is no --token-file', expected: 'both, or neither', fix: 'give the token to build a kubeconfig' });
  const name = args.operands[0] ?? '-';
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
