import type { Document } from 'yaml';
import { yamlModule } from '../base/lazy-yaml';
import { escapeCodeUnit } from '../base/user-error';

/**
 * What YAML 1.1 or Ruby's reader of it takes for something else when it has no quotes, beyond what YAML 1.2 does: words for true and false, numbers with
 * `_`, `,` and `:` in them, dates, symbols, and what looks like one of these.
 *
 * @see https://github.com/ruby/psych/blob/master/lib/psych/scalar_scanner.rb
 */
const AMBIGUOUS = /^(?:|~|=|<<|y|n|yes|no|on|off|true|false|null|nil|[-+]?[.,_]*\d[\da-fotxz_.,:+-]*|\d{4}-\d.*|[-+]?\.?(?:inf|nan)|:.*|[-+,._]*)$/i;

/** Would not be seen, would turn the direction of a line, or is not allowed in YAML as it is. Line breaks and tabs are. */
const UNSEEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** Of several lines, of which the first is indented or empty: how deep a block is can no longer be seen. */
const INDENTED_BLOCK = /^\s[^]*\n|^\n/;

/**
 * Gives quotes to all texts, of keys as well, that a reader could take for something else. GitLab puts the values of inputs into the text before it reads
 * it, so where they stand in a text, that has quotes too.
 */
export function quoteAmbiguous(document: Document): void {
  yamlModule().visit(document, {
    Scalar(_, node, path) {
      if (typeof node.value !== 'string') return;
      if (node.value.includes('$[[')) {
        if (!isList(path.at(-1)) && !node.value.includes('\n')) node.type = 'QUOTE_SINGLE';
        return;
      }
      if (UNSEEN.test(node.value) || INDENTED_BLOCK.test(node.value)) node.type = 'QUOTE_DOUBLE';
      else if (AMBIGUOUS.test(node.value)) node.type = 'QUOTE_SINGLE';
    },
  });
}

/** Where an input is not a part of a text but a list, since the keyword takes nothing else. */
function isList(parent: unknown): boolean {
  const { key } = parent as { key?: { value?: unknown } };
  return key?.value === 'tags';
}

/**
 * The text of such a document with everything escaped that would not be seen: what has it in it is in double quotes.
 */
export function escapeUnseen(text: string): string {
  return text.replace(new RegExp(UNSEEN, 'g'), escapeCodeUnit);
}
