import type { Document } from 'yaml';
import { yamlModule } from '../base/lazy-modules';
import { escapeCodeUnit } from '../base/printable';

/**
 * Texts that YAML 1.1 or Ruby's YAML parser does not read as texts without quotes, although YAML 1.2 does: words for true and false,
 * numbers with `_`, `,` and `:`, dates, symbols, and similar texts.
 *
 * @see https://github.com/ruby/psych/blob/master/lib/psych/scalar_scanner.rb
 */
const AMBIGUOUS = /^(?:|~|=|<<|y|n|yes|no|on|off|true|false|null|nil|[-+]?[.,_]*\d[\da-fotxz_.,:+-]*|\d{4}-\d.*|[-+]?\.?(?:inf|nan)|:.*|[-+,._]*)$/i;

/** Characters that are invisible, change the direction of text, or are not allowed in YAML. Line breaks and tabs are allowed. */
const INVISIBLE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** Texts of several lines with an indented or empty first line. In a block scalar its indentation would be ambiguous. */
const INDENTED_BLOCK = /^\s[^]*\n|^\n/;

/**
 * Quotes all texts and keys that a YAML parser could misread. GitLab inserts the values of inputs (`$[[ … ]]`) before it parses the file,
 * so texts with inputs are quoted as well.
 */
export function quoteAmbiguous(document: Document): void {
  yamlModule().visit(document, {
    Scalar(_, node, path) {
      if (typeof node.value !== 'string') return;
      if (node.value.includes('$[[')) {
        if (!isListKeyword(path.at(-1)) && !node.value.includes('\n')) node.type = 'QUOTE_SINGLE';
        return;
      }
      if (INVISIBLE.test(node.value) || INDENTED_BLOCK.test(node.value)) node.type = 'QUOTE_DOUBLE';
      else if (AMBIGUOUS.test(node.value)) node.type = 'QUOTE_SINGLE';
    },
  });
}

/** Whether an input stands for a list: `tags` accepts nothing else. */
function isListKeyword(parent: unknown): boolean {
  const { key } = parent as { key?: { value?: unknown } };
  return key?.value === 'tags';
}

/**
 * Escapes the invisible characters of a written document. `quoteAmbiguous` puts the texts that contain them in double quotes.
 */
export function escapeInvisible(text: string): string {
  return text.replace(new RegExp(INVISIBLE, 'g'), escapeCodeUnit);
}
