import { diffLines, shownChanges } from './diff';
import { printableText } from '../../../base/printable';
import type { Action, PlannedChange } from '../objects/planned-change';
import type { ReleaseIdentity } from '../objects/release';
import type { PullSecretResult } from '../pull-secret/pull-secret';
import type { Progress } from '../wait/rollout';

/**
 * What was done, or would be.
 */
export interface Summary {
  readonly identity: ReleaseIdentity;
  readonly namespace: string;
  readonly isDryRun: boolean;
  /** As the record counts it. */
  readonly release?: number;
  readonly steps: readonly PlannedChange[];
  readonly removed: readonly RemovedObject[];
  /** No longer in the release, and left in the cluster. */
  readonly kept: readonly RemovedObject[];
  readonly pullSecret?: PullSecretResult;
  /** Milliseconds. */
  readonly elapsed: number;
}

export interface RemovedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

const WORDS: Record<Action, string> = { create: 'created', change: 'changed', replace: 'replaced', keep: 'unchanged' };
/** What was done, in one word. */
export function resultWord(action: Action): string {
  return WORDS[action];
}

const FIELDS_SHOWN = 4;

/**
 * A table with a line for each object, and the sum below it.
 *
 * @param withValues Whether the values of the fields that change are shown; those of Secrets never are.
 */
export function summaryText({ isDryRun, steps, removed, kept, pullSecret, elapsed }: Summary, withValues: boolean): string {
  const rows = [
    ...pullSecret ? [{ word: pullSecret.result, name: `Secret ${pullSecret.name}`, more: `credentials for ${pullSecret.registry}`, step: undefined }] : [],
    ...steps.map((step) => ({ word: WORDS[step.action], name: `${step.object.kind} ${step.object.name}`, more: withValues ? '' : moreText(step), step })),
    ...removed.map(({ kind, name }) => ({ word: 'removed', name: `${kind} ${name}`, more: '', step: undefined })),
    ...kept.map(({ kind, name }) => ({ word: 'left', name: `${kind} ${name}`, more: 'no longer in the release', step: undefined })),
  ];
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  const lines = rows.flatMap(({ word, name, more, step }) => [
    `${word.padEnd(10)} ${name.padEnd(width)}  ${more}`, ...withValues && step ? diffLines(step) : [],
  ]);
  const counts = [...new Set(rows.map(({ word }) => word))].map((word) => `${rows.filter((row) => row.word === word).length} ${word}`);
  const total = `${isDryRun ? 'nothing was written; it would be: ' : ''}${counts.join(', ') || 'no objects'}${isDryRun ? '' : ` in ${(elapsed / 1000).toFixed(1)} s`}`;
  return [...lines, total].map((line) => `${printableText(line).trimEnd()}\n`).join('');
}

/**
 * How a deployment ended, for programs.
 */
export interface Ending extends Summary {
  /** What ended it. */
  readonly error?: string;
  /** The last that was heard of each workload. */
  readonly rollouts?: readonly Progress[];
}

/**
 * The fields of the JSON report, for the help.
 */
export const JSON_FIELDS = [
  'result ("done", "planned", "failed"), error (text or null), dryRun, seconds, app, environment, project, namespace, release (its number or null)',
  'objects: apiVersion, kind, name, result ("created", "changed", "replaced", "unchanged"; of what failed: what was planned), adopted, fields (names);',
  '  with --diff: changes (field, hidden, before, after)',
  'removed, left: apiVersion, kind, name; rollouts: workload, ready, words, seconds; pullSecret: name, registry, result; or null',
];

/**
 * The same for programs: one object, in ASCII.
 *
 * @param withValues Whether the values of the fields that change are in it; those of Secrets never are.
 * @param mask Hides the secrets that the job knows.
 */
export function summaryJson(summary: Ending, withValues = false, mask = (text: string): string => text): string {
  const { isDryRun, identity: { app, environment, project }, namespace, release, steps, removed, kept, pullSecret, elapsed } = summary;
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
    objects: steps.map((step) => stepJson(step, withValues)),
    removed: removed.map(named),
    left: kept.map(named),
    rollouts: rollouts.map(({ workload, state, message, elapsed: time }) => ({ workload, ready: state === 'ready', words: message, seconds: time / 1000 })),
    pullSecret: pullSecret ?? null,
  };
  const text = JSON.stringify(report, (_, value: unknown) => (typeof value === 'string' ? mask(value) : value), 2);
  // A log is a terminal, too.
  return `${text.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

function stepJson(step: PlannedChange, withValues: boolean): object {
  const { object: { apiVersion, kind, name }, action, adopted, changes } = step;
  const fields = changes.map(({ field }) => field);
  return { apiVersion, kind, name, result: WORDS[action], adopted, fields, ...withValues && { changes: shownChanges(step) } };
}

function named({ apiVersion, kind, name }: RemovedObject): RemovedObject {
  return { apiVersion, kind, name };
}

function moreText({ action, changes, adopted }: PlannedChange): string {
  const shown = changes.slice(0, FIELDS_SHOWN).map(({ field }) => field);
  const rest = changes.length - shown.length;
  const fields = [...shown, ...rest > 0 ? [`${rest} more`] : []].join(', ');
  const ownership = action === 'change' && changes.length === 0 ? 'only whose the fields are' : '';
  return [adopted ? 'adopted' : '', fields || ownership].filter((part) => part !== '').join('; ');
}
