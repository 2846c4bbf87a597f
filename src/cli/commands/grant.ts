import { printable } from '../../base/printable';
import { userError } from '../../base/user-error';
import type { Access, AccessServiceAccount } from '../access/access';
import { accessSummary, subjectName } from '../access/access-summary';
import { applyAccess, dryRunAccess, objectName } from '../access/apply-access';
import { configurationVersion } from '../access/oidc/authentication-configuration';
import { oidcInstructions } from '../access/oidc/oidc-instructions';
import { readAccessFile } from '../access/read-access';
import { ExitCode } from '../base/failure';
import { asAdministrator, ADMINISTRATOR_OPTIONS, ADMINISTRATOR_VARIABLES, Administrator } from '../cluster/cluster-clients';
import { serverVersion } from '../cluster/find';
import type { Command, Context } from '../command-line/command';
import { confirm } from '../command-line/confirm';
import { FILENAME_OPTION } from '../command-line/options';
import { revokeUnused } from '../credentials/credential-cleanup';
import { addressWarning, kubeconfigBuilder } from '../credentials/credential-kubeconfig';
import { DESTINATION_OPTIONS, parseTokenLifetime, TOKEN_OPTIONS, TokenLifetime, withDestination } from '../credentials/credential-options';
import { CredentialRecord, CredentialStore } from '../credentials/credential-store';
import { checkDestination, currentCredential, Destination } from '../credentials/destination';
import { GITLAB_MISSING, GITLAB_VARIABLES, trustOf } from '../credentials/gitlab-options';
import type { TokenOptions } from '../credentials/issue-token';
import { LOG_VARIABLES } from '../credentials/local-destination';
import { isoTime, provisionCredential, validityText } from '../credentials/provision-credential';
import { NEW_CREDENTIAL_OPTIONS, PROTECTED_NAMESPACE_OPTION, verificationParts, verifyCredential } from '../credentials/verify-credential';
import { StepLog } from '../io/step-log';

/**
 * Applies the access manifests, and stores a verified credential in GitLab, in a file or on standard output.
 */
export const grant: Command = {
  name: 'grant',
  summary: 'give GitLab access to one namespace (as an administrator)',
  operands: ['ACCESS.yaml|-'],
  required: 1,
  description: [
    'Prints the objects and rights in the access manifests, and asks for',
    'confirmation on a terminal. Then applies the manifests, creates a token,',
    'verifies that it works in its namespace and nowhere else, and stores it:',
    'as the masked variable KUBECONFIG of a GitLab project or group, in a file,',
    'or on standard output.',
    '',
    'The token is bound to a small Secret beside the ServiceAccount.',
    '`cdk8s-ci-deploy revoke` deletes the Secret, which revokes the token.',
    'With a token Secret in the manifests, the token never expires.',
    '',
    'A second run changes nothing. After an interrupted run, a second run completes',
    'the work.',
    '',
    'For a deployer with id_tokens, stores nothing and prints how to configure the',
    'API server.',
  ],
  examples: [
    { line: 'cdk8s-ci-deploy grant access.yaml --project group/site --environment staging', does: 'Give the jobs of an environment access' },
    { line: 'cdk8s-ci-deploy grant dist/access.yaml --file ci.kubeconfig', does: 'Store the credential in a file' },
    { line: 'cdk8s-ci-deploy grant dist/access.yaml --file ci.kubeconfig --dry-run', does: 'Check everything, and change nothing' },
  ],
  options: new Map([
    ...FILENAME_OPTION,
    ...ADMINISTRATOR_OPTIONS,
    ...DESTINATION_OPTIONS,
    ...TOKEN_OPTIONS,
    ...NEW_CREDENTIAL_OPTIONS,
    ...PROTECTED_NAMESPACE_OPTION,
    ['dry-run', { summary: 'check everything, change nothing' }],
    ['yes', { summary: 'do not ask for confirmation' }],
    ['output', { takes: 'text|json|-', summary: 'the format of the result; "-" prints the credential instead (default: text)' }],
  ]),
  missing: new Map(GITLAB_MISSING),
  variables: new Map([...ADMINISTRATOR_VARIABLES, ...GITLAB_VARIABLES, LOG_VARIABLES]),

  async run(context: Context): Promise<ExitCode> {
    const { args, stderr } = context;
    args.choice('output', ['text', 'json', '-']);
    const access = await readAccessFile(context, args.operands[0] ?? '-');
    const { namespace, serviceAccount } = access;
    const steps = new StepLog(stderr);
    if (!serviceAccount) {
      checkNoDestination(context, access);
      const { certificateAuthority } = args.has('ca-file') ? await trustOf(context) : {};
      return asAdministrator(context, async (administrator) => steps.within(async () =>
        grantSubject(context, access, administrator, certificateAuthority, steps)));
    }
    if (serviceAccount.tokenSecret !== undefined) checkNoLifetime(context, access, serviceAccount.tokenSecret);
    const lifetime = parseTokenLifetime(args);
    return withDestination(context, { account: { namespace, name: serviceAccount.name } }, async (destination) =>
      asAdministrator(context, async (administrator) => steps.within(async () =>
        grantServiceAccount(context, { access, serviceAccount, lifetime, destination, administrator, steps }))));
  },
};

