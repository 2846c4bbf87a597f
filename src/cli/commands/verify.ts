import { printable } from '../../base/printable';
import { userError, show } from '../../base/user-error';
import { dns1123Label } from '../../kubernetes/names';
import { TokenClaims, tokenClaims } from '../../kubernetes/token-claims';
import type { Access } from '../access/access';
import { readAccessFile } from '../access/read-access';
import { ExitCode } from '../base/failure';
import { JOB_CREDENTIAL_OPTIONS, JobCredential, jobCredential, jobCredentialOptions, withCredential } from '../cluster/credential';
import { ApiError } from '../cluster/status';
import type { Command, Context } from '../command-line/command';
import { EXIT_CODES } from '../command-line/help';
import { CONNECTION_VARIABLES } from '../command-line/options';
import { reportHtml } from '../verify/report-html';
import { JSON_FIELDS, reportJson } from '../verify/report-json';
import { reportJunit } from '../verify/report-junit';
import { reportText } from '../verify/report-text';
import { Verification, verdictOf } from '../verify/verification';
import { verifyAccess } from '../verify/verify-access';

/**
 * Tests what the credential of a CI job may do, with the credential itself.
 */
export const verify: Command = {
  name: 'verify',
  summary: 'test that a job\'s credential works in its namespace only',
  operands: [],
  required: 0,
  description: [
    'Tests the rights of the credential with the credential itself. Changes nothing.',
    'Lists the kinds of `kubectl get all` in the namespace, in kube-system, in',
    'another namespace and in the whole cluster. Checks other rights by access',
    'reviews, and the server\'s list of all rights for unexpected ones.',
    '',
    'Outside the namespace, everything must be denied. Inside, the lists must',
    'succeed. With --expect, the rights inside must be exactly those of the access',
    'manifests, and the credential must be the subject that they name.',
    'If the server gives no answer, the right is unknown, never denied.',
    '',
    'Warns about ServiceAccounts that give access outside the namespace, and about',
    'tokens that expire soon or never.',
    '',
    'Fields of the JSON report:',
    ...JSON_FIELDS,
  ],
  examples: [
    { line: 'cdk8s-ci-deploy verify', does: 'In a job: test the credential of the job' },
    { line: 'cdk8s-ci-deploy verify --expect dist/access.yaml --junit verify.xml', does: 'Compare the rights with the access manifests' },
    { line: 'cdk8s-ci-deploy verify --kubeconfig ci.kubeconfig --html verify.html', does: 'Write the report as a page' },
  ],
  variables: new Map([['KUBECONFIG', 'the credential, without --kubeconfig'], ...CONNECTION_VARIABLES]),
  exitCodes: new Map([
    ...EXIT_CODES,
    [ExitCode.DONE, 'access is as expected'],
    [ExitCode.NO, 'a right differs from the expected one, or is unknown'],
  ]),
  options: new Map([
    ...JOB_CREDENTIAL_OPTIONS,
    ['expect', { takes: 'FILE|-', summary: 'the access manifests that define the rights inside' }],
    ['other-namespace', { takes: 'NAME', many: true, summary: 'a namespace in which everything must be denied, beside kube-system (default: default)' }],
    ['output', { group: 'Output', takes: 'text|json', summary: 'the format of the report (default: text)' }],
    ['junit', { group: 'Output', takes: 'FILE', summary: 'also write a JUnit report, for artifacts:reports:junit' }],
    ['html', { group: 'Output', takes: 'FILE', summary: 'also write the report as one HTML page' }],
  ]),
  missing: new Map([
    ['token', 'other users of this machine see the arguments, and the shell saves them: put the token into a kubeconfig, see `cdk8s-ci-deploy kubeconfig --help`'],
  ]),

  async run(context: Context): Promise<ExitCode> {
    const { args, files, stdout, stderr } = context;
    const output = args.choice('output', ['text', 'json']);
    checkArguments(context);
    const credential = await credentialOf(context);
    const access = await expectedAccess(context);
    const verification = await verifyCredential(context, credential, access);
    if (output === 'json') stdout.raw(reportJson(verification));
    else stdout.write(reportText(verification));
    for (const [option, report] of FILES) {
      const file = args.one(option);
      if (file === undefined) continue;
      files.write(file, report(verification));
      stderr.write(`${printable(file)}: written\n`);
    }
    return verdictOf(verification) === 'as expected' ? ExitCode.DONE : ExitCode.NO;
  },
};

const FILES = [['junit', reportJunit], ['html', reportHtml]] as const;

function checkArguments({ args }: Context): void {
  if (args.one('kubeconfig') === '-' && args.one('expect') === '-') {
    throw userError({
      at: '--expect',
      given: '--kubeconfig reads standard input already',
      expected: 'standard input for one of them',
      fix: 'read the other from a file',
    });
  }
  for (const [option] of FILES) {
    if (args.one(option) === '-') {
      throw userError({ at: `--${option}`, given: '"-" is no file', expected: 'a file name', fix: `write it to a file: --${option} verify.${option === 'junit' ? 'xml' : 'html'}` });
    }
  }
  if (args.one('html') !== undefined && args.one('html') === args.one('junit')) {
    throw userError({ at: '--html', given: '--junit writes the same file', expected: 'two files', fix: 'use --junit verify.xml --html verify.html' });
  }
}

async function credentialOf(context: Context): Promise<JobCredential> {
  const credential = await jobCredential(context, jobCredentialOptions(context));
  for (const name of context.args.all('other-namespace')) checkOtherNamespace(name, credential.kubeconfig.namespace);
  return credential;
}

function checkOtherNamespace(name: string, namespace: string): void {
  const at = '--other-namespace';
  const expected = dns1123Label(name);
  if (expected) throw userError({ at, given: show(name), expected, fix: 'use the name of a namespace, such as kube-public' });
  if (name !== namespace) return;
  throw userError({ at, given: `${show(name)} is the namespace of the credential`, expected: 'another namespace', fix: 'use a namespace in which everything must be denied' });
}

async function expectedAccess(context: Context): Promise<Access | undefined> {
  const file = context.args.one('expect');
  return file === undefined ? undefined : readAccessFile(context, file);
}

async function verifyCredential(context: Context, { kubeconfig, source, folder }: JobCredential, access: Access | undefined): Promise<Verification> {
  const { args, clock, stderr } = context;
  const claims = kubeconfig.token === undefined ? undefined : tokenClaims(kubeconfig.token);
  const options = { namespace: kubeconfig.namespace, otherNamespaces: args.all('other-namespace'), access, claims, now: clock.now() };
  stderr.write(`${printable(source)}: verifying at ${printable(kubeconfig.server)}\n`);
  try {
    return await withCredential(context, kubeconfig, async (cluster) => verifyAccess(cluster, options), folder);
  } catch (error) {
    if (error instanceof ApiError && error.code === 401) stderr.write(`${rejectedCredential(claims, clock.now())}\n`);
    throw error;
  }
}

/** The server gives no reason with 401. */
function rejectedCredential(claims: TokenClaims | undefined, now: number): string {
  const isExpired = claims?.expires !== undefined && claims.expires * 1000 < now;
  return isExpired
    ? 'the server rejects the credential: the token has expired, so run `cdk8s-ci-deploy rotate` or `grant` again'
    : 'the server rejects the credential: it was revoked, belongs to another cluster, or was changed when it was stored';
}
