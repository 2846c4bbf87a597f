import { parseDuration, spanInWords } from '../base/duration';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import { ADMINISTRATOR_OPTIONS, withCredential } from '../cluster/cluster-clients';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Command, Context } from '../command-line/command';
import { confirm } from '../command-line/confirm';
import { deleteDue, replacedRecords } from '../credentials/credential-cleanup';
import { DESTINATION_OPTIONS, withDestination, TOKEN_OPTIONS, parseTokenLifetime } from '../credentials/credential-options';
import { CredentialStore, CredentialRecord } from '../credentials/credential-store';
import { checkDestination, Destination } from '../credentials/destination';
import { GITLAB_MISSING } from '../credentials/gitlab-options';
import { ProvisionedCredential, provisionCredential, isoTime, validityText } from '../credentials/provision-credential';
import { withRotator, Rotator } from '../credentials/rotator';
import { VERIFICATION_OPTIONS, verifyCredential } from '../credentials/verify-credential';
import { waitForRevocation } from '../credentials/wait-for-revocation';
import { StepLog } from '../io/step-log';

/**
 * Replaces a credential without a gap.
 */
export const rotate: Command = {
  name: 'rotate',
  summary: 'replace the credential: the new one is proved and kept before the old one ends',
  operands: ['[ACCESS.yaml|-]'],
  required: 0,
  description: [
    'As an administrator, with the access manifests; or with --itself by the credential in KUBECONFIG, which needs no administrator',
    '(ClusterRoles admin and edit may request tokens for the account itself) and is fit for a scheduled pipeline.',
    '',
    'The new token is requested, proved, and kept in the place of the old one. A job that runs now has read the old one already,',
    'so that one is ended after --grace. The command waits for it, unless --no-wait: then the next `rotate` ends it, or',
    '`rotate --finish` in a job that GitLab starts later (`when: delayed`, `start_in: 1 hour`).',
    '',
    'To write the variable, GITLAB_TOKEN must be a project or group access token with role Maintainer and scope api.',
  ],
  options: new Map([
    ...ADMINISTRATOR_OPTIONS,
    ...DESTINATION_OPTIONS.filter(([name]) => name !== 'force'),
    ...TOKEN_OPTIONS,
    ...VERIFICATION_OPTIONS,
    ['itself', { summary: 'the credential in --kubeconfig or KUBECONFIG replaces itself' }],
    ['grace', { takes: 'TIME', summary: 'how long the old one goes on working (default: 1h)' }],
    ['now', { summary: 'end the old one at once' }],
    ['no-wait', { summary: 'do not wait for the end of the grace' }],
    ['finish', { summary: 'only end what has been replaced and whose grace is over' }],
    ['dry-run', { summary: 'check everything, change nothing' }],
    ['yes', { summary: 'do not ask' }],
    ['output', { takes: 'text|json|-', summary: 'the form of the result; "-" writes the credential instead (default: text)' }],
  ]),
  missing: new Map(GITLAB_MISSING),

  async run(context: Context): Promise<ExitCode> {
    const { args, clock } = context;
    args.choice('output', ['text', 'json', '-']);
    const steps = new StepLog(context.stderr);
    const grace = args.has('now') ? 0 : parseDuration('--grace', args.one('grace') ?? '1h') * 1000;
    return withRotator(context, async (rotator) => {
      const ledger = new CredentialStore(rotator.cluster, clock, rotator.account);
      if (args.has('finish')) return steps.within(async () => finish(context, ledger, steps));
      return withDestination(context, async (destination) =>
        steps.within(async () => replace(context, { rotator, ledger, steps, grace, destination }), GO_ON), { replace: true });
    });
  },
};

const GO_ON = 'when the new one is kept, `rotate --finish` ends the old one; else run it again';

interface Rotation {
  readonly rotator: Rotator;
  readonly ledger: CredentialStore;
  readonly destination: Destination;
  readonly steps: StepLog;
  /** Milliseconds. */
  readonly grace: number;
}

