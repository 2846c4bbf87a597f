import { userError } from '../../base/user-error';
import type { Access, AccessServiceAccount } from '../access/access';
import { accessSummary, subjectName } from '../access/access-summary';
import { applyAccess, objectName, dryRunAccess } from '../access/apply-access';
import { oidcInstructions } from '../access/oidc/oidc-instructions';
import { readAccessFile } from '../access/read-access';
import { ExitCode } from '../base/exit-code';
import { asAdministrator, ADMINISTRATOR_OPTIONS, Administrator } from '../cluster/cluster-clients';
import type { Command, Context } from '../command-line/command';
import { confirm } from '../command-line/confirm';
import { deleteUnfinished } from '../credentials/credential-cleanup';
import { addressWarning, kubeconfigBuilder } from '../credentials/credential-kubeconfig';
import { DESTINATION_OPTIONS, withDestination, TOKEN_OPTIONS, parseTokenLifetime } from '../credentials/credential-options';
import { CredentialStore, CredentialRecord } from '../credentials/credential-store';
import { checkDestination, Destination, currentCredential } from '../credentials/destination';
import { GITLAB_MISSING, trustOf } from '../credentials/gitlab-options';
import { provisionCredential, isoTime, validityText } from '../credentials/provision-credential';
import { VERIFICATION_OPTIONS, verificationParts, verifyCredential } from '../credentials/verify-credential';
import { StepLog } from '../io/step-log';

/**
 * Gives a deployer its namespace: applies the access manifests, and puts a credential that works where GitLab's jobs find it.
 */
export const grant: Command = {
  name: 'grant',
  summary: 'as an administrator: give GitLab one namespace, with a credential that is proved before it is kept',
  operands: ['ACCESS.yaml|-'],
  required: 1,
  description: [
    'Says what will be made and which rights that means, and asks when there is a terminal to ask at.',
    'Then applies the access manifests (the API server has checked them before), makes a token, proves that it works in its namespace and',
    'nowhere else, and keeps it: as the masked variable KUBECONFIG of a GitLab project or group, in a file, or on standard output.',
    '',
    'The token is bound to a small Secret beside the ServiceAccount, and `cdk8s-ci-deploy revoke` ends it by deleting that Secret.',
    'With a token Secret in the manifests, the cluster makes a token that never expires.',
    'Run again, it changes nothing; ended half-way and run again, it goes on.',
    '',
    'For a deployer that the cluster knows by id_tokens nothing is kept: what the API server must be told is printed.',
  ],
  options: new Map([
    ...ADMINISTRATOR_OPTIONS,
    ...DESTINATION_OPTIONS,
    ...TOKEN_OPTIONS,
    ...VERIFICATION_OPTIONS,
    ['dry-run', { summary: 'check everything, change nothing' }],
    ['yes', { summary: 'do not ask' }],
    ['output', { takes: 'text|json|-', summary: 'the form of the result; "-" writes the credential instead (default: text)' }],
  ]),
  missing: new Map(GITLAB_MISSING),

  async run(context: Context): Promise<ExitCode> {
    context.args.choice('output', ['text', 'json', '-']);
    const access = await readAccessFile(context, context.args.operands[0] ?? '-');
    const steps = new StepLog(context.stderr);
    const { serviceAccount } = access;
    if (!serviceAccount) return grantSubject(context, access, steps);
    const lifetime = parseTokenLifetime(context.args);
    const account = { namespace: access.namespace, name: serviceAccount.name };
    return withDestination(context, async (destination) => asAdministrator(context, async (administrator) =>
      steps.within(async () => grantAccount(context, access, { lifetime, destination, serviceAccount }, administrator, steps))), { account });
  },
};

interface Plan {
  readonly serviceAccount: AccessServiceAccount;
  readonly lifetime: { readonly duration: number; readonly shortest: number };
  readonly destination: Destination;
}

