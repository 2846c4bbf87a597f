import { show } from '../../../private/invalid-input';
import type { Json } from '../../../private/json';
import type { FieldChange } from '../changes';
import type { Step } from '../examine';

/** Fields of a Secret that can be no value of it; others, annotations among them, may repeat one. */
const OPEN_FIELDS = /^(?:type$|immutable$|metadata\.labels\b|metadata\.name$)/;

/**
 * A change as it may be shown: the values of Secrets never are, in whatever field.
 */
export interface ShownChange {
  readonly field: string;
  readonly hidden: boolean;
  readonly before?: Json;
  readonly after?: Json;
}

/**
 * What of a step's changes may be shown.
 */
export function shownChanges({ object, changes }: Pick<Step, 'object' | 'changes'>): ShownChange[] {
  return changes.map((change) => (object.kind === 'Secret' && !OPEN_FIELDS.test(change.field) ? hidden(change) : { ...change, hidden: false }));
}

function hidden({ field, before, after }: FieldChange): ShownChange {
  const word = (value: Json | undefined) => (value === undefined ? {} : { value: '(hidden)' });
  const [one, other] = [word(before).value, word(after).value];
  return { field, hidden: true, ...one === undefined ? {} : { before: one }, ...other === undefined ? {} : { after: other } };
}

/**
 * The changes of a step, a line for each field and each value, indented.
 */
export function diffLines(step: Pick<Step, 'object' | 'changes'>): string[] {
  return shownChanges(step).flatMap(({ field, ...change }) => [`    ${field}`, ...valueLines(change)]);
}

function valueLines({ before, after, hidden: isHidden }: Omit<ShownChange, 'field'>): string[] {
  const text = (value: Json) => (isHidden ? String(value) : show(value));
  return [...before === undefined ? [] : [`    - ${text(before)}`], ...after === undefined ? [] : [`    + ${text(after)}`]];
}
