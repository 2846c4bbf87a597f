import { Revocation, kubeconfigWith, GivenToken } from './revocation';
import { isObject } from '../../base/json';
import { show } from '../../base/user-error';
import { spanInWords } from '../base/duration';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import { objectPath } from '../cluster/paths';
import { confirm } from '../command-line/confirm';
import type { CredentialRecord } from '../credentials/credential-store';
import { filledToken, requestToken } from '../credentials/issue-token';
import { validityText } from '../credentials/provision-credential';
import { isAccepted, waitForRevocation } from '../credentials/wait-for-revocation';

/** What no deletion of a Secret reaches. */
const LIVES_ON = 'Tokens that it has made itself and bound to nothing live on until they expire, and so does what it has put into the namespace; '
  + '`cdk8s-ci-deploy revoke --compromised` ends every token of the account.';

/**
 * Ends the credentials that are meant, one after the other, and sees each one through.
 */
export async function revokeOne(revocation: Revocation): Promise<ExitCode> {
  const { context, steps, destination } = revocation;
  const { args, stdout } = context;
  const chosen = await selectCredentials(revocation);
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
async function seeThrough(revocation: Revocation, credential: SelectedCredential): Promise<number> {
  const { context, ledger, steps } = revocation;
  const sample = kubeconfigWith(revocation, credential.token ?? await sampleToken(revocation, credential));
  // What a token says of itself is worth nothing until the API server knows it: it could name any Secret of the namespace.
  if (!await isAccepted(context, sample) && credential.token !== undefined) {
    throw new Failure('the API server answers 401 to the token already: it has ended, or never was one; nothing is deleted', ExitCode.NO);
  }
  await ledger.delete(credential);
  steps.did(`${credential.name}: deleted`);
  return waitForRevocation(context, sample);
}

async function sampleToken({ administrator: { cluster }, account, context: { clock, signal } }: Revocation, credential: SelectedCredential): Promise<string> {
  if (credential.kind === 'token-secret') return filledToken(cluster, clock, account.namespace, credential.name, signal);
  return (await requestToken(cluster, account, 600, credential)).token;
}

async function atGitlab({ context: { args }, destination, steps }: Revocation): Promise<void> {
  if (!destination) return;
  if (args.has('remove-variable')) await destination.remove?.((step) => steps.did(step));
  else steps.warn(`${destination.description} holds a credential that has ended: remove it (--remove-variable), or grant a new one`);
}

/**
 * A credential that is to be ended, with its token where someone has it.
 */
export type SelectedCredential = Pick<CredentialRecord, 'name' | 'uid' | 'kind' | 'destination'> & { readonly token?: string };

/**
 * The credentials that the options mean: by the Secret's name, by the token, by the place where it is kept, or the only one there is.
 *
 * @throws A `Failure` that lists what there is when none is meant, or several could be.
 */
export async function selectCredentials(revocation: Revocation): Promise<SelectedCredential[]> {
  const { context: { args }, ledger, destination, token } = revocation;
  const records = await ledger.list();
  const name = args.one('credential');
  if (name !== undefined) return [records.find((record) => record.name === name) ?? none(revocation, records, `Secret ${show(name)}`)];
  if (token) return [await ofToken(revocation, token, records)];
  if (destination) {
    const identity = await destination.identity();
    const kept = records.filter((record) => record.destination === identity);
    return kept.length > 0 ? kept : none(revocation, records, `one that was made for ${destination.description}`);
  }
  const [only, second] = records;
  return only && !second ? [only] : none(revocation, records, 'the only one, as no option says which');
}

/**
 * For people: the Secret, what it is for, and how long it holds.
 */
export function credentialLine({ name, destination, state, expires, endAfter }: CredentialRecord, now: number): string {
  const waiting = endAfter === undefined ? '' : `, replaced, ends after ${new Date(endAfter).toISOString()}`;
  return `${name}: ${state === 'pending' ? 'made' : 'kept'} for ${show(destination)}, ${validityText(expires, now)}${waiting}`;
}

async function ofToken(revocation: Revocation, { token, secret }: GivenToken, records: readonly CredentialRecord[]): Promise<SelectedCredential> {
  if (secret === undefined) {
    throw new Failure('the token is bound to no Secret, so it alone cannot be ended: --compromised ends every token of the account', ExitCode.NO);
  }
  const known = records.find(({ name }) => name === secret);
  return { ...known ?? await unlisted(revocation, secret), token };
}

/** A token Secret that someone made by hand. */
async function unlisted({ administrator, account }: Revocation, name: string): Promise<SelectedCredential> {
  const { metadata } = await administrator.cluster.get(objectPath({ group: '', version: 'v1', resource: 'secrets', namespace: account.namespace, name }));
  return { name, uid: String(isObject(metadata) ? metadata.uid : ''), kind: 'token-secret', destination: '' };
}

function none({ account, context: { clock } }: Revocation, records: readonly CredentialRecord[], wanted: string): never {
  const has = records.map((record) => `- ${credentialLine(record, clock.now())}`);
  const head = `ServiceAccount ${account.namespace}/${account.name} has ${has.length === 1 ? '1 credential' : `${has.length} credentials`} that this command has made`;
  throw new Failure([`${head}; expected ${wanted}`, ...has].join('\n'), ExitCode.NO);
}
