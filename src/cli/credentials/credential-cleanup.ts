import type { CredentialRecord, CredentialStore } from './credential-store';
import type { StepLog } from '../io/step-log';

/**
 * Revokes the other credentials of a destination that no job uses: those of interrupted runs, and expired ones.
 *
 * @param stored The credential that the destination holds.
 */
export async function revokeUnused(store: CredentialStore, stored: CredentialRecord, steps: StepLog, now: number): Promise<void> {
  const others = (await store.list()).filter(({ destination, uid }) => destination === stored.destination && uid !== stored.uid);
  for (const record of others.filter(({ state, expires = Infinity }) => state === 'pending' || expires <= now)) {
    await store.delete(record);
    steps.did(`${record.name}: revoked, ${record.state === 'pending' ? 'since an interrupted run had created it' : 'since it had expired'}`);
  }
}

/**
 * Revokes the replaced credentials whose grace period is over.
 *
 * @returns The replaced credentials whose grace period is not over.
 */
export async function revokeReplaced(store: CredentialStore, now: number, steps: StepLog): Promise<CredentialRecord[]> {
  const replaced = (await store.list()).filter(({ endAfter }) => endAfter !== undefined);
  for (const record of replaced.filter(({ endAfter }) => Number(endAfter) <= now)) {
    await store.delete(record);
    steps.did(`${record.name}: revoked`);
  }
  return replaced.filter(({ endAfter }) => Number(endAfter) > now);
}

/**
 * The credential that a destination holds: the newest one that is stored, not replaced and not expired.
 */
export function currentRecord(records: readonly CredentialRecord[], destination: string, now: number): CredentialRecord | undefined {
  const stored = records.filter((record) => record.destination === destination && record.state === 'stored' && record.endAfter === undefined);
  return stored.filter(({ expires }) => expires === undefined || expires > now).at(-1);
}

/**
 * The credentials that a new one for the same destination replaces. They include `pending` ones, which an interrupted run may have stored.
 *
 * @param own The Secret of the credential that rotates itself, whatever its destination.
 */
export function replacedRecords(records: readonly CredentialRecord[], destination: string, own: string | undefined): CredentialRecord[] {
  return records.filter((record) => record.endAfter === undefined && (record.destination === destination || record.name === own));
}
