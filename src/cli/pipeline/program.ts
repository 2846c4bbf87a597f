import { basename, dirname, extname, join, resolve } from 'node:path';
import { parseObject } from '../../base/json';
import { printable } from '../../base/printable';
import { userError } from '../../base/user-error';
import type { Context } from '../command-line/command';
import type { Files } from '../io/files';

/**
 * A program that writes pipelines, and its command line.
 */
export interface Program {
  /** Printable. */
  readonly name: string;
  /** The command and its arguments. No shell reads them. */
  readonly words: readonly [string, ...string[]];
  /** Its working directory. */
  readonly folder: string;
}

type ProgramContext = Pick<Context, 'args' | 'cwd' | 'files'>;

/** The names of a program that no operand names, in the order of the search. */
const USUAL = ['pipeline.ts', 'pipeline.js', 'pipeline.mjs', 'pipeline.cjs', 'pipeline.py'];

/** The packages that run TypeScript, the preferred one first. Node runs the file behind their `bin`. */
const RUNNERS = ['tsx', 'ts-node'];

/**
 * The program of the operands: a file, or with `--run` a command.
 */
export async function programOf(context: ProgramContext): Promise<Program> {
  const { args, cwd } = context;
  const [first, ...rest] = args.operands;
  if (args.has('run')) {
    if (first === undefined) throw userError({ at: '--run', given: 'no words follow', expected: 'a command', fix: 'write it as --run -- go run ./pipeline' });
    return { name: printable(first), words: [first, ...rest], folder: cwd };
  }
  if (rest.length > 0) {
    throw userError({ at: 'pipeline', given: `there are ${args.operands.length} arguments`, expected: 'one program', fix: 'put --run before the words of a command' });
  }
  return programOfFile(first ?? usualProgram(context), context);
}

function usualProgram({ files }: ProgramContext): string {
  const found = USUAL.find((name) => files.exists(name));
  if (found !== undefined) return found;
  throw userError({
    at: 'pipeline',
    given: 'no program is named, and the folder has none',
    expected: USUAL.join(', '),
    fix: 'name the program, or change to its folder',
  });
}

async function programOfFile(name: string, { cwd, files }: ProgramContext): Promise<Program> {
  if (!files.exists(name)) {
    throw userError({ at: name, given: 'there is no such file', expected: 'a program that calls GitlabPipeline.write()', fix: 'look at the name and the current folder' });
  }
  const file = resolve(cwd, name);
  const folder = dirname(file);
  return { name: printable(name), words: [...await interpreterOf(name, folder, files), basename(file)], folder };
}

async function interpreterOf(name: string, folder: string, files: Files): Promise<[string, ...string[]]> {
  const ending = extname(name);
  if (['.js', '.mjs', '.cjs'].includes(ending)) return [process.execPath];
  if (ending === '.py') return [process.platform === 'win32' ? 'python' : 'python3'];
  if (['.ts', '.mts', '.cts'].includes(ending)) return [process.execPath, await typescriptRunner(name, folder, files)];
  throw userError({
    at: name, given: 'the ending names no known language', expected: 'a name that ends with .ts, .js or .py', fix: 'pass the command: --run -- go run ./pipeline',
  });
}

/** The nearest one, as Node looks for packages. Node cannot run the links in node_modules/.bin everywhere, so it runs the file behind them. */
async function typescriptRunner(name: string, folder: string, files: Files): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    for (const runner of RUNNERS) {
      const file = await executableOf(join(at, 'node_modules', runner), runner, files);
      if (file !== undefined) return file;
    }
    if (dirname(at) === at) break;
  }
  throw userError({
    at: name, given: 'neither tsx nor ts-node is installed beside it', expected: 'one of them to run it', fix: 'npm install --save-dev tsx, or pass the command with --run',
  });
}

async function executableOf(folder: string, name: string, files: Files): Promise<string | undefined> {
  const description = join(folder, 'package.json');
  if (!files.exists(description)) return undefined;
  const { bin } = parseObject((await files.read(description)).toString('utf8')) ?? {};
  const file = typeof bin === 'string' ? bin : bin && typeof bin === 'object' && !Array.isArray(bin) ? bin[name] : undefined;
  return typeof file === 'string' ? join(folder, file) : undefined;
}
