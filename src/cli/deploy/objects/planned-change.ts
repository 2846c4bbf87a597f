import type { FieldChange } from './changes';
import type { Target } from './targets';
import type { JsonObject } from '../../../base/json';

/**
 * What is to be done with an object. `replace`: deleted and made again, as for a Job, whose template cannot change.
 */
export type Action = 'create' | 'change' | 'replace' | 'keep';

/**
 * An object of a release, and what applying it does.
 */
export interface PlannedChange extends Target {
  readonly action: Action;
  /** What is there now. */
  readonly live?: JsonObject;
  /** What will be there, as far as the server can say. */
  readonly after: JsonObject;
  readonly changes: readonly FieldChange[];
  /** Whether it was nobody's and becomes ours. */
  readonly adopted: boolean;
}
