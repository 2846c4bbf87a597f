/**
 * A table whose first line is its head.
 */
export type Table = readonly (readonly string[])[];

/** In columns of equal width. */
export function textTable(table: Table): string {
  const widths = widthsOf(table);
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()).join('\n');
}

export function markdownTable([head = [], ...rows]: Table): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

function widthsOf(table: Table): number[] {
  return table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
}
