import { isObject, Json, JsonObject } from '../../../base/json';
import { show } from '../../../base/user-error';
import { addedFields, FieldChange, PlannedChange } from '../objects/planned-change';

/** Fields of a Secret that cannot hold a secret value. Others, such as annotations, may repeat one. */
const OPEN_FIELDS = /^(?:type$|immutable$|metadata\.labels\b|metadata\.name$)/;

/**
 * The change of one field. Values of Secrets are hidden, in all fields.
 */
export interface ShownChange {
  readonly field: string;
  readonly hidden: boolean;
  readonly before?: Json;
  readonly after?: Json;
}

/**
 * The changed fields of an object. For a new object, all fields of its manifest.
 */
export function shownChanges({ action, object, changes }: Pick<PlannedChange, 'action' | 'object' | 'changes'>): ShownChange[] {
  const all = action === 'create' ? addedFields(contentOf(object.value)) : changes;
  return all.map((change) => (object.kind === 'Secret' && !OPEN_FIELDS.test(change.field) ? hidden(change) : { ...change, hidden: false }));
}

/** Without the fields that are in the title, and without the namespace. */
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
 * The changed fields as indented lines, one for each field and each value.
 */
export function diffLines(planned: Pick<PlannedChange, 'action' | 'object' | 'changes'>): string[] {
  return shownChanges(planned).flatMap(({ field, ...change }) => [`    ${field}`, ...valueLines(change)]);
}

function valueLines({ before, after, hidden: isHidden }: Omit<ShownChange, 'field'>): string[] {
  const text = (value: Json) => (isHidden ? String(value) : show(value));
  return [...before === undefined ? [] : [`    - ${text(before)}`], ...after === undefined ? [] : [`    + ${text(after)}`]];
}
