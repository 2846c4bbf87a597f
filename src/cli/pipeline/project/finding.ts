import type { OwnedVariable } from './project-variables';
import { show } from '../../../base/user-error';

/**
 * Something about a project that the pipeline does not expect.
 */
export interface Finding {
  /** A failure makes the check fail: a job would not work, or someone would get what is not meant for them. */
  readonly severity: 'failure' | 'warning' | 'note';
  /** Which variable. */
  readonly at: string;
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/**
 * A finding in one line.
 */
export function findingText({ severity, at, found, expected, fix }: Finding): string {
  return `${severity}: ${at}: ${found}, expected ${expected}; ${fix}\n`;
}

/**
 * A variable in words: `variable IMAGE of project "example-group/site" for every environment`.
 */
export function variableName({ key, owner, environmentScope }: OwnedVariable): string {
  return `variable ${key} of ${owner} for ${environmentScope === '*' ? 'every environment' : `environment ${show(environmentScope)}`}`;
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
