import type { CredentialStore, CredentialRecord } from './credential-store';
import type { StepLog } from '../io/step-log';

/**
 * Ends what runs that were killed have left for the same place, and what has expired there: with a credential in it that is known to be kept,
 * nobody needs them.
 */
export async function deleteUnfinished(ledger: CredentialStore, kept: CredentialRecord, steps: StepLog, now: number): Promise<void> {
  const others = (await ledger.list()).filter(({ destination, uid }) => destination === kept.destination && uid !== kept.uid);
  for (const record of others.filter(({ state, expires = Infinity }) => state === 'pending' || expires <= now)) {
    await ledger.delete(record);
    steps.did(`${record.name}: ended, ${record.state === 'pending' ? 'left by a run that did not finish' : 'had expired'}`);
  }
}

/**
 * Ends what has a successor and was only waiting for its time.
 */
export async function deleteDue(ledger: CredentialStore, now: number, steps: StepLog): Promise<CredentialRecord[]> {
  const waiting = (await ledger.list()).filter(({ endAfter }) => endAfter !== undefined);
  for (const record of waiting.filter(({ endAfter }) => Number(endAfter) <= now)) {
    await ledger.delete(record);
    steps.did(`${record.name}: ended`);
  }
  return waiting.filter(({ endAfter }) => Number(endAfter) > now);
}

/**
 * The credential that is in its place and works, if one is: the newest that has no successor.
 */
export function currentRecord(records: readonly CredentialRecord[], destination: string, now: number): CredentialRecord | undefined {
  const kept = records.filter((record) => record.destination === destination && record.state === 'stored' && record.endAfter === undefined);
  return kept.filter(({ expires }) => expires === undefined || expires > now).at(-1);
}

/**
 * Those that a new credential in the same place replaces: also what a run that was killed may have put there without noting it.
 *
 * @param own The Secret of the credential that rotates itself, wherever it was meant to be kept.
 */
export function replacedRecords(records: readonly CredentialRecord[], destination: string, own: string | undefined): CredentialRecord[] {
  return records.filter((record) => record.endAfter === undefined && (record.destination === destination || record.name === own));
}