interface Grant {
  readonly access: Access;
  readonly serviceAccount: AccessServiceAccount;
  readonly lifetime: TokenLifetime;
  readonly destination: Destination;
  readonly administrator: Administrator;
  readonly steps: StepLog;
}

async function grantServiceAccount(context: Context, request: Grant): Promise<ExitCode> {
  const { access, serviceAccount, lifetime, destination, administrator, steps } = request;
  const { args, clock, signal } = context;
  const { cluster, reference } = administrator;
  const account = { namespace: access.namespace, name: serviceAccount.name };

  const server = args.one('server') ?? reference.server;
  const parts = { reference, server, namespace: access.namespace, user: serviceAccount.name, allowProtectedNamespace: true };
  const kubeconfig = kubeconfigBuilder(parts);
  const verificationKubeconfig = kubeconfigBuilder(verificationParts(context, parts));

  announce(access, administrator, `The command then creates a token, verifies it, and stores it in ${destination.description}.`, steps);
  const warning = addressWarning(server);
  if (warning !== undefined) steps.warn(warning);

  const state = await checkDestination(destination, steps);
  const store = new CredentialStore(cluster, clock, account);
  const current = await currentCredential(destination, state, store, clock.now());
  if (state.hasCredential && !current) steps.warn(`${destination.description} holds no valid credential of this ServiceAccount: the command replaces its value`);

  if (!await applyManifests(context, access, administrator, steps)) return ExitCode.DONE;

  if (current) steps.note(`${destination.description} already holds a credential of this ServiceAccount; \`cdk8s-ci-deploy rotate\` replaces it`);
  const record = current ?? (await provisionCredential({ cluster, store, clock, signal }, {
    account,
    lifetime,
    tokenSecret: await tokenSecretFor(serviceAccount, store),
    destination,
    kubeconfig,
    verify: async ({ token = '' }) => verifyCredential(context, verificationKubeconfig(token), access),
  }, steps)).record;
  await revokeUnused(store, record, steps, clock.now());
  printCredential(context, access, destination, record);
  return ExitCode.DONE;
}

/** A second destination gets a token Secret of its own, so that each credential can be revoked alone. */
async function tokenSecretFor({ tokenSecret }: AccessServiceAccount, store: CredentialStore): Promise<TokenOptions['tokenSecret']> {
  if (tokenSecret === undefined) return undefined;
  const isStored = (await store.list()).some(({ name, state }) => name === tokenSecret && state === 'stored');
  return isStored ? 'new' : { name: tokenSecret };
}

