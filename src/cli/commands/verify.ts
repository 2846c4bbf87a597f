import { printable } from '../../base/printable';
import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import { dns1123Label } from '../../kubernetes/names';
import { TokenClaims, tokenClaims } from '../../kubernetes/token-claims';
import type { Access } from '../access/access';
import { readAccess } from '../access/read-access';
import { ExitCode } from '../base/exit-code';
import { withCredential } from '../cluster/cluster-clients';
import { JobCredential, jobCredential } from '../cluster/credential';
import { ApiError } from '../cluster/status';
import type { Command, Context } from '../command-line/command';
import { reportHtml } from '../verify/report-html';
import { JSON_FIELDS, reportJson } from '../verify/report-json';
import { reportJunit } from '../verify/report-junit';
import { reportText } from '../verify/report-text';
import { Verification, verdictOf } from '../verify/verification';
import { verifyAccess } from '../verify/verify-access';

/**
 * Proves what the credential of a CI job may do, with the credential itself.
 */
export const verify: Command = {
  name: 'verify',
  summary: 'prove that the credential of a CI job may work in its namespace and nowhere else',
  operands: [],
  required: 0,
  description: [
    'Asks the API server with the credential itself: the usual kinds are really listed in the namespace, in kube-system, in another namespace and in the',
    'whole cluster; other rights are asked about by access reviews, and the server\'s own list of all rights is looked at. Nothing is changed.',
    '',
    'Outside the namespace everything must be denied. Inside it must be possible to list the usual kinds, or with --expect exactly what the access',
    'manifests say must be allowed, and the credential must be the one that they name. An answer that the server does not give is unknown, never denied.',
    '',
    'Warned of are rights that lead out of the namespace through another ServiceAccount, and tokens that end soon or never.',
    '',
    'Exit status: 0 all is as it must be; 1 something is not, or is unknown; 2 wrong usage or input; 3 the server does not know the credential;',
    '4 the server cannot be reached.',
    '',
    'Fields of the JSON:',
    ...JSON_FIELDS.map((line) => `- ${line}`.replace(/^- {3}/, '    ')),
  ],
  options: new Map([
    ['kubeconfig', { takes: 'FILE|-', summary: 'the credential (default: what the variable KUBECONFIG holds: a file, or the text itself, or its base64)' }],
    ['context', { takes: 'NAME', summary: 'the context of GitLab\'s agent, <path of its project>:<name>' }],
    ['namespace', { takes: 'NAME', summary: 'with --context: the namespace, which an agent\'s kubeconfig does not name' }],
    ['expect', { takes: 'FILE|-', summary: 'access manifests: inside, everything must be as they say' }],
    ['other-namespace', { takes: 'NAME', many: true, summary: 'where everything must be denied, beside kube-system (default: default)' }],
    ['allow-protected-namespace', { summary: 'accept default and kube-* as the namespace' }],
    ['output', { takes: 'text|json', summary: 'the form of the report (default: text)' }],
    ['junit', { takes: 'FILE', summary: 'write it as JUnit XML, too, for artifacts:reports:junit' }],
    ['html', { takes: 'FILE', summary: 'write it as a page, too, that needs no other file' }],
    ['debug', { summary: 'say each request and its status on standard error' }],
  ]),
  missing: new Map([
    ['token', 'others on this machine see the arguments, and the shell keeps them: put it into a kubeconfig, see `cdk8s-ci-deploy kubeconfig --help`'],
  ]),

  async run(context: Context): Promise<ExitCode> {
    const { args, files, stdout, stderr } = context;
    const output = args.choice('output', ['text', 'json']);
    checkArguments(context);
    const credential = await credentialOf(context);
    const access = await expectedAccess(context);
    const verification = await look(context, credential, access);
    stdout.write(output === 'json' ? reportJson(verification) : reportText(verification));
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
    throw userError({ at: '--expect', given: 'it is standard input, as --kubeconfig is', expected: 'standard input for one of them', fix: 'read the other from a file' });
  }
  if (args.one('namespace') !== undefined && args.one('context') === undefined) {
    throw userError({
      at: '--namespace',
      given: 'there is no --context',
      expected: 'the namespace in the kubeconfig, or that of an agent\'s context',
      fix: 'leave it out, or name the context',
    });
  }
  for (const [option] of FILES) {
    if (args.one(option) === '-') throw userError({ at: `--${option}`, given: 'it is "-"', expected: 'the name of a file', fix: 'name one' });
  }
  if (args.one('html') !== undefined && args.one('html') === args.one('junit')) {
    throw userError({ at: '--html', given: 'it is the file of --junit', expected: 'two files', fix: 'name another one' });
  }
}

async function credentialOf(context: Context): Promise<JobCredential> {
  const { args } = context;
  const credential = await jobCredential(context, {
    kubeconfig: args.one('kubeconfig'),
    agentContext: args.one('context'),
    namespace: args.one('namespace'),
    allowProtectedNamespace: args.has('allow-protected-namespace'),
  });
  for (const name of args.all('other-namespace')) checkOther(name, credential.kubeconfig.namespace);
  return credential;
}

function checkOther(name: string, namespace: string): void {
  const at = '--other-namespace';
  const expected = dns1123Label(name);
  if (expected) throw userError({ at, given: show(name), expected, fix: 'name a namespace' });
  if (name !== namespace) return;
  throw userError({ at, given: `${show(name)}, which is the credential's own`, expected: 'another namespace', fix: 'name one in which everything must be denied' });
}

async function expectedAccess({ args, files }: Context): Promise<Access | undefined> {
  const file = args.one('expect');
  if (file === undefined) return undefined;
  const called = file === '-' ? 'standard input' : file;
  return readAccess(decodeText(await files.read(file), called), called, { allowProtectedNamespace: args.has('allow-protected-namespace') });
}

async function look(context: Context, { kubeconfig, source, folder }: JobCredential, access: Access | undefined): Promise<Verification> {
  const { args, clock, stderr } = context;
  const claims = kubeconfig.token === undefined ? undefined : tokenClaims(kubeconfig.token);
  const options = { namespace: kubeconfig.namespace, otherNamespaces: args.all('other-namespace'), access, claims, now: clock.now() };
  stderr.write(`${printable(source)}: asking ${printable(kubeconfig.server)} what it may do\n`);
  try {
    return await withCredential(context, kubeconfig, async (cluster) => verifyAccess(cluster, options), folder);
  } catch (error) {
    if (error instanceof ApiError && error.code === 401) stderr.write(`${unknownCredential(claims, clock.now())}\n`);
    throw error;
  }
}

/** The server says no more than 401 on purpose. */
function unknownCredential(claims: TokenClaims | undefined, now: number): string {
  const hasEnded = claims?.expires !== undefined && claims.expires * 1000 < now;
  return hasEnded
    ? 'the server does not know the credential: by its own word the token has ended, so a new one is due'
    : 'the server does not know the credential: it was ended, or is one for another cluster, or was not stored as it is';
}
