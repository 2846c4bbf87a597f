import { currentOf } from './credential-cleanup';
import type { CredentialStore } from './credential-store';
import type { Destination, DestinationState } from './destination';
import type { CredentialRecord } from './record';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';

/**
 * The credential that is in its place already, if one is. One that a run which was killed has put there without noting it is noted now,
 * where it can be read.
 *
 * @throws A `Failure` when what is there is no credential any more, and is not to be replaced.
 */
export async function credentialIn(
  destination: Destination, { isKept, holds }: DestinationState, ledger: CredentialStore, now: number,
): Promise<CredentialRecord | undefined> {
  if (!isKept) return undefined;
  const records = await ledger.list();
  if (!holds) return currentOf(records, await destination.identity(), now);
  const { secret, expires = Infinity } = holds;
  const found = records.find(({ name }) => name === secret);
  if (!found || expires <= now) throw new Failure(`${destination.description}: the credential in it has ended; --force replaces it`, ExitCode.NO);
  return found.state === 'stored' ? found : ledger.stored(found, holds.expires);
}
