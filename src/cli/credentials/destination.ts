import { currentRecord } from './credential-cleanup';
import type { CredentialRecord, CredentialStore } from './credential-store';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { ExitCode, Failure } from '../base/failure';
import type { StepLog } from '../io/step-log';

/**
 * A destination that stores a credential: variables of GitLab, a file, or standard output.
 */
export interface Destination {
  /** For people: `variable KUBECONFIG of project group/site for environment "production"`. */
  readonly description: string;
  /** A text that never changes for this destination. It marks the credentials that were created for it. */
  identity(): Promise<string>;
  /** Checks that the destination can store a credential, before the credential is created. Changes nothing. */
  check(): Promise<DestinationState>;
  /**
   * Stores a credential, and replaces the one that is there.
   *
   * @param report Called after each step, since a step stays done when a later one fails.
   */
  store(kubeconfig: Kubeconfig, report: StepReporter): Promise<unknown>;
  /** Removes the stored credential. */
  remove?(report: StepReporter): Promise<void>;
  close?(): void;
}

/**
 * Receives a description of each step that was done.
 */
export type StepReporter = (step: string) => void;

/**
 * The state of a destination before a credential is stored.
 */
export interface DestinationState {
  /** Whether the destination holds a credential. */
  readonly hasCredential: boolean;
  /** The credential that it holds, where it can be read. */
  readonly credential?: StoredCredential;
  /** The planned changes, for people. */
  readonly plan: readonly string[];
  readonly notes: readonly string[];
  /** Risks of the planned changes. */
  readonly warnings: readonly string[];
}

/**
 * A stored credential, as the claims of its token describe it.
 */
export interface StoredCredential {
  /** The Secret that the token is bound to. */
  readonly secret: string;
  /** Milliseconds since 1970. Missing when the token never expires. */
  readonly expires?: number;
}

/** The state of a destination that cannot be read, or that is overwritten without a look. */
export const EMPTY_STATE: DestinationState = { hasCredential: false, plan: [], notes: [], warnings: [] };

/**
 * Checks a destination, and prints the planned changes, notes and warnings.
 */
export async function checkDestination(destination: Destination, steps: StepLog): Promise<DestinationState> {
  const state = await destination.check();
  for (const line of [...state.plan, ...state.notes]) steps.note(`  ${line}`);
  for (const warning of state.warnings) steps.warn(warning);
  return state;
}

/**
 * The credential of this ServiceAccount that the destination holds and that still works. If an interrupted run has stored it without
 * recording so, this function records it.
 *
 * @throws A `Failure` when the destination holds an expired or revoked credential, which only --force replaces.
 */
export async function currentCredential(
  destination: Destination, { hasCredential, credential }: DestinationState, store: CredentialStore, now: number,
): Promise<CredentialRecord | undefined> {
  if (!hasCredential) return undefined;
  const records = await store.list();
  if (!credential) return currentRecord(records, await destination.identity(), now);
  const { secret, expires } = credential;
  const record = records.find(({ name }) => name === secret);
  if (!record || (expires !== undefined && expires <= now)) {
    throw new Failure(`${destination.description}: it holds a credential that has expired or was revoked. Add --force to replace it`, ExitCode.NO);
  }
  return record.state === 'stored' ? record : store.markStored(record, expires);
}
