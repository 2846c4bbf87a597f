import { currentRecord } from './credential-cleanup';
import type { CredentialStore, CredentialRecord } from './credential-store';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import type { StepLog } from '../io/step-log';

/**
 * Where a credential is kept.
 */
export interface Destination {
  /** For people: `variable KUBECONFIG of project group/site for environment "production"`. */
  readonly description: string;
  /** The same for the same place, for ever: marks the credentials that were made for it. */
  identity(): Promise<string>;
  /** Looks whether it can be kept there, before one is made, and changes nothing. */
  check(): Promise<DestinationState>;
  /**
   * Keeps it. A second time replaces the first.
   *
   * @param said Told of every step that stays when the next one fails.
   */
  store(kubeconfig: Kubeconfig, said: (step: string) => void): Promise<unknown>;
  /** Takes away what is kept there. */
  remove?(said: (step: string) => void): Promise<void>;
  close?(): void;
}

/**
 * What is known of a place before something is put there.
 */
export interface DestinationState {
  /** Whether a credential is there already. */
  readonly hasCredential: boolean;
  /** What is there, where that can be read. */
  readonly credential?: StoredCredential;
  /** What will be done, in plain words. */
  readonly plan: readonly string[];
  /** What is good to know. */
  readonly notes: readonly string[];
  /** What someone should think about. */
  readonly warnings: readonly string[];
}

/**
 * A credential as its token describes itself.
 */
export interface StoredCredential {
  /** The Secret that ends it. */
  readonly secret: string;
  /** Milliseconds since 1970; missing when it never expires. */
  readonly expires?: number;
}

/** What is there may be anything, and is not looked at. */
export const EMPTY_STATE: DestinationState = { hasCredential: false, plan: [], notes: [], warnings: [] };

/**
 * What a check of a place has found, for people.
 */
export async function checkDestination(destination: Destination, steps: StepLog): Promise<DestinationState> {
  const state = await destination.check();
  for (const line of [...state.plan, ...state.notes]) steps.note(`  ${line}`);
  for (const warning of state.warnings) steps.warn(warning);
  return state;
}

/**
 * The credential that is in its place already, if one is. One that a run which was killed has put there without noting it is noted now,
 * where it can be read.
 *
 * @throws A `Failure` when what is there is no credential any more, and is not to be replaced.
 */
export async function currentCredential(
  destination: Destination, { hasCredential: isKept, credential: holds }: DestinationState, ledger: CredentialStore, now: number,
): Promise<CredentialRecord | undefined> {
  if (!isKept) return undefined;
  const records = await ledger.list();
  if (!holds) return currentRecord(records, await destination.identity(), now);
  const { secret, expires = Infinity } = holds;
  const found = records.find(({ name }) => name === secret);
  if (!found || expires <= now) throw new Failure(`${destination.description}: the credential in it has ended; --force replaces it`, ExitCode.NO);
  return found.state === 'stored' ? found : ledger.markStored(found, holds.expires);
}
