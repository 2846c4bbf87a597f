import { userError } from '../../base/user-error';
import type { Access, AccessServiceAccount } from '../access/access';
import { subjectName } from '../access/access-summary';
import { readAccessFile } from '../access/read-access';
import { ExitCode } from '../base/failure';
import { ADMINISTRATOR_OPTIONS, ADMINISTRATOR_VARIABLES, asAdministrator } from '../cluster/cluster-clients';
import type { Command, Context } from '../command-line/command';
import { FILENAME_OPTION, withOptionProperties } from '../command-line/options';
import { CredentialStore } from '../credentials/credential-store';
import type { Destination } from '../credentials/destination';
import { GITLAB_MISSING, GITLAB_OPTIONS, GITLAB_VARIABLES, gitlabDestinationOf } from '../credentials/gitlab-options';
import { StepLog } from '../io/step-log';
import { readGivenToken } from '../revoke/revocation';
import { revokeCompromised } from '../revoke/revoke-compromised';
import { listCredentials, revokeCredentials } from '../revoke/revoke-credentials';

const SELECTION = 'Selection';

/** A stored variable is found by its name and its environment, whatever its type. */
const VARIABLE_OPTIONS = GITLAB_OPTIONS.filter(([name]) => !['variable-type', 'unprotected'].includes(name));

/**
 * Revokes credentials, and waits until the API server rejects them.
 */
export const revoke: Command = {
  name: 'revoke',
  summary: 'revoke a credential, or every token (as an administrator)',
  operands: ['ACCESS.yaml|-'],
  required: 1,
  description: [
    'Revokes a credential by deleting its Secret, and waits until the API server',
    'answers 401 to its token.',
    'Select the credential by --credential, by --token-file, or by the variable in',
    'GitLab (--project or --group, with --environment). Without these options, the',
    'ServiceAccount must have exactly one credential.',
    'Tokens that the credential requested itself stay valid until they expire, and',
    'its objects stay in the namespace.',
    '',
    '--compromised revokes every token of the ServiceAccount: it deletes the',
    'RoleBinding, asks the API server whether the account still has rights, and',
    'deletes and recreates the ServiceAccount. It lists for a review: every object',
    'whose pods run as the account, the bindings that name it, and the objects that',
    'were created in the namespace since the grant. The exit code is 1 when',
    'finalizers keep an object, or when the account still has rights.',
    '`grant` gives access again.',
  ],
  examples: [
    { line: 'cdk8s-ci-deploy revoke dist/access.yaml --list', does: 'List the credentials' },
    { line: 'cdk8s-ci-deploy revoke access.yaml --project group/site --environment staging', does: 'Revoke the credential of an environment' },
    { line: 'cdk8s-ci-deploy revoke dist/access.yaml --compromised', does: 'Revoke every token of the ServiceAccount' },
  ],
  options: new Map([
    ...FILENAME_OPTION,
    ...ADMINISTRATOR_OPTIONS,
    ['credential', { group: SELECTION, takes: 'SECRET', excludes: ['list', 'compromised'], summary: 'the Secret of the credential, as grant and --list print it' }],
    ['token-file', { group: SELECTION, takes: 'FILE|-', excludes: ['list', 'compromised', 'credential'], summary: 'the token to revoke' }],
    ['list', { group: SELECTION, summary: 'only list the credentials' }],
    ['compromised', { group: SELECTION, excludes: ['list'], summary: 'revoke every token of the ServiceAccount' }],
    ...withOptionProperties(VARIABLE_OPTIONS, { excludes: ['list'] }),
    ['remove-variable', { group: 'GitLab', excludes: ['list'], summary: 'also remove the variables in GitLab' }],
    ['allow-protected-namespace', { summary: 'accept default and kube-* as the namespace' }],
    ['dry-run', { summary: 'check everything, change nothing' }],
    ['yes', { summary: 'do not ask for confirmation' }],
    ['output', { takes: 'text|json', summary: 'the format of the result (default: text)' }],
  ]),
  variables: new Map([...ADMINISTRATOR_VARIABLES, ...GITLAB_VARIABLES]),
  missing: new Map([
    ...GITLAB_MISSING,
    ...['variable-type', 'unprotected'].map((name): [string, string] => [name, 'revoke finds the variables by --variable and --environment, so remove the option']),
  ]),

  async run(context: Context): Promise<ExitCode> {
    const { args, clock } = context;
    args.choice('output', ['text', 'json']);
    checkCompromised(context);
    const access = await readAccessFile(context, args.operands[0] ?? '-');
    const account = { namespace: access.namespace, name: serviceAccountOf(access).name };
    const token = await readGivenToken(context, account);
    const steps = new StepLog(context.stderr);
    return withGitlabDestination(context, async (destination) => asAdministrator(context, async (administrator) => steps.within(async () => {
      const store = new CredentialStore(administrator.cluster, clock, account);
      const revocation = { context, access, account, administrator, destination, token, store, steps };
      if (args.has('list')) return listCredentials(revocation);
      return args.has('compromised') ? revokeCompromised(revocation) : revokeCredentials(revocation);
    })));
  },
};

/** With --compromised, the only use of GitLab is to remove the variables. */
function checkCompromised({ args }: Context): void {
  const option = VARIABLE_OPTIONS.map(([name]) => name).find((name) => args.has(name));
  if (option === undefined || !args.has('compromised') || args.has('remove-variable')) return;
  throw userError({
    at: `--${option}`,
    given: 'it has no effect with --compromised without --remove-variable',
    expected: 'a variable to remove, or every token',
    fix: `add --remove-variable, or remove --${option}`,
  });
}

function serviceAccountOf(access: Access): AccessServiceAccount {
  if (access.serviceAccount) return access.serviceAccount;
  throw userError({
    at: access.file,
    given: `${subjectName(access)} has no token of the cluster`,
    expected: 'a ServiceAccount',
    fix: 'to remove this access, delete the RoleBinding, or the issuer from the API server\'s configuration',
  });
}

/** Opens the destination in GitLab if the options choose one, runs an action, and closes it. */
async function withGitlabDestination<T>(context: Context, action: (destination?: Destination) => Promise<T>): Promise<T> {
  const isChosen = [...VARIABLE_OPTIONS.map(([name]) => name), 'remove-variable'].some((name) => context.args.has(name));
  if (!isChosen) return action();
  const destination = await gitlabDestinationOf(context);
  try {
    return await action(destination);
  } finally {
    destination.close();
  }
}
