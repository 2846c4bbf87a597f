import { parseDuration, spanInWords } from '../base/duration';
import { ExitCode, Failure } from '../base/failure';
import { ADMINISTRATOR_OPTIONS, ADMINISTRATOR_VARIABLES } from '../cluster/cluster-clients';
import { withCredential } from '../cluster/credential';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Command, Context } from '../command-line/command';
import { confirm } from '../command-line/confirm';
import { FILENAME_OPTION, Options, withOptionProperties } from '../command-line/options';
import { replacedRecords, revokeReplaced } from '../credentials/credential-cleanup';
import { DESTINATION_OPTIONS, parseTokenLifetime, TOKEN_OPTIONS, withDestination } from '../credentials/credential-options';
import { CredentialRecord, CredentialStore } from '../credentials/credential-store';
import { checkDestination, Destination } from '../credentials/destination';
import { GITLAB_MISSING, GITLAB_VARIABLES } from '../credentials/gitlab-options';
import { LOG_VARIABLES } from '../credentials/local-destination';
import { isoTime, provisionCredential, ProvisionedCredential, validityText } from '../credentials/provision-credential';
import { Rotator, withRotator } from '../credentials/rotator';
import { NEW_CREDENTIAL_OPTIONS, PROTECTED_NAMESPACE_OPTION, verifyCredential } from '../credentials/verify-credential';
import { waitForRevocation } from '../credentials/wait-for-revocation';
import { StepLog } from '../io/step-log';

const ROTATION = 'Rotation';

const ROTATION_OPTIONS: Options = [
  ['grace', { takes: 'TIME', excludes: ['now'], summary: 'how long the old token stays valid (default: 1h)' }],
  ['now', { summary: 'revoke the old token at once' }],
  ['no-wait', { excludes: ['now'], summary: 'do not wait for the end of the grace period' }],
];

/**
 * Replaces a credential: stores a new one first, and revokes the old one after a grace period.
 */
export const rotate: Command = {
  name: 'rotate',
  summary: 'replace the credential by a new one, without a gap',
  operands: ['[ACCESS.yaml|-]'],
  required: 0,
  description: [
    'An administrator rotates a credential with its access manifests.',
    'With --itself, the credential in KUBECONFIG rotates itself: ClusterRoles admin',
    'and edit may request tokens for their own ServiceAccount. Use --itself in a',
    'scheduled pipeline.',
    '',
    'Creates a token, verifies it, and stores it in place of the old one. A running',
    'job still uses the old token, so the command revokes the old token only after',
    '--grace. It waits for that time, unless --no-wait is set. Then the next `rotate`',
    'revokes the old token, or `rotate --finish` in a delayed job (`when: delayed`,',
    '`start_in: 1 hour`).',
    '',
    'To write the variable, GITLAB_TOKEN must be a project or group access token with',
    'the role Maintainer and the scope api. In CI, store it with the scope of the',
    'environment that rotates, not with "*": other jobs would get it, too.',
  ],
  examples: [
    { line: 'cdk8s-ci-deploy rotate access.yaml --project group/site --environment staging', does: 'Rotate a credential as an administrator' },
    { line: 'cdk8s-ci-deploy rotate --itself --environment production --no-wait', does: 'Rotate the credential of a job in a scheduled pipeline' },
    { line: 'cdk8s-ci-deploy rotate --itself --finish', does: 'Revoke the old token after its grace period' },
  ],
  options: new Map([
    ...FILENAME_OPTION,
    ...ADMINISTRATOR_OPTIONS,
    ['itself', { group: ROTATION, summary: 'rotate the credential in --kubeconfig or KUBECONFIG by itself' }],
    ...withOptionProperties(ROTATION_OPTIONS, { group: ROTATION, excludes: ['finish'] }),
    ['finish', { group: ROTATION, summary: 'only revoke replaced tokens whose grace period is over' }],
    ...withOptionProperties([...DESTINATION_OPTIONS.filter(([name]) => name !== 'force'), ...TOKEN_OPTIONS, ...NEW_CREDENTIAL_OPTIONS], { excludes: ['finish'] }),
    ...PROTECTED_NAMESPACE_OPTION,
    ['dry-run', { summary: 'check everything, change nothing' }],
    ['yes', { summary: 'do not ask for confirmation' }],
    ['output', { takes: 'text|json|-', excludes: ['finish'], summary: 'the format of the result; "-" prints the credential instead (default: text)' }],
  ]),
  missing: new Map(GITLAB_MISSING),
  variables: new Map([...ADMINISTRATOR_VARIABLES, ['KUBECONFIG', 'your own kubeconfigs, or with --itself the credential of the job'], ...GITLAB_VARIABLES, LOG_VARIABLES]),

  async run(context: Context): Promise<ExitCode> {
    const { args, clock, stderr } = context;
    args.choice('output', ['text', 'json', '-']);
    const grace = args.has('now') ? 0 : parseDuration('--grace', args.one('grace') ?? '1h') * 1000;
    const steps = new StepLog(stderr);
    return withRotator(context, async (rotator) => {
      const store = new CredentialStore(rotator.cluster, clock, rotator.account);
      if (args.has('finish')) return steps.within(async () => finishRotation(context, store, steps));
      return withDestination(context, { replace: true }, async (destination) =>
        steps.within(async () => rotateCredential(context, { rotator, store, destination, grace, steps }), HOW_TO_CONTINUE));
    });
  },
};