async function replace(context: Context, rotation: Rotation): Promise<ExitCode> {
  const { rotator, ledger, destination, steps, grace } = rotation;
  const { args, clock } = context;
  await checkDestination(destination, steps);
  const old = replacedRecords(await ledger.list(), await destination.identity(), rotator.itself?.secret);
  if (old.length === 0 && !rotator.itself) {
    throw new Failure(`no credential of this account was made for ${destination.description}; \`cdk8s-ci-deploy grant\` makes one`, ExitCode.NO);
  }
  const when = grace === 0 ? 'at once' : `${spanInWords(grace / 1000)} later`;
  steps.note(`A new token is made, proved, and kept in ${destination.description}; ${namesOf(old)} ends ${when}.`);
  if (args.has('dry-run')) {
    steps.note('Nothing was changed (--dry-run).');
    return ExitCode.DONE;
  }
  await confirm(context, 'Replace it?');
  await deleteDue(ledger, clock.now(), steps);
  const supplied = await supply(context, rotation);
  for (const record of old) await ledger.markReplaced(record, clock.now() + grace);
  result(context, destination, supplied, old);
  await endOld(context, rotation, supplied, old);
  return ExitCode.DONE;
}

async function supply(context: Context, { rotator, ledger, destination, steps }: Rotation): Promise<ProvisionedCredential> {
  const lifetime = parseTokenLifetime(context.args);
  return provisionCredential({
    ...context,
    ledger,
    steps,
    destination,
    cluster: rotator.cluster,
    order: { account: rotator.account, duration: lifetime.duration, tokenSecret: rotator.hasTokenSecret ? 'new' : undefined },
    shortest: lifetime.shortest,
    kubeconfig: (token) => rotator.kubeconfig(token),
    prove: async ({ token = '' }) => verifyCredential(context, rotator.proof(token), rotator.access),
  });
}

/** By the successor's own rights, when the old one was its own rotator: it cannot see its own end through. */
async function endOld(context: Context, rotation: Rotation, { kubeconfig }: ProvisionedCredential, old: readonly CredentialRecord[]): Promise<void> {
  const { rotator, steps, grace } = rotation;
  const { args, clock, signal } = context;
  if (args.has('no-wait') && grace > 0) {
    steps.note(`${namesOf(old)} is ended by the next rotate, or by \`cdk8s-ci-deploy rotate --finish\` from ${new Date(clock.now() + grace).toISOString()} on`);
    return;
  }
  if (grace > 0) steps.note(`waiting ${spanInWords(grace / 1000)} for jobs that have read ${namesOf(old)}; when this is ended, \`rotate --finish\` does the rest`);
  await clock.sleep(grace, signal);
  const end = async (cluster: KubernetesClient) => deleteDue(new CredentialStore(cluster, clock, rotator.account), clock.now(), steps);
  if (!rotator.itself) {
    await end(rotator.cluster);
    return;
  }
  await withCredential(context, kubeconfig, end);
  if (!old.some(({ name }) => name === rotator.itself?.secret)) {
    steps.warn('the token that has replaced itself was not made by this command, and lives on: `cdk8s-ci-deploy revoke` ends it');
    return;
  }
  const waited = await waitForRevocation(context, rotator.itself.kubeconfig);
  steps.did(`the API server answers 401 to the old token, ${spanInWords(waited / 1000)} after its end`);
}

async function finish({ args, clock }: Context, ledger: CredentialStore, steps: StepLog): Promise<ExitCode> {
  const due = (await ledger.list()).filter(({ endAfter }) => endAfter !== undefined && endAfter <= clock.now());
  if (args.has('dry-run')) {
    steps.note(due.length === 0 ? 'Nothing is due.' : `${namesOf(due)} would be ended. Nothing was changed (--dry-run).`);
    return ExitCode.DONE;
  }
  const later = await deleteDue(ledger, clock.now(), steps);
  for (const { name, endAfter } of later) steps.note(`${name}: not before ${new Date(Number(endAfter)).toISOString()}`);
  if (due.length + later.length === 0) steps.note('Nothing is waiting for its end.');
  return ExitCode.DONE;
}

function namesOf(records: readonly CredentialRecord[]): string {
  return records.length === 0 ? 'the old one' : records.map(({ name }) => name).join(', ');
}

function result({ args, stdout, clock }: Context, { description }: Destination, { record }: ProvisionedCredential, old: readonly CredentialRecord[]): void {
  const { name, expires } = record;
  const account = { keptIn: description, secret: name, expires: isoTime(expires), replaces: old.map((each) => each.name) };
  const text = `kept in    ${description}\nvalidity   ${validityText(expires, clock.now())}\nends with  Secret ${name}\nreplaces   ${namesOf(old)}\n`;
  if (args.one('output') !== '-') stdout.write(args.one('output') === 'json' ? `${JSON.stringify(account, null, 2)}\n` : text);
}