/** The token of a token Secret never expires. */
function checkNoLifetime({ args }: Context, { file }: Access, tokenSecret: string): void {
  const [option] = TOKEN_OPTIONS.map(([name]) => name).filter((name) => args.has(name));
  if (option === undefined) return;
  throw userError({
    at: `--${option}`,
    given: `the token of Secret ${tokenSecret} in ${printable(file)} never expires`,
    expected: 'no lifetime',
    fix: `remove --${option}, or the token Secret from the manifests`,
  });
}

/** A subject without a ServiceAccount has no token of the cluster, so the options must choose no destination and describe no token. */
function checkNoDestination({ args }: Context, access: Access): void {
  const options = [...DESTINATION_OPTIONS, ...TOKEN_OPTIONS, ...NEW_CREDENTIAL_OPTIONS].map(([name]) => name);
  const [option] = options.filter((name) => name !== 'ca-file' && args.has(name));
  if (option === undefined && args.one('output') !== '-') return;
  const name = option ?? 'output';
  throw userError({
    at: `--${name}`,
    given: `${subjectName(access)} has no token that could be stored`,
    expected: 'no option for a token',
    fix: name === 'output' ? 'use --output text or --output json' : `remove --${name}`,
  });
}

async function grantSubject(
  context: Context, access: Access, administrator: Administrator, certificateAuthority: string | undefined, steps: StepLog,
): Promise<ExitCode> {
  announce(access, administrator, 'The command stores nothing in GitLab.', steps);
  if (!await applyManifests(context, access, administrator, steps)) return ExitCode.DONE;
  const version = access.oidc && configurationVersion(await serverVersion(administrator.cluster));
  printInstructions(context, access, access.oidc && oidcInstructions(access.oidc, { certificateAuthority, configurationVersion: version }));
  return ExitCode.DONE;
}

function announce(access: Access, { description }: Administrator, next: string, steps: StepLog): void {
  const objects = access.objects.map((object) => `  ${objectName(object)}`);
  steps.note([`The command applies ${access.file} to the cluster of ${description}:`, ...objects, ...accessSummary(access), next].join('\n'));
}

/** Returns whether the manifests were applied. A dry run only checks them. */
async function applyManifests(context: Context, access: Access, { cluster }: Administrator, steps: StepLog): Promise<boolean> {
  const isChecked = await dryRunAccess(cluster, access);
  if (!isChecked) steps.note('The namespace does not exist yet, so the API server can check the other objects only after its creation.');
  if (context.args.has('dry-run')) {
    steps.note('Nothing was changed (--dry-run).');
    return false;
  }
  await confirm(context, 'Apply this?');
  await applyAccess(cluster, access, steps);
  return true;
}

function printInstructions({ args, stdout }: Context, access: Access, instructions: string | undefined): void {
  const { namespace, role } = access;
  const result = { namespace, subject: subjectName(access), role: `${role.kind} ${role.name}`, instructions: instructions ?? null };
  if (args.one('output') === 'json') stdout.json(result);
  else stdout.write(instructions ?? '');
}

function printCredential({ args, stdout, clock }: Context, access: Access, destination: Destination, record: CredentialRecord): void {
  const { namespace, role } = access;
  const subject = subjectName(access);
  if (args.one('output') === 'json') {
    const result = {
      namespace,
      subject,
      role: `${role.kind} ${role.name}`,
      keptIn: destination.description,
      secret: record.name,
      expires: isoTime(record.expires),
    };
    stdout.json(result);
  } else if (args.one('output') !== '-') {
    stdout.write([
      `namespace  ${namespace}`,
      `subject    ${subject}`,
      `role       ${role.kind} ${role.name}`,
      `stored in  ${destination.description}`,
      `validity   ${validityText(record.expires, clock.now())}`,
      `secret     ${record.name} (to revoke: cdk8s-ci-deploy revoke)`,
      '',
    ].join('\n'));
  }
}
