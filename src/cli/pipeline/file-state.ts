import { relative } from 'node:path';
// eslint-disable-next-line import/no-extraneous-dependencies -- the bundle holds the package, so users do not install it
import { formatPatch, structuredPatch, StructuredPatchHunk } from 'diff';
import { printableText } from '../../base/printable';
import { decodeText } from '../../base/text-file';
import type { ProgramOutput } from '../../pipeline/model/program-output';
import type { Context } from '../command-line/command';

/**
 * A pipeline and the state of its file.
 */
export interface FileState {
  /** From the current folder. */
  readonly file: string;
  readonly pipeline: ProgramOutput;
  readonly is: 'current' | 'different' | 'missing';
  /** The unified diff from the file to the pipeline, with control characters escaped. */
  readonly diff: string;
}

/**
 * Compares a pipeline with its file. Line ends do not count: git may have changed them at checkout.
 */
export async function fileState(pipeline: ProgramOutput, { files, cwd }: Pick<Context, 'files' | 'cwd'>): Promise<FileState> {
  const file = fileName(pipeline, cwd);
  const exists = files.exists(pipeline.path);
  const before = exists ? unixLines(decodeText(await files.read(pipeline.path), file)) : '';
  const after = unixLines(pipeline.yaml);
  const name = printableText(file);
  const diff = unifiedDiff(before, after, { before: exists ? name : '/dev/null', after: name });
  const is = exists ? before === after ? 'current' : 'different' : 'missing';
  return { file, pipeline, is, diff: diff.split('\n').map(printableText).join('\n') };
}

/** The name of a pipeline's file, from the current folder. */
export function fileName({ path }: Pick<ProgramOutput, 'path'>, cwd: string): string {
  return relative(cwd, path);
}

function unixLines(text: string): string {
  return text.replace(/\r\n/g, '\n');
}

/** Changed lines up to which lines are compared, since the time grows with the square. Above, the diff replaces the whole text. */
const MOST = 2000;

/**
 * The difference of two texts as `diff -u` writes it, empty for equal texts.
 *
 * @param names The names in the first two lines.
 */
export function unifiedDiff(before: string, after: string, names: { readonly before: string; readonly after: string }): string {
  if (before === after) return '';
  const patch = structuredPatch(names.before, names.after, before, after, undefined, undefined, { context: 3, maxEditLength: MOST });
  const hunks = patch?.hunks ?? [replacement(before, after)];
  // `patch` needs neither the index nor the line of "=".
  return formatPatch({ oldFileName: names.before, newFileName: names.after, oldHeader: undefined, newHeader: undefined, hunks }).replace(/^(?:Index: .*\n)?=+\n/, '');
}

function replacement(before: string, after: string): StructuredPatchHunk {
  const [removed, added] = [before, after].map((text) => text.split(/(?<=\n)/).filter((line) => line !== '')) as [string[], string[]];
  const marked = (sign: string, lines: readonly string[]) => lines.flatMap((line) => (
    line.endsWith('\n') ? [`${sign}${line.slice(0, -1)}`] : [`${sign}${line}`, '\\ No newline at end of file']));
  return { oldStart: 1, oldLines: removed.length, newStart: 1, newLines: added.length, lines: [...marked('-', removed), ...marked('+', added)] };
}
