/**
 * A text as the value of an attribute, or as what stands in an element. XML 1.0 has no way to write most control characters, nor half a
 * surrogate pair.
 */
export function xml(text: string): string {
  return text.replace(/[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd').replace(/[&<>"'\t\n\r]/g, (unit) => `&#${unit.charCodeAt(0)};`);
}
