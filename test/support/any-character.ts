import * as fc from 'fast-check';

/** Surrogates: code points that are half of a character in UTF-16. */
const SURROGATES = { first: 0xd800, count: 0x800 };

/**
 * Any character of Unicode, as the unit of `fc.string()`.
 *
 * fast-check's unit `binary` builds a table of all 1,112,064 characters for each string, which takes a second.
 */
export const ANY_CHARACTER = fc.integer({ min: 0, max: 0x10ffff - SURROGATES.count })
  .map((index) => String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count));
