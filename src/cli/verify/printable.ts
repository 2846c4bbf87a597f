/**
 * A server's words or names, whole, and safe in a terminal: what is not printable ASCII is escaped.
 */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