async function grantAccount(context: Context, access: Access, plan: Plan, administrator: Administrator, steps: StepLog): Promise<ExitCode> {
  const { args, clock } = context;
  const { destination, serviceAccount } = plan;
  const { reference, cluster } = administrator;
  const server = args.one('server') ?? reference.server;
  const parts = { reference, server, namespace: access.namespace, user: serviceAccount.name, allowProtectedNamespace: true };
  const [kubeconfig, proof] = [kubeconfigBuilder(parts), kubeconfigBuilder(verificationParts(context, parts))];
  announce(access, administrator, steps, [`Then a token is made, proved, and kept in ${destination.description}.`]);
  const warning = addressWarning(server);
  if (warning !== undefined) steps.warn(warning);
  const state = await checkDestination(destination, steps);
  const account = { namespace: access.namespace, name: serviceAccount.name };
  const ledger = new CredentialStore(cluster, clock, account);
  const current = await currentCredential(destination, state, ledger, clock.now());
  if (state.hasCredential && !current) steps.warn(`what ${destination.description} holds is not a credential of this account that is in force: it is replaced`);
  if (!await applied(context, access, administrator, steps)) return ExitCode.DONE;
  if (current) {
    steps.note(`${destination.description} holds a credential of this account already; \`cdk8s-ci-deploy rotate\` replaces it`);
    await deleteUnfinished(ledger, current, steps, clock.now());
    return result(context, access, destination, current);
  }
  const { record } = await provisionCredential({
    ...context,
    ...plan,
    ...plan.lifetime,
    ledger,
    steps,
    cluster,
    kubeconfig,
    order: { account, duration: plan.lifetime.duration, tokenSecret: await tokenSecretFor(ledger, serviceAccount) },
    prove: async ({ token = '' }) => verifyCredential(context, proof(token), access),
  });
  await deleteUnfinished(ledger, record, steps, clock.now());
  return result(context, access, destination, record);
}

/** That of the manifests serves one place; another place gets one of its own, so that each can be ended alone. */
async function tokenSecretFor(ledger: CredentialStore, { tokenSecret }: AccessServiceAccount): Promise<{ name: string } | 'new' | undefined> {
  if (tokenSecret === undefined) return undefined;
  const taken = (await ledger.list()).some(({ name, state }) => name === tokenSecret && state === 'stored');
  return taken ? 'new' : { name: tokenSecret };
}

async function grantSubject(context: Context, access: Access, steps: StepLog): Promise<ExitCode> {
  const { args } = context;
  const [option] = DESTINATION_OPTIONS.map(([name]) => name).filter((name) => name !== 'ca-file' && args.has(name));
  if (option !== undefined || args.one('output') === '-') {
    throw userError({
      at: `--${option ?? 'output'}`,
      given: `${subjectName(access)} has no token that could be kept`,
      expected: 'no place for one',
      fix: 'leave it out',
    });
  }
  const { certificateAuthority } = args.has('ca-file') ? await trustOf(context) : {};
  return asAdministrator(context, async (administrator) => steps.within(async () => {
    announce(access, administrator, steps, ['Nothing is kept in GitLab.']);
    if (!await applied(context, access, administrator, steps)) return ExitCode.DONE;
    return subjectResult(context, access, access.oidc && oidcInstructions(access.oidc, { certificateAuthority }));
  }));
}

function announce(access: Access, { description }: Administrator, steps: StepLog, last: string[]): void {
  const objects = access.objects.map((object) => `  ${objectName(object)}`);
  steps.note([`In the cluster of ${description}, ${access.file} makes`, ...objects, ...accessSummary(access), ...last].join('\n'));
}

/** Whether they are; a dry run only checks them. */
async function applied(context: Context, access: Access, { cluster }: Administrator, steps: StepLog): Promise<boolean> {
  const isChecked = await dryRunAccess(cluster, access);
  if (!isChecked) steps.note('The namespace does not exist yet, so the API server checks the other objects when it does.');
  if (context.args.has('dry-run')) {
    steps.note('Nothing was changed (--dry-run).');
    return false;
  }
  await confirm(context, 'Apply this?');
  await applyAccess(cluster, access, steps);
  return true;
}

function subjectResult({ args, stdout }: Context, access: Access, instructions: string | undefined): ExitCode {
  const { namespace, role } = access;
  const account = { namespace, subject: subjectName(access), role: `${role.kind} ${role.name}`, instructions: instructions ?? null };
  stdout.write(args.one('output') === 'json' ? `${JSON.stringify(account, null, 2)}\n` : instructions ?? '');
  return ExitCode.DONE;
}

function result({ args, stdout, clock }: Context, access: Access, destination: Destination, record: CredentialRecord): ExitCode {
  const { namespace, role } = access;
  const account = {
    namespace,
    subject: subjectName(access),
    role: `${role.kind} ${role.name}`,
    keptIn: destination.description,
    secret: record.name,
    expires: isoTime(record.expires),
  };
  if (args.one('output') === 'json') stdout.write(`${JSON.stringify(account, null, 2)}\n`);
  else if (args.one('output') !== '-') stdout.write(resultText(account, validityText(record.expires, clock.now())));
  return ExitCode.DONE;
}

function resultText({ namespace, subject, role, keptIn, secret }: { [key: string]: string | null }, valid: string): string {
  return [
    `namespace  ${namespace}`,
    `subject    ${subject}`,
    `role       ${role}`,
    `kept in    ${keptIn}`,
    `validity   ${valid}`,
    `ends with  Secret ${secret} (cdk8s-ci-deploy revoke)`,
    '',
  ].join('\n');
}
