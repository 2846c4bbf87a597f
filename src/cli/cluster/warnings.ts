/**
 * The texts of a Warning header: the server says so that something works now and will not for ever, or is probably not meant.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7234#section-5.5
 */
export function parseWarnings(header: string | undefined): string[] {
  return [...(header ?? '').matchAll(/\b299 \S+ "((?:\\.|[^"\\])*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}
