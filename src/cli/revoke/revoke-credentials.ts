import { deleteAndWait, heldText } from './delete-and-wait';
import { GivenToken, kubeconfigWith, Revocation } from './revocation';
import { isObject } from '../../base/json';
import { show } from '../../base/user-error';
import { spanInWords } from '../base/duration';
import { ExitCode, Failure } from '../base/failure';
import { objectPath } from '../cluster/paths';
import { confirm } from '../command-line/confirm';
import type { CredentialRecord } from '../credentials/credential-store';
import { filledToken, requestToken } from '../credentials/issue-token';
import { validityText } from '../credentials/provision-credential';
import { isAccepted, waitForRevocation } from '../credentials/wait-for-revocation';

/** The limits of a deletion of the Secret. */
const STAYS_VALID = 'Tokens that the credential requested itself, bound to nothing, stay valid until they expire, and its objects stay in the namespace. '
  + '`cdk8s-ci-deploy revoke --compromised` revokes every token of the ServiceAccount.';

/**
 * Revokes the selected credentials, one after the other, and waits for each until the API server rejects it.
 */
export async function revokeCredentials(revocation: Revocation): Promise<ExitCode> {
  const { context, steps, destination } = revocation;
  const { args, stdout } = context;
  const selected = await selectCredentials(revocation);
  steps.note(selected.map(({ name }) => `The command deletes Secret ${name}, which revokes its token.`).join('\n'));
  if (args.has('dry-run')) {
    steps.note('Nothing was changed (--dry-run).');
    return ExitCode.DONE;
  }
  await confirm(context, 'Revoke it?');
  const ended = [];
  for (const credential of selected) ended.push({ secret: credential.name, unknownAfter: await revokeAndWait(revocation, credential) });
  await removeFromGitlab(revocation);
  if (args.one('output') === 'json') {
    stdout.json({ ended, livesOn: STAYS_VALID, keptIn: destination?.description ?? null });
  } else {
    const lines = ended.map(({ secret, unknownAfter }) => `${secret}: revoked; the API server answers 401 after ${spanInWords(unknownAfter / 1000)}\n`);
    stdout.write(lines.join(''));
  }
  steps.note(STAYS_VALID);
  return ExitCode.DONE;
}

/**
 * Lists the credentials of the ServiceAccount.
 */
export async function listCredentials({ context: { args, stdout, clock }, store }: Revocation): Promise<ExitCode> {
  const records = await store.list();
  const lines = records.map((record) => `${credentialLine(record, clock.now())}\n`);
  if (args.one('output') === 'json') stdout.json(records);
  else stdout.write(lines.join('') || 'none\n');
  return ExitCode.DONE;
}

/** A credential to revoke, with its token if the user gave it. */
type SelectedCredential = Pick<CredentialRecord, 'name' | 'uid' | 'kind' | 'destination'> & { readonly token?: string };

/**
 * Selects credentials by the Secret's name, by the token, or by the destination. Without such an option, selects the only one.
 *
 * @throws A `Failure` that lists all credentials when none or several match.
 */
async function selectCredentials(revocation: Revocation): Promise<SelectedCredential[]> {
  const { context: { args }, store, destination, token } = revocation;
  const records = await store.list();
  const name = args.one('credential');
  if (name !== undefined) return [records.find((record) => record.name === name) ?? noMatch(revocation, records, `Secret ${show(name)}`)];
  if (token) return [await credentialOfToken(revocation, token, records)];
  if (destination) {
    const identity = await destination.identity();
    const matching = records.filter((record) => record.destination === identity);
    return matching.length > 0 ? matching : noMatch(revocation, records, `one for ${destination.description}`);
  }
  const [only, second] = records;
  return only && !second ? [only] : noMatch(revocation, records, 'exactly one, or an option that selects one, such as --credential');
}

function credentialLine({ name, destination, state, expires, endAfter }: CredentialRecord, now: number): string {
  const replaced = endAfter === undefined ? '' : `, replaced, to be revoked after ${new Date(endAfter).toISOString()}`;
  return `${name}: ${state === 'pending' ? 'created' : 'stored'} for ${show(destination)}, ${validityText(expires, now)}${replaced}`;
}

async function credentialOfToken(
  revocation: Revocation, { token, secret }: GivenToken, records: readonly CredentialRecord[],
): Promise<SelectedCredential> {
  if (secret === undefined) {
    throw new Failure('the token is bound to no Secret, so it cannot be revoked alone: --compromised revokes every token of the ServiceAccount', ExitCode.NO);
  }
  const known = records.find(({ name }) => name === secret);
  return { ...known ?? await unrecordedSecret(revocation, secret), token };
}

/** A token Secret that this command did not create. */
async function unrecordedSecret({ administrator, account }: Revocation, name: string): Promise<SelectedCredential> {
  const { metadata } = await administrator.cluster.get(objectPath({ group: '', version: 'v1', resource: 'secrets', namespace: account.namespace, name }));
  return { name, uid: String(isObject(metadata) ? metadata.uid : ''), kind: 'token-secret', destination: '' };
}

function noMatch({ account, context: { clock } }: Revocation, records: readonly CredentialRecord[], expected: string): never {
  const lines = records.map((record) => `- ${credentialLine(record, clock.now())}`);
  const head = `ServiceAccount ${account.namespace}/${account.name} has ${lines.length === 1 ? '1 recorded credential' : `${lines.length} recorded credentials`}`;
  throw new Failure([`${head}; expected ${expected}`, ...lines].join('\n'), ExitCode.NO);
}

/**
 * The API server caches an accepted token for some seconds. The command uses a token of the Secret just before the deletion, so its cache
 * entry expires last: when the API server rejects this token, it rejects all tokens of the Secret.
 */
async function revokeAndWait(revocation: Revocation, credential: SelectedCredential): Promise<number> {
  const { context, account, administrator: { cluster }, steps } = revocation;
  const kubeconfig = kubeconfigWith(revocation, credential.token ?? await sampleToken(revocation, credential));
  // The claims of a forged token could name any Secret of the namespace, so the API server must accept the token first.
  if (!await isAccepted(context, kubeconfig) && credential.token !== undefined) {
    throw new Failure('the API server already answers 401 to the token: it is revoked, expired or forged; nothing is deleted', ExitCode.NO);
  }
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: credential.name, namespace: account.namespace, uid: credential.uid } };
  const deletion = await deleteAndWait({ cluster, clock: context.clock, signal: context.signal }, secret);
  if (typeof deletion === 'object') throw new Failure(heldText(secret, deletion.heldBy, 'The API server may accept its token until it is deleted'), ExitCode.NO);
  steps.did(`${credential.name}: deleted`);
  return waitForRevocation(context, kubeconfig);
}

async function sampleToken({ administrator: { cluster }, account, context }: Revocation, credential: SelectedCredential): Promise<string> {
  const { clock, signal } = context;
  if (credential.kind === 'token-secret') return filledToken(cluster, clock, account.namespace, credential.name, signal);
  return (await requestToken(cluster, account, 600, credential)).token;
}

async function removeFromGitlab({ context: { args }, destination, steps }: Revocation): Promise<void> {
  if (!destination) return;
  if (args.has('remove-variable')) await destination.remove?.((step) => steps.did(step));
  else steps.warn(`${destination.description} holds a revoked credential: remove it with --remove-variable, or run \`cdk8s-ci-deploy grant\` again`);
}
