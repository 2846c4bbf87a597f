/**
 * Aligns the columns of a table: two spaces between columns, no trailing spaces.
 *
 * @returns One line per row, without line breaks.
 */
export function tableLines(rows: ReadonlyArray<readonly string[]>): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
}

/**
 * A text table. All columns but the last are padded to the same width.
 */
export function columns(rows: ReadonlyArray<readonly string[]>): string {
  return tableLines(rows).map((line) => `${line}\n`).join('');
}
