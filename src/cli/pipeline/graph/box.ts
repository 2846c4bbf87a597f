import { credentialWords, jobWords, Mark, targetWords } from './labels';
import { printableText } from '../../../base/printable';
import type { JobModel, TargetModel } from '../../../pipeline/model/pipeline-model';

/**
 * A job or an environment with what is written in it, and its size in pixels.
 */
export interface Box {
  readonly of: JobModel | TargetModel;
  readonly kind: 'job' | 'environment';
  /** What is shown at the top. */
  readonly name: string;
  readonly lines: readonly BoxLine[];
  /** All that is said of it, in one sentence. */
  readonly words: string;
  readonly width: number;
  readonly height: number;
}

/** A box at its place. */
export interface Placed extends Box {
  readonly column: number;
  readonly x: number;
  readonly y: number;
}

/** A line below the name. */
export interface BoxLine extends Mark {
  /** A name that is one in GitLab or the cluster. */
  readonly isCode?: boolean;
}

/** From one line of text to the next. */
export const LINE = 19;
/** From the edge to the text. */
export const PAD = 12;
/** What a sign takes in front of its words. */
export const ICON = 18;

/** Characters of a line; all of them are in what the picture says of itself. */
const LONGEST = 36;
const NARROWEST = 100;

export function jobBox(job: JobModel, targets: readonly TargetModel[]): Box {
  const credentials = job.holds.flatMap((credential): BoxLine[] => [
    { icon: 'key', words: credential.variable, isCode: true }, { words: credentialWords(credential, job) },
  ]);
  return boxOf({ of: job, kind: 'job', name: job.name, lines: [...jobWords(job, targets), ...credentials] });
}

export function environmentBox(target: TargetModel): Box {
  return boxOf({ of: target, kind: 'environment', name: target.environment, lines: targetWords(target) });
}

function boxOf(box: Pick<Box, 'of' | 'kind' | 'name' | 'lines'>): Box {
  const lines = box.lines.map((line) => ({ ...line, words: cut(line.words) }));
  const name = cut(box.name);
  const widths = lines.map(({ words, icon, isCode }) => (icon === undefined ? 0 : ICON) + textWidth(words, isCode ? 7.4 : 7.3));
  return {
    ...box,
    name,
    lines,
    words: `${box.kind} ${[box.name, ...box.lines.map(({ words }) => words)].join(', ')}`,
    width: Math.ceil(Math.max(NARROWEST, textWidth(name, 8.8), ...widths) + 2 * PAD),
    height: 2 * PAD + LINE * (lines.length + 1) - 4,
  };
}

/**
 * How wide a text is at most, about: what draws it has its own letters. Those of some scripts are twice as wide.
 *
 * @param letter Pixels of a letter.
 */
export function textWidth(text: string, letter: number): number {
  return [...text].reduce((width, character) => width + letter * (character > '\u1100' ? 2 : /[A-Z_$@%&]/.test(character) ? 1.3 : 1), 0);
}

function cut(text: string): string {
  const characters = [...printableText(text)];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}\u2026` : characters.join('');
}
