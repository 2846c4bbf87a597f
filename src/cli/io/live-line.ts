import { CiVariables, isCi } from '../../gitlab/ci-variables';
import type { Output } from '../base/host';

/** Erases the line of the cursor. */
export const ERASE = '\r\u001b[2K';

/** The width, in columns, of a terminal that does not report its width. */
const WIDTH = 80;

/**
 * Whether a line on the output may change. Control sequences are written only to a terminal that supports them, and never with NO_COLOR.
 */
export function supportsLiveLine(output: Output, variables: CiVariables): boolean {
  return !isCi(variables) && !variables.NO_COLOR && variables.TERM !== 'dumb' && output.isTTY === true;
}

/**
 * Cuts a line to the width of the terminal, because a line that wraps could not be erased.
 *
 * @param line Printable ASCII: the width of other characters is unknown.
 */
export function fitted(line: string, output: Output): string {
  const width = (output.columns || WIDTH) - 1;
  return line.length > width ? `${line.slice(0, Math.max(0, width - 1))}~` : line;
}
