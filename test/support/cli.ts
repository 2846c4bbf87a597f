import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { Clock } from '../../src/cli/base/host';
import { runCommandLine } from '../../src/cli/cli';
import { systemClock } from '../../src/cli/io/clock';
import { CiVariables } from '../../src/gitlab/ci-variables';

/** A folder of its own for each test. */
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-test-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

export interface CliOptions {
  /** @default - the clock of the machine */
  readonly clock?: Clock;
  /** A test aborts this signal to end the command. */
  readonly signal?: AbortSignal;
  readonly stdin?: string | Buffer;
  readonly stdinIsTerminal?: boolean;
  readonly variables?: CiVariables;
  /** The files in the folder, by relative path. */
  readonly files?: Record<string, string | Buffer>;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the command in the folder of the test, with streams in memory and without the environment of this process.
 */
export async function runCli(argv: string[], options: CliOptions = {}): Promise<CliResult> {
  const { stdin = '', stdinIsTerminal = false, variables = {}, files = {}, clock = systemClock, signal = new AbortController().signal } = options;
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const [stdout, stderr] = [new Written(), new Written()];
  const input = Object.assign(Readable.from([Buffer.from(stdin)]), { isTTY: stdinIsTerminal });
  const code = await runCommandLine(argv, { stdin: input, stdout, stderr, variables, cwd: folder, clock, signal });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Written {
  public text = '';

  public write(text: string): void {
    this.text += text;
  }
}

/** The folder of the running test. */
export function cliFolder(): string {
  return folder;
}

/** The content of a file in the folder, or `undefined`. */
export function fileText(name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** The permission bits of a file in the folder. */
export function fileMode(name: string): number {
  return statSync(join(folder, name)).mode % 0o1000;
}

/** The names of all files in the folder, hidden ones included. */
export function fileNames(): string[] {
  return readdirSync(folder).sort();
}
