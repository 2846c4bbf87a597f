/**
 * A text of the cluster in one line that is safe in a terminal and in a log: control characters, line separators and what turns the
 * direction of a text are escaped; letters stay, in any script.
 */
export function printable(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
