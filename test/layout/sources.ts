import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ModuleKind, preProcessFile, ScriptTarget, transpileModule } from 'typescript';

const SRC = join(__dirname, '..', '..', 'src');

/**
 * A file of src/, and the files of src/ that it imports: for values, for types, or by `require`.
 */
export interface Source {
  /** Below src/: `cli/deploy/deploy.ts`. */
  readonly path: string;
  /** `cli/deploy`; of src/index.ts, the empty text. */
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly string[];
}

/**
 * All files of src/.
 */
export function sources(): Source[] {
  const names = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).map((name) => name.split('\\').join('/'));
  const paths = names.filter((name) => name.endsWith('.ts')).sort();
  return paths.map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    return { path, folder: folderOf(path), text, imports: importsOf(path, text, new Set(paths)) };
  });
}

/**
 * The folder of a file of src/.
 */
export function folderOf(path: string): string {
  return path.includes('/') ? posix.dirname(path) : '';
}

/**
 * The first line of the README of a folder of src/, which says its purpose.
 */
export function purposeOf(folder: string): string {
  const lines = readFileSync(join(SRC, folder, 'README.md'), 'utf8').split('\n');
  return lines.find((line) => line !== '' && !line.startsWith('#')) ?? '';
}

/**
 * The files of src/ that a file loads, directly or through others. An import of types alone loads nothing.
 */
export function loadedBy(path: string, all: ReadonlyMap<string, Source>): Set<string> {
  const loaded = new Set<string>();
  const load = (next: string): void => {
    if (loaded.has(next)) return;
    loaded.add(next);
    const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 };
    const { outputText } = transpileModule(all.get(next)?.text ?? '', { compilerOptions });
    for (const other of importsOf(next, outputText, new Set(all.keys()))) load(other);
  };
  load(path);
  return loaded;
}

function importsOf(path: string, text: string, all: ReadonlySet<string>): string[] {
  const { importedFiles } = preProcessFile(text, true, true);
  const relative = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'));
  const found = relative.map((name) => `${posix.join(posix.dirname(path), name)}.ts`).filter((name) => all.has(name));
  return [...new Set(found)];
}
