import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { ExitCode } from '../base/failure';
import { ADMINISTRATOR_OPTIONS, ADMINISTRATOR_VARIABLES } from '../cluster/cluster-clients';
import type { Command, Context } from '../command-line/command';
import { withOptionProperties } from '../command-line/options';
import { CREDENTIAL_FORMATS, formatCredential } from '../credentials/credential-kubeconfig';
import { TOKEN_OPTIONS } from '../credentials/credential-options';
import { checkLocalOptions, LOCAL_OPTIONS, LOG_VARIABLES, writeCredential } from '../credentials/local-destination';
import { kubeconfigReport, kubeconfigReportText } from '../kubeconfig/kubeconfig-report';
import { kubeconfigSource, SOURCES } from '../kubeconfig/kubeconfig-source';
import { requestKubeconfig } from '../kubeconfig/request-kubeconfig';

const SOURCE = 'Source';

/**
 * Builds or checks the kubeconfig of a CI job, and reports how GitLab masks it.
 */
export const kubeconfig: Command = {
  name: 'kubeconfig',
  summary: 'build or check the kubeconfig of a CI job',
  operands: ['[FILE|-]'],
  required: 0,
  description: [
    '--token-file builds a kubeconfig from the token and the cluster in FILE, the',
    'kubeconfig of an administrator. The users in FILE are ignored.',
    '--id-token-file does the same for a job that writes its id_token to that file.',
    'The kubeconfig holds no secret.',
    '--service-account requests a token from the cluster, as an administrator. The',
    'token is bound to a Secret, and `cdk8s-ci-deploy revoke` revokes it.',
    '',
    'Without these options, checks that FILE is a safe credential for a CI job, and',
    'converts it.',
    '',
    'Prints a report without secrets that says how GitLab masks each format.',
    'Writes the credential to a file that only you can read (--file), or to standard',
    'output (--output -), but never to the standard output of a CI job.',
  ],
  examples: [
    { line: 'cdk8s-ci-deploy kubeconfig ci.kubeconfig', does: 'Check a credential' },
    { line: 'cdk8s-ci-deploy kubeconfig admin.kubeconfig --token-file token --namespace web', does: 'Build a kubeconfig from a token' },
    { line: 'cdk8s-ci-deploy kubeconfig --service-account gitlab-web --namespace web', does: 'Request a token of a ServiceAccount' },
  ],
  options: new Map([
    ['token-file', { group: SOURCE, takes: 'FILE|-', excludes: ['id-token-file', 'service-account'], summary: 'the token, as `kubectl create token` prints it; a line break at the end is removed' }],
    ['id-token-file', { group: SOURCE, takes: 'FILE', excludes: ['service-account'], summary: 'the file, best absolute, that the job writes its id_token to; it is not read now' }],
    ['service-account', { group: SOURCE, takes: 'NAME', summary: 'the ServiceAccount in --namespace to request a token for' }],
    ...withOptionProperties([
      ['namespace', { takes: 'NAME', summary: 'the namespace (required)' }],
      ['context', { takes: 'NAME', summary: 'the context of the cluster (default: the current one)' }],
      ['server', { takes: 'URL', summary: 'the address of the API server for CI jobs (default: that in FILE)' }],
      ['user', { takes: 'NAME', summary: 'the name of the user in the kubeconfig (default: gitlab-<namespace>)' }],
    ], { group: 'With one of them', needs: SOURCES }),
    ...withOptionProperties([
      ...ADMINISTRATOR_OPTIONS.filter(([name]) => name !== 'context'),
      ...TOKEN_OPTIONS,
      ['dry-run', { summary: 'check everything, change nothing' }],
    ], { group: 'With --service-account', needs: ['service-account'] }),
    ['allow-token-file', { excludes: SOURCES, summary: 'without a token: accept a FILE with a tokenFile' }],
    ['allow-protected-namespace', { summary: 'accept default and kube-* as the namespace' }],
    ...LOCAL_OPTIONS,
    ['output', { takes: 'text|json|-', summary: 'the format of the report; "-" prints the credential instead (default: text)' }],
  ]),
  variables: new Map([...ADMINISTRATOR_VARIABLES, LOG_VARIABLES]),
  missing: new Map([
    ['token', 'other users of this machine see the arguments, and the shell saves them: use --token-file FILE, or --token-file - to read standard input'],
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
  const [output, file, format] = [args.one('output'), args.one('file'), args.choice('format', CREDENTIAL_FORMATS)];
  const report = kubeconfigReport(credential);
  if (file !== undefined) stderr.write(`${writeCredential({ files, file, format, force: args.has('force') }, credential)}\n`);
  if (output === '-') {
    stderr.write(report.warnings.map((warning) => `warning: ${warning}\n`).join(''));
    stdout.raw(formatCredential(credential, format));
  } else {
    if (output === 'json') stdout.json({ ...report, ...(file === undefined ? {} : { file, format }) });
    else stdout.write(kubeconfigReportText(report));
  }
}
