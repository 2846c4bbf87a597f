/**
 * A text as a literal of TypeScript, in single quotes.
 */
export function literal(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, '\\\'')}'`;
}

/**
 * An object as a literal on one line. What is undefined is left out.
 */
export function objectLiteral(value: { readonly [key: string]: string | undefined }): string {
  const fields = Object.entries(value).filter((field): field is [string, string] => field[1] !== undefined);
  return `{ ${fields.map(([key, text]) => `${key}: ${text}`).join(', ')} }`;
}
