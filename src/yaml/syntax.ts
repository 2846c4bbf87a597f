import type * as yaml from 'yaml';
import { yamlModule } from '../base/lazy-modules';

/**
 * Syntax that the `yaml` package accepts and kubectl does not.
 */
export interface SyntaxProblem {
  readonly offset: number;
  readonly given: string;
  readonly fix: string;
}

/**
 * Finds syntax that YAML 1.2 allows and go-yaml does not:
 *
 * - tabs before a token
 * - `?` and a leading `:` in plain scalars of flow collections
 * - line breaks between key and colon in flow maps
 * - anchors with special characters in their names
 */
export function syntaxProblem(text: string, document: yaml.Document.Parsed): SyntaxProblem | undefined {
  const { visit } = yamlModule();
  const problems: SyntaxProblem[] = [];
  const opaque: Array<readonly [number, number]> = [];
  visit(document, {
    Scalar: (_, node, path) => {
      if (node.type !== 'PLAIN') opaque.push(rangeOf(node));
      problems.push(...anchorOf(node, node.anchor), ...tabInBlock(text, node), ...plainInFlow(text, node, path));
    },
    Collection: (_, node) => {
      if (node.flow) opaque.push(rangeOf(node));
      problems.push(...anchorOf(node, node.anchor));
    },
    Alias: (_, node) => {
      problems.push(...anchorOf(node, node.source));
    },
    Pair: (_, pair, path) => {
      problems.push(...keyOverLines(text, pair as Pair, path.at(-1)));
    },
  });
  return problems[0] ?? tabBeforeToken(text, opaque);
}

type Pair = yaml.Pair<yaml.Node | null, yaml.Node | null>;

const TABS = { given: 'a tab', fix: 'indent with spaces' };

function rangeOf(node: unknown): readonly [number, number] {
  const [start, end] = (node as yaml.Node).range ?? [0, 0];
  return [start, end];
}

function tabInBlock(text: string, node: yaml.Scalar): SyntaxProblem[] {
  if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') return [];
  const [start, end] = rangeOf(node);
  const body = start + Math.max(0, text.slice(start, end).indexOf('\n') + 1);
  const lines = text.slice(body, end);
  const first = lines.search(/[^ \r\n]/);
  const indent = first - (lines.lastIndexOf('\n', first) + 1);
  const tab = lines[first] === '\t' ? first : lines.search(new RegExp(`^ {0,${Math.max(0, indent - 1)}}\\t`, 'm'));
  return indent > 0 && tab >= 0 ? [{ offset: body + tab, ...TABS }] : [];
}

function anchorOf(node: unknown, name: string | undefined): SyntaxProblem[] {
  if (name === undefined || /^[A-Za-z0-9_-]+$/.test(name)) return [];
  return [{ offset: rangeOf(node)[0], given: 'an anchor with special characters in its name', fix: 'name it with letters, digits, "-" and "_"' }];
}

function plainInFlow(text: string, node: yaml.Scalar, path: readonly unknown[]): SyntaxProblem[] {
  if (node.type !== 'PLAIN' || !/^:|\?/.test(node.source ?? '')) return [];
  const inFlow = path.some((parent) => yamlModule().isCollection(parent) && parent.flow);
  const [start, end] = rangeOf(node);
  const mark = text.slice(start, end).search(/^:|\?/);
  return inFlow ? [{ offset: start + mark, given: '"?" or ":" without quotes inside brackets', fix: 'quote the text' }] : [];
}

function keyOverLines(text: string, { key, value }: Pair, parent: unknown): SyntaxProblem[] {
  if (!key || !value || !yamlModule().isMap(parent) || !parent.flow) return [];
  const [, end] = rangeOf(key);
  const between = text.slice(end, rangeOf(value)[0]).replace(/#[^\n]*/g, '');
  const lineBreak = between.indexOf('\n');
  return lineBreak >= 0 && between.includes(':', lineBreak) ? [{ offset: end, given: 'a line break before ":"', fix: 'put the colon right after the key' }] : [];
}

function tabBeforeToken(text: string, opaque: Array<readonly [number, number]>): SyntaxProblem | undefined {
  const tab = /^[ ?:-]*\t/m;
  if (!tab.test(text)) return undefined;
  const found = tab.exec(masked(text, opaque));
  return found ? { offset: found.index + found[0].length - 1, ...TABS } : undefined;
}

/** Replaces the ranges by `x`, so that all other offsets stay the same. */
function masked(text: string, ranges: Array<readonly [number, number]>): string {
  const parts: string[] = [];
  let done = 0;
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (start < done) continue;
    parts.push(text.slice(done, start), 'x'.repeat(end - start));
    done = end;
  }
  return parts.join('') + text.slice(done);
}
