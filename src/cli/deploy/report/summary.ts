import { isObject, Json, JsonObject } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { show } from '../../../base/user-error';
import { jsonText } from '../../io/safe-output';
import type { PlannedPullSecret } from '../apply/observer';
import { addedFields, FieldChange, PlannedChange, type Action } from '../objects/planned-change';
import type { ReleaseIdentity } from '../objects/release';
import { keptInWords } from '../prune/prune';
import type { Progress } from '../wait/rollout';

/**
 * The result of a command that changes objects, or of its dry run.
 */
export interface Summary {
  readonly identity: ReleaseIdentity;
  readonly namespace: string;
  readonly isDryRun: boolean;
  /** The number in the history. */
  readonly release?: number;
  readonly changes: readonly PlannedChange[];
  readonly removed: readonly RemovedObject[];
  /** Objects that are no longer in the release, and stay in the cluster. */
  readonly kept: ReadonlyArray<RemovedObject & { readonly keptBy?: string }>;
  readonly pullSecret?: PlannedPullSecret;
  /** Milliseconds. */
  readonly elapsed: number;
}

export interface RemovedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

const WORDS: Record<Action, string> = { create: 'created', change: 'changed', replace: 'replaced', keep: 'unchanged' };

/** The result of an action, in one word. */
export function resultWord(action: Action): string {
  return WORDS[action];
}

const FIELDS_SHOWN = 4;

/**
 * A table with a line for each object, and the totals.
 *
 * @param withValues Whether values of changed fields are shown. Values of Secrets never are.
 */
export function summaryText({ isDryRun, changes, removed, kept, pullSecret, elapsed }: Summary, withValues: boolean): string {
  const rows = [
    ...pullSecret ? [{ word: pullSecret.result, name: `Secret ${pullSecret.name}`, more: `credentials for ${pullSecret.registry}`, change: undefined }] : [],
    ...changes.map((change) => ({ word: WORDS[change.action], name: `${change.object.kind} ${change.object.name}`, more: withValues ? '' : moreText(change), change })),
    ...removed.map(({ kind, name }) => ({ word: 'removed', name: `${kind} ${name}`, more: '', change: undefined })),
    ...kept.map((object) => ({ word: 'left', name: `${object.kind} ${object.name}`, more: keptInWords(object), change: undefined })),
  ];
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  const lines = rows.flatMap(({ word, name, more, change }) => [
    `${word.padEnd(10)} ${name.padEnd(width)}  ${more}`, ...withValues && change ? diffLines(change) : [], ...change ? otherFieldsLines(change) : [],
  ]);
  const counts = [...new Set(rows.map(({ word }) => word))].map((word) => `${rows.filter((row) => row.word === word).length} ${word}`);
  const total = `${isDryRun ? 'dry run, nothing was written: ' : ''}${counts.join(', ') || 'no objects'}${isDryRun ? '' : ` in ${(elapsed / 1000).toFixed(1)} s`}`;
  const hint = changes.some(({ otherFields = [] }) => otherFields.length > 0) ? [OTHER_FIELDS_HINT] : [];
  return [...lines, ...hint, total].map((line) => `${printableText(line).trimEnd()}\n`).join('');
}

const OTHER_FIELDS_HINT = 'fields that other managers set and the manifests omit stay; remove those of one manager with --take-over-manager NAME';

function otherFieldsLines({ otherFields = [] }: PlannedChange): string[] {
  return otherFields.map(({ manager, fields }) => `    set by ${manager}: ${someOf(fields)}`);
}

function someOf(fields: readonly string[]): string {
  const rest = fields.length - FIELDS_SHOWN;
  return [...fields.slice(0, FIELDS_SHOWN), ...rest > 0 ? [`${rest} more`] : []].join(', ');
}

/**
 * The result of a deployment, for programs.
 */
export interface Ending extends Summary {
  /** The message of the failure. */
  readonly error?: string;
  /** The last progress of each workload. */
  readonly rollouts?: readonly Progress[];
}

/**
 * The fields of the JSON report, for the help.
 */
export const JSON_FIELDS = [
  'result: "done", "planned" or "failed"',
  'error: text or null',
  'dryRun, seconds, app, environment, project, namespace',
  'release: its number or null',
  'objects: apiVersion, kind, name, adopted, fields (names), takenOver (field managers), otherFields (manager, fields that stay), result ("created", "changed", "replaced", "unchanged"; of a failed release: as planned); with --diff also changes (field, hidden, before, after)',
  'removed: apiVersion, kind, name',
  'left: apiVersion, kind, name, keptBy (the annotation that keeps it, or null)',
  'rollouts: workload, ready (false also when the status says nothing about it), words, seconds',
  'pullSecret: name, registry, result; or null',
];

/**
 * The result as JSON: one object, in ASCII. Secrets are masked.
 *
 * @param withValues Whether it has the values of changed fields. Values of Secrets never are in it.
 */
export function summaryJson(summary: Ending, withValues = false): string {
  const { isDryRun, identity: { app, environment, project }, namespace, release, changes, removed, kept, pullSecret, elapsed } = summary;
  const { error, rollouts = [] } = summary;
  const report = {
    result: error !== undefined ? 'failed' : isDryRun ? 'planned' : 'done',
    error: error ?? null,
    dryRun: isDryRun,
    seconds: elapsed / 1000,
    app,
    environment,
    project,
    namespace,
    release: release ?? null,
    objects: changes.map((change) => changeJson(change, withValues)),
    removed: removed.map(named),
    left: kept.map((object) => ({ ...named(object), keptBy: object.keptBy ?? null })),
    rollouts: rollouts.map(({ workload, state, message, elapsed: time }) => ({ workload, ready: state === 'ready', words: message, seconds: time / 1000 })),
    pullSecret: pullSecret ?? null,
  };
  return jsonText(report);
}

function changeJson(change: PlannedChange, withValues: boolean): object {
  const { object: { apiVersion, kind, name }, action, adopted, changes, takenOver = [], otherFields = [] } = change;
  const fields = changes.map(({ field }) => field);
  const managers = { adopted, fields, takenOver, otherFields };
  return { apiVersion, kind, name, result: WORDS[action], ...managers, ...withValues && { changes: shownChanges(change) } };
}

function named({ apiVersion, kind, name }: RemovedObject): RemovedObject {
  return { apiVersion, kind, name };
}

function moreText({ action, changes, adopted, takenOver = [] }: PlannedChange): string {
  const fields = someOf(changes.map(({ field }) => field));
  const ownership = action === 'change' && changes.length === 0 ? 'field ownership only' : '';
  const from = takenOver.length > 0 ? `${adopted ? ' ' : 'taken over '}from ${takenOver.join(', ')}` : '';
  return [`${adopted ? 'adopted' : ''}${from}`, fields || ownership].filter((part) => part !== '').join('; ');
}

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
function shownChanges({ action, object, changes }: Pick<PlannedChange, 'action' | 'object' | 'changes'>): ShownChange[] {
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
