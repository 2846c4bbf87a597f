import { fileName } from './handed-over';
import { unifiedDiff } from './unified-diff';
import { printableText } from '../../base/printable';
import { decodeText } from '../../base/text-file';
import type { ProgramOutput } from '../../pipeline/model/program-output';
import type { Context } from '../command-line/command';

/**
 * A pipeline beside the file that it is for.
 */
export interface FileState {
  /** From the current folder. */
  readonly file: string;
  readonly pipeline: ProgramOutput;
  readonly is: 'current' | 'different' | 'missing';
  /** What would make the file current, as `patch` reads it, with control characters escaped. */
  readonly diff: string;
}

/**
 * How a file stands to what the program writes. Line ends are not looked at: git may have changed them when it checked the file out.
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

function unixLines(text: string): string {
  return text.replace(/\r\n/g, '\n');
}
