import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
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
  readonly isKept: boolean;
  /** What is there, where that can be read. */
  readonly holds?: KeptCredential;
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
export interface KeptCredential {
  /** The Secret that ends it. */
  readonly secret: string;
  /** Milliseconds since 1970; missing when it never expires. */
  readonly expires?: number;
}

/** What is there may be anything, and is not looked at. */
export const NOTHING_KNOWN: DestinationState = { isKept: false, plan: [], notes: [], warnings: [] };

/**
 * What a check of a place has found, for people.
 */
export async function checkDestination(destination: Destination, steps: StepLog): Promise<DestinationState> {
  const state = await destination.check();
  for (const line of [...state.plan, ...state.notes]) steps.note(`  ${line}`);
  for (const warning of state.warnings) steps.warn(warning);
  return state;
}