const HOW_TO_CONTINUE = 'if the new token is stored, `rotate --finish` revokes the old one; otherwise run the same command again';

interface Rotation {
  readonly rotator: Rotator;
  readonly store: CredentialStore;
  readonly destination: Destination;
  /** Milliseconds. */
  readonly grace: number;
  readonly steps: StepLog;
}

async function rotateCredential(context: Context, rotation: Rotation): Promise<ExitCode> {
  const { rotator, store, destination, grace, steps } = rotation;
  const { account, access, cluster } = rotator;
  const { args, clock, signal } = context;
  const lifetime = parseTokenLifetime(args);

  await checkDestination(destination, steps);
  const old = replacedRecords(await store.list(), await destination.identity(), rotator.itself?.secret);
  if (old.length === 0 && !rotator.itself) {
    throw new Failure(`this ServiceAccount has no credential for ${destination.description}; \`cdk8s-ci-deploy grant\` creates one`, ExitCode.NO);
  }
  const when = grace === 0 ? 'at once' : `${spanInWords(grace / 1000)} later`;
  steps.note(`The command creates a token, verifies it, and stores it in ${destination.description}. It revokes ${namesOf(old)} ${when}.`);
  if (args.has('dry-run')) {
    steps.note('Nothing was changed (--dry-run).');
    return ExitCode.DONE;
  }
  await confirm(context, 'Replace it?');

  await revokeReplaced(store, clock.now(), steps);
  const provisioned = await provisionCredential({ cluster, store, clock, signal }, {
    account,
    lifetime,
    tokenSecret: rotator.hasTokenSecret ? 'new' : undefined,
    destination,
    kubeconfig: (token) => rotator.kubeconfig(token),
    verify: async ({ token = '' }) => verifyCredential(context, rotator.verificationKubeconfig(token), access),
  }, steps);
  for (const record of old) await store.markReplaced(record, clock.now() + grace);
  printResult(context, destination, provisioned, old);

  if (args.has('no-wait') && grace > 0) {
    const time = new Date(clock.now() + grace).toISOString();
    steps.note(`the next rotate revokes ${namesOf(old)}, or \`cdk8s-ci-deploy rotate --finish\` after ${time}`);
    return ExitCode.DONE;
  }
  if (grace > 0) steps.note(`waiting ${spanInWords(grace / 1000)} for jobs that use ${namesOf(old)}; after an interruption, \`rotate --finish\` does the rest`);
  await clock.sleep(grace, signal);
  await revokeOld(context, rotation, provisioned, old);
  return ExitCode.DONE;
}

/** A credential that rotates itself cannot see its own revocation, so the new credential revokes it. */
async function revokeOld(
  context: Context, { rotator, steps }: Rotation, { kubeconfig }: ProvisionedCredential, old: readonly CredentialRecord[],
): Promise<void> {
  const { account, cluster, itself } = rotator;
  const { clock } = context;
  const revokeBy = async (client: KubernetesClient) => revokeReplaced(new CredentialStore(client, clock, account), clock.now(), steps);
  if (!itself) {
    await revokeBy(cluster);
    return;
  }
  await withCredential(context, kubeconfig, revokeBy);
  if (!old.some(({ name }) => name === itself.secret)) {
    steps.warn('this command did not create the old token, so the old token stays valid: revoke it by `cdk8s-ci-deploy revoke`');
    return;
  }
  const waited = await waitForRevocation(context, itself.kubeconfig);
  steps.did(`the API server answers 401 to the old token, ${spanInWords(waited / 1000)} after its revocation`);
}

async function finishRotation({ args, clock }: Context, store: CredentialStore, steps: StepLog): Promise<ExitCode> {
  const due = (await store.list()).filter(({ endAfter }) => endAfter !== undefined && endAfter <= clock.now());
  if (args.has('dry-run')) {
    steps.note(due.length === 0
      ? 'No replaced token can be revoked yet.'
      : `The command would revoke ${namesOf(due)}. Nothing was changed (--dry-run).`);
    return ExitCode.DONE;
  }
  const later = await revokeReplaced(store, clock.now(), steps);
  for (const { name, endAfter } of later) steps.note(`${name}: not before ${new Date(Number(endAfter)).toISOString()}`);
  if (due.length + later.length === 0) steps.note('There are no replaced tokens to revoke.');
  return ExitCode.DONE;
}

function namesOf(records: readonly CredentialRecord[]): string {
  return records.length === 0 ? 'the old token' : records.map(({ name }) => name).join(', ');
}

function printResult(
  { args, stdout, clock }: Context, { description }: Destination, { record }: ProvisionedCredential, old: readonly CredentialRecord[],
): void {
  const { name, expires } = record;
  if (args.one('output') === 'json') {
    const result = { keptIn: description, secret: name, expires: isoTime(expires), replaces: old.map((replaced) => replaced.name) };
    stdout.json(result);
  } else if (args.one('output') !== '-') {
    stdout.write([
      `stored in  ${description}`,
      `validity   ${validityText(expires, clock.now())}`,
      `secret     ${name}`,
      `replaces   ${namesOf(old)}`,
      '',
    ].join('\n'));
  }
}
