import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScanner, ScriptTarget, SyntaxKind } from 'typescript';
import { Random } from '../soak/random';

/*
 * Prints sentences of the README, the pages, the help, docstrings and comments, chosen at random by a seed, for a reader who checks the language:
 * `npm run sentences -- SEED [COUNT]`.
 */
const ROOT = join(__dirname, '..', '..');

interface Sentence {
  readonly file: string;
  readonly text: string;
}

function commentsOf(code: string): string[] {
  const scanner = createScanner(ScriptTarget.Latest, false, undefined, code);
  const comments: string[] = [];
  for (let token = scanner.scan(); token !== SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token === SyntaxKind.MultiLineCommentTrivia || token === SyntaxKind.SingleLineCommentTrivia) comments.push(scanner.getTokenText());
  }
  return comments.map((comment) => comment.replace(/^\/\*\*?|\*\/$|^\/\//g, '').replace(/^\s*\* ?/gm, '').replace(/@\w+.*$/gm, ''));
}

/** The paragraphs of the help: lines in the source of a command that are texts. */
function helpOf(code: string): string[] {
  return [...code.matchAll(/^ {4,}'((?:[^'\\]|\\.)*)',$/gm)].map(([, line = '']) => line.replaceAll('\\\'', '\''));
}

function paragraphsOf(page: string): string[] {
  return page.replace(/```[^]*?```/g, '').split('\n').filter((line) => /^[A-Z][^|<]*$/.test(line));
}

function sentencesOf(texts: readonly string[]): string[] {
  const whole = texts.join('\n\n').split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s+/g, ' ').trim());
  const sentences = whole.flatMap((paragraph) => paragraph.split(/(?<=[.?!])\s+(?=[A-Z`])/));
  return sentences.filter((sentence) => sentence.split(' ').length > 4 && /[.?!:]$/.test(sentence));
}

function all(): Sentence[] {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).map((name) => join('src', name)).filter((name) => /\.(?:ts|md)$/.test(name));
  const pages = readdirSync(join(ROOT, 'docs')).map((name) => join('docs', name));
  return ['README.md', ...pages, ...sources].flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const parts = file.endsWith('.md') ? paragraphsOf(text) : [...commentsOf(text), helpOf(text).join(' ')];
    return sentencesOf(parts).map((sentence) => ({ file, text: sentence }));
  });
}

const [seed = '1', count = '10'] = process.argv.slice(2);
const random = new Random(Number(seed));
const sentences = all();
console.log(`seed ${seed}: ${count} of ${sentences.length} sentences`);
for (let index = 0; index < Number(count); index++) {
  const { file, text } = random.of(sentences);
  console.log(`${file}: ${text}`);
}
