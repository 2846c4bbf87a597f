import { basename, dirname, extname, join, resolve } from 'node:path';
import { parseObject } from '../../base/json';
import { printable } from '../../base/printable';
import { userError } from '../../base/user-error';
import type { Context } from '../command-line/command';
import type { Files } from '../io/files';

/**
 * A program that makes pipelines, and how it is started.
 */
export interface Program {
  /** For people. */
  readonly name: string;
  /** The words of its command line; no shell reads them. */
  readonly words: readonly [string, ...string[]];
  /** It is started there. */
  readonly folder: string;
}

type Where = Pick<Context, 'args' | 'cwd' | 'files'>;

/** Looked for in this order. */
const USUAL = ['pipeline.ts', 'pipeline.js', 'pipeline.mjs', 'pipeline.cjs', 'pipeline.py'];

/** What runs TypeScript, in the order of preference: packages of the project, of which a file is run by Node. */
const RUNNERS = ['tsx', 'ts-node'];

/**
 * The program that the operands name: a file, or with `--run` all the words.
 */
export async function programOf(context: Where): Promise<Program> {
  const { args, cwd } = context;
  const [first, ...rest] = args.operands;
  if (args.has('run')) {
    if (first === undefined) throw userError({ at: '--run', given: 'no words follow', expected: 'a command', fix: 'write it as --run -- go run ./pipeline' });
    return { name: printable(first), words: [first, ...rest], folder: cwd };
  }
  if (rest.length > 0) {
    throw userError({ at: 'pipeline', given: `there are ${args.operands.length} arguments`, expected: 'one program', fix: 'put --run before the words of a command' });
  }
  return programOfFile(first ?? usual(context), context);
}

function usual({ files }: Where): string {
  const found = USUAL.find((name) => files.exists(name));
  if (found !== undefined) return found;
  throw userError({
    at: 'pipeline',
    given: 'no program is named, and none is here',
    expected: USUAL.join(', '),
    fix: 'name the program, or change to its folder',
  });
}

async function programOfFile(name: string, { cwd, files }: Where): Promise<Program> {
  if (!files.exists(name)) throw userError({ at: name, given: 'there is no such file', expected: 'a program', fix: 'name another one' });
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
    at: name, given: 'how it is run cannot be told by its name', expected: 'a name that ends with .ts, .js or .py', fix: 'give the command: --run -- go run ./pipeline',
  });
}

/** The nearest, as Node looks for packages. The links in node_modules/.bin are none that Node could run everywhere, so the file behind them is taken. */
async function typescriptRunner(name: string, folder: string, files: Files): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    for (const runner of RUNNERS) {
      const file = await executableOf(join(at, 'node_modules', runner), runner, files);
      if (file !== undefined) return file;
    }
    if (dirname(at) === at) break;
  }
  throw userError({
    at: name, given: 'neither tsx nor ts-node is installed beside it', expected: 'one of them to run it', fix: 'npm install --save-dev tsx, or give the command by --run',
  });
}

async function executableOf(folder: string, name: string, files: Files): Promise<string | undefined> {
  const description = join(folder, 'package.json');
  if (!files.exists(description)) return undefined;
  const { bin } = parseObject((await files.read(description)).toString('utf8')) ?? {};
  const file = typeof bin === 'string' ? bin : bin && typeof bin === 'object' && !Array.isArray(bin) ? bin[name] : undefined;
  return typeof file === 'string' ? join(folder, file) : undefined;
}
