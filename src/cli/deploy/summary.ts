import type { FieldChange } from './changes';
import type { Action, Step } from './examine';
import type { PullSecretResult } from './pull-secret/pull-secret';
import { printable } from './wait/printable';
import { show } from '../../private/invalid-input';

/**
 * What was done, or would be.
 */
export interface Summary {
  readonly isDryRun: boolean;
  readonly steps: readonly Step[];
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
  return [...lines, total].map((line) => `${printable(line).trimEnd()}\n`).join('');
}

/**
 * The same for programs.
 */
export function summaryJson({ isDryRun, steps, removed, kept, pullSecret, elapsed }: Summary): object {
  return {
    dryRun: isDryRun,
    seconds: elapsed / 1000,
    objects: steps.map(({ object: { apiVersion, kind, name }, action, adopted, changes }) =>
      ({ apiVersion, kind, name, result: WORDS[action], adopted, fields: changes.map(({ field }) => field) })),
    removed: removed.map(named),
    left: kept.map(named),
    pullSecret: pullSecret ?? null,
  };
}

function named({ apiVersion, kind, name }: RemovedObject): RemovedObject {
  return { apiVersion, kind, name };
}

function moreText({ action, changes, adopted }: Step): string {
  const shown = changes.slice(0, FIELDS_SHOWN).map(({ field }) => field);
  const rest = changes.length - shown.length;
  const fields = [...shown, ...rest > 0 ? [`${rest} more`] : []].join(', ');
  const ownership = action === 'change' && changes.length === 0 ? 'only whose the fields are' : '';
  return [adopted ? 'adopted' : '', fields || ownership].filter((part) => part !== '').join('; ');
}

function diffLines({ object, changes }: Step): string[] {
  const isSecret = object.kind === 'Secret';
  return changes.flatMap((change) => [`    ${change.field}`, ...valueLines(change, isSecret && /^(?:data|stringData)\b/.test(change.field))]);
}

function valueLines({ before, after }: FieldChange, isHidden: boolean): string[] {
  const text = (value: FieldChange['before']) => (isHidden ? '(hidden)' : show(value));
  return [...before === undefined ? [] : [`    - ${text(before)}`], ...after === undefined ? [] : [`    + ${text(after)}`]];
}
