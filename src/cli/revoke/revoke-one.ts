import { Chosen, chooseCredentials, credentialLine } from './choose-credential';
import { Revocation, showing } from './revocation';
import { spanInWords } from '../base/duration';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import { confirm } from '../command-line/confirm';
import { filledToken, requestToken } from '../credentials/issue-token';
import { isKnown, untilUnknown } from '../credentials/wait-for-revocation';

/** What no deletion of a Secret reaches. */
const LIVES_ON = 'Tokens that it has made itself and bound to nothing live on until they expire, and so does what it has put into the namespace; '
  + '`cdk8s-ci-deploy revoke --compromised` ends every token of the account.';

/**
 * Ends the credentials that are meant, one after the other, and sees each one through.
 */
export async function revokeOne(revocation: Revocation): Promise<ExitCode> {
  const { context, steps, destination } = revocation;
  const { args, stdout } = context;
  const chosen = await chooseCredentials(revocation);
  steps.note(chosen.map(({ name }) => `Secret ${name} is deleted, and with it the token that is bound to it.`).join('\n'));
  if (args.has('dry-run')) {
    steps.note('Nothing was changed (--dry-run).');
    return ExitCode.DONE;
  }
  await confirm(context, 'End it?');
  const ended = [];
  for (const credential of chosen) ended.push({ secret: credential.name, unknownAfter: await seeThrough(revocation, credential) });
  await atGitlab(revocation);
  const lines = ended.map(({ secret, unknownAfter }) => `${secret}: ended; the API server answers 401 since ${spanInWords(unknownAfter / 1000)} after that\n`);
  stdout.write(args.one('output') === 'json' ? `${JSON.stringify({ ended, livesOn: LIVES_ON, keptIn: destination?.description ?? null }, null, 2)}\n` : lines.join(''));
  steps.note(LIVES_ON);
  return ExitCode.DONE;
}

/**
 * Says which credentials there are.
 */
export async function listCredentials({ context: { args, stdout, clock }, ledger }: Revocation): Promise<ExitCode> {
  const records = await ledger.list();
  const lines = records.map((record) => `${credentialLine(record, clock.now())}\n`);
  stdout.write(args.one('output') === 'json' ? `${JSON.stringify(records, null, 2)}\n` : lines.join('') || 'none\n');
  return ExitCode.DONE;
}

/**
 * The API server remembers a token that it has accepted for some seconds. A token of the same Secret that is shown just before the end is
 * remembered at least as long as any that was shown earlier, so when that one is unknown, all are.
 */
async function seeThrough(revocation: Revocation, credential: Chosen): Promise<number> {
  const { context, ledger, steps } = revocation;
  const sample = showing(revocation, credential.token ?? await sampleToken(revocation, credential));
  // What a token says of itself is worth nothing until the API server knows it: it could name any Secret of the namespace.
  if (!await isKnown(context, sample) && credential.token !== undefined) {
    throw new Failure('the API server answers 401 to the token already: it has ended, or never was one; nothing is deleted', ExitCode.NO);
  }
  await ledger.end(credential);
  steps.did(`${credential.name}: deleted`);
  return untilUnknown(context, sample);
}

async function sampleToken({ administrator: { cluster }, account, context: { clock, signal } }: Revocation, credential: Chosen): Promise<string> {
  if (credential.kind === 'token-secret') return filledToken(cluster, clock, account.namespace, credential.name, signal);
  return (await requestToken(cluster, account, 600, credential)).token;
}

async function atGitlab({ context: { args }, destination, steps }: Revocation): Promise<void> {
  if (!destination) return;
  if (args.has('remove-variable')) await destination.remove?.((step) => steps.did(step));
  else steps.warn(`${destination.description} holds a credential that has ended: remove it (--remove-variable), or grant a new one`);
}
