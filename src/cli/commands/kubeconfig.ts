import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { ExitCode } from '../base/exit-code';
import { ADMINISTRATOR_OPTIONS } from '../cluster/cluster-clients';
import type { Command, Context } from '../command-line/command';
import { CREDENTIAL_FORMATS, formatCredential } from '../credentials/credential-kubeconfig';
import { TOKEN_OPTIONS } from '../credentials/credential-options';
import { checkLocalOptions, LOCAL_OPTIONS, writeCredential } from '../credentials/local-destination';
import { kubeconfigReport, kubeconfigReportText } from '../kubeconfig/kubeconfig-report';
import { kubeconfigSource } from '../kubeconfig/kubeconfig-source';
import { requestKubeconfig } from '../kubeconfig/request-kubeconfig';

/**
 * Builds the kubeconfig of a CI job, or checks one, and reports on it.
 */
export const kubeconfig: Command = {
  name: 'kubeconfig',
  summary: 'build or check the kubeconfig of a CI job and say how GitLab masks it',
  operands: ['[FILE|-]'],
  required: 0,
  description: [
    'With --token-file: builds a kubeconfig from the cluster of FILE, an administrator\'s own kubeconfig, and the token.',
    'Users in FILE (plugins, certificates) are not looked at.',
    'With --id-token-file: the same, for a job that writes its id_token into a file of that name. There is no secret in it.',
    'With --service-account: as the administrator of the current context, requests the token from the cluster. It is bound to a Secret,',
    'and `cdk8s-ci-deploy revoke` ends it.',
    '',
    'With none of these: checks that FILE is fit to be the credential of a CI job, and converts it.',
    '',
    'The report goes to standard output and has no secret in it.',
    'The credential goes into a file of yours alone (--file), or to standard output (--output -), never to that of a CI job.',
  ],
  options: new Map([
    ['token-file', { takes: 'FILE|-', summary: 'the token, as `kubectl create token` prints it; one line break at its end is left out' }],
    ['id-token-file', { takes: 'FILE', summary: 'where the job will have its id_token, best absolute; it is not read now' }],
    ['service-account', { takes: 'NAME', summary: 'the ServiceAccount in --namespace whose token is requested' }],
    ['namespace', { takes: 'NAME', summary: 'with a token: the namespace' }],
    ['context', { takes: 'NAME', summary: 'with a token: the context whose cluster is meant (default: the current one)' }],
    ['server', { takes: 'URL', summary: 'with a token: the address at which CI reaches the API server (default: that in FILE)' }],
    ['user', { takes: 'NAME', summary: 'with a token: the name of the user in the file (default: gitlab-<namespace>)' }],
    ['allow-token-file', { summary: 'without a token: accept a FILE whose token is in another file (tokenFile)' }],
    ['allow-protected-namespace', { summary: 'accept default and kube-* as the namespace' }],
    ...ADMINISTRATOR_OPTIONS.filter(([name]) => name !== 'context'),
    ...TOKEN_OPTIONS,
    ['dry-run', { summary: 'with --service-account: check everything, change nothing' }],
    ...LOCAL_OPTIONS,
    ['output', { takes: 'text|json|-', summary: 'the form of the report; "-" writes the credential instead (default: text)' }],
  ]),
  missing: new Map([
    ['token', 'others on this machine see the arguments, and the shell keeps them: use --token-file FILE, or --token-file - to read standard input'],
  ]),

  async run(context: Context): Promise<ExitCode> {
    const { args } = context;
    args.choice('output', ['text', 'json', '-']);
    args.choice('format', CREDENTIAL_FORMATS);
    checkLocalOptions(context, { hasSecret: !args.has('id-token-file') });
    const source = kubeconfigSource(context);
    if (source === 'service-account') return requestKubeconfig(context, (credential) => emit(context, credential));
    emit(context, await source());
    return ExitCode.DONE;
  },
};

function emit({ args, files, stdout, stderr }: Context, credential: Kubeconfig): void {
  const [output, file, form] = [args.one('output'), args.one('file'), args.choice('format', CREDENTIAL_FORMATS)];
  const report = kubeconfigReport(credential);
  if (file !== undefined) stderr.write(`${writeCredential({ files, file, form, force: args.has('force') }, credential)}\n`);
  if (output === '-') {
    stderr.write(report.warnings.map((warning) => `warning: ${warning}\n`).join(''));
    stdout.write(formatCredential(credential, form));
  } else {
    stdout.write(output === 'json' ? `${JSON.stringify({ ...report, ...(file === undefined ? {} : { file, format: form }) }, null, 2)}\n` : kubeconfigReportText(report));
  }
}
