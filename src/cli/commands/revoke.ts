import { userError } from '../../base/user-error';
import type { Access, AccessServiceAccount } from '../access/access';
import { subjectName } from '../access/access-summary';
import { readAccessFile } from '../access/read-access';
import { ExitCode } from '../base/exit-code';
import { ADMINISTRATOR_OPTIONS, asAdministrator } from '../cluster/cluster-clients';
import type { Command, Context } from '../command-line/command';
import { CredentialStore } from '../credentials/credential-store';
import type { Destination } from '../credentials/destination';
import { GITLAB_OPTIONS, gitlabDestinationOf } from '../credentials/gitlab-options';
import { StepLog } from '../io/step-log';
import { readGivenToken } from '../revoke/revocation';
import { revokeCompromised } from '../revoke/revoke-compromised';
import { listCredentials, revokeOne } from '../revoke/revoke-credentials';

/**
 * Ends credentials.
 */
export const revoke: Command = {
  name: 'revoke',
  summary: 'as an administrator: end a credential, or with --compromised every token of the account',
  operands: ['ACCESS.yaml|-'],
  required: 1,
  description: [
    'Ends a credential by deleting its Secret, waits until the API server answers 401 to it, and says after how long.',
    'Which one: --credential, --token-file, or the place where GitLab keeps it (--project or --group, with --environment);',
    'without these the only one there is. What it has made itself lives on: tokens bound to nothing, and what it put into the namespace.',
    '',
    '--compromised deletes the RoleBinding, and makes the ServiceAccount anew, which ends every token that was ever made for it.',
    'It lists what was made in the namespace since the grant, for someone to look through. `grant` gives access again.',
  ],
  options: new Map([
    ...ADMINISTRATOR_OPTIONS,
    ['credential', { takes: 'SECRET', summary: 'the Secret of the credential, as grant and --list name it' }],
    ['token-file', { takes: 'FILE|-', summary: 'the token that is to be ended' }],
    ['list', { summary: 'only say which credentials there are' }],
    ['compromised', { summary: 'end every token of the account' }],
    ...GITLAB_OPTIONS,
    ['remove-variable', { summary: 'also remove the variables that hold it in GitLab' }],
    ['allow-protected-namespace', { summary: 'accept default and kube-* as the namespace' }],
    ['dry-run', { summary: 'check everything, change nothing' }],
    ['yes', { summary: 'do not ask' }],
    ['output', { takes: 'text|json', summary: 'the form of the result (default: text)' }],
  ]),

  async run(context: Context): Promise<ExitCode> {
    const { args, clock } = context;
    args.choice('output', ['text', 'json']);
    const access = await readAccessFile(context, args.operands[0] ?? '-');
    const account = { namespace: access.namespace, name: accountOf(access).name };
    const token = await readGivenToken(context, account);
    const steps = new StepLog(context.stderr);
    return withPlace(context, async (destination) => asAdministrator(context, async (administrator) => steps.within(async () => {
      const ledger = new CredentialStore(administrator.cluster, clock, account);
      const revocation = { context, access, account, administrator, destination, token, ledger, steps };
      if (args.has('list')) return listCredentials(revocation);
      return args.has('compromised') ? revokeCompromised(revocation) : revokeOne(revocation);
    })));
  },
};

function accountOf(access: Access): AccessServiceAccount {
  if (access.serviceAccount) return access.serviceAccount;
  throw userError({
    at: access.file,
    given: `${subjectName(access)} has no token of the cluster`,
    expected: 'a ServiceAccount',
    fix: 'delete the RoleBinding, or what the API server trusts, to end this access',
  });
}

/** Does something with the place that the options name, if they do. */
async function withPlace<T>(context: Context, action: (destination?: Destination) => Promise<T>): Promise<T> {
  const isNamed = [...GITLAB_OPTIONS.map(([name]) => name), 'remove-variable'].some((name) => context.args.has(name));
  if (!isNamed) return action();
  const destination = await gitlabDestinationOf(context);
  try {
    return await action(destination);
  } finally {
    destination.close();
  }
}
