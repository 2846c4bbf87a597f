import { isObject, Json, JsonObject } from '../../../base/json';
import { show } from '../../../base/user-error';
import { addedFields, FieldChange, PlannedChange } from '../objects/planned-change';

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
 * What of a step's changes may be shown. Of what is made, that is all that its manifest says.
 */
export function shownChanges({ action, object, changes }: Pick<PlannedChange, 'action' | 'object' | 'changes'>): ShownChange[] {
  const all = action === 'create' ? addedFields(contentOf(object.value)) : changes;
  return all.map((change) => (object.kind === 'Secret' && !OPEN_FIELDS.test(change.field) ? hidden(change) : { ...change, hidden: false }));
}

/** Without what stands in the title, and where all objects are. */
function contentOf({ apiVersion, kind, metadata, ...content }: JsonObject): JsonObject {
  const { name, namespace, ...others } = isObject(metadata) ? metadata : {};
  return { ...Object.keys(others).length > 0 && { metadata: others }, ...content };
}

function hidden({ field, before, after }: FieldChange): ShownChange {
  const word = (value: Json | undefined) => (value === undefined ? {} : { value: '(hidden)' });
  const [one, other] = [word(before).value, word(after).value];
  return { field, hidden: true, ...one === undefined ? {} : { before: one }, ...other === undefined ? {} : { after: other } };
}

/**
 * The changes of a step, a line for each field and each value, indented.
 */
export function diffLines(step: Pick<PlannedChange, 'action' | 'object' | 'changes'>): string[] {
  return shownChanges(step).flatMap(({ field, ...change }) => [`    ${field}`, ...valueLines(change)]);
}

function valueLines({ before, after, hidden: isHidden }: Omit<ShownChange, 'field'>): string[] {
  const text = (value: Json) => (isHidden ? String(value) : show(value));
  return [...before === undefined ? [] : [`    - ${text(before)}`], ...after === undefined ? [] : [`    + ${text(after)}`]];
}
