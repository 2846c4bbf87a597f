import type { GivenToken, Revocation } from './revocation';
import { isObject } from '../../base/json';
import { show } from '../../base/user-error';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import { objectPath } from '../cluster/paths';
import { validity } from '../credentials/provision-credential';
import type { CredentialRecord } from '../credentials/record';

/**
 * A credential that is to be ended, with its token where someone has it.
 */
export type Chosen = Pick<CredentialRecord, 'name' | 'uid' | 'kind' | 'destination'> & { readonly token?: string };

/**
 * The credentials that the options mean: by the Secret's name, by the token, by the place where it is kept, or the only one there is.
 *
 * @throws A `Failure` that lists what there is when none is meant, or several could be.
 */
export async function chooseCredentials(revocation: Revocation): Promise<Chosen[]> {
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
  return `${name}: ${state === 'pending' ? 'made' : 'kept'} for ${show(destination)}, ${validity(expires, now)}${waiting}`;
}

async function ofToken(revocation: Revocation, { token, secret }: GivenToken, records: readonly CredentialRecord[]): Promise<Chosen> {
  if (secret === undefined) {
    throw new Failure('the token is bound to no Secret, so it alone cannot be ended: --compromised ends every token of the account', ExitCode.NO);
  }
  const known = records.find(({ name }) => name === secret);
  return { ...known ?? await unlisted(revocation, secret), token };
}

/** A token Secret that someone made by hand. */
async function unlisted({ administrator, account }: Revocation, name: string): Promise<Chosen> {
  const { metadata } = await administrator.cluster.get(objectPath({ group: '', version: 'v1', resource: 'secrets', namespace: account.namespace, name }));
  return { name, uid: String(isObject(metadata) ? metadata.uid : ''), kind: 'token-secret', destination: '' };
}

function none({ account, context: { clock } }: Revocation, records: readonly CredentialRecord[], wanted: string): never {
  const has = records.map((record) => `- ${credentialLine(record, clock.now())}`);
  const head = `ServiceAccount ${account.namespace}/${account.name} has ${has.length === 1 ? '1 credential' : `${has.length} credentials`} that this command has made`;
  throw new Failure([`${head}; expected ${wanted}`, ...has].join('\n'), ExitCode.NO);
}
