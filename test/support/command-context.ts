import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { cliFolder } from './cli';
import { Clock } from '../../src/cli/base/host';
import { Context } from '../../src/cli/command-line/command';
import { systemClock } from '../../src/cli/io/clock';
import { Files } from '../../src/cli/io/files';
import { SafeOutput } from '../../src/cli/io/safe-output';
import { CiVariables } from '../../src/gitlab/ci-variables';

/**
 * Makes the context of a command, in the folder of the test.
 */
export interface TestContext extends Pick<Context, 'files' | 'variables' | 'stderr' | 'clock' | 'signal' | 'cwd'> {
  /** Everything that was written to stderr. */
  readonly said: string[];
  readonly abort: AbortController;
}

export interface TestContextOptions {
  readonly variables?: CiVariables;
  /** The files in the folder, by relative path. */
  readonly files?: Record<string, string>;
  readonly stdinIsTerminal?: boolean;
  readonly clock?: Clock;
}

export function commandContext({ variables = {}, files = {}, stdinIsTerminal = false, clock = systemClock }: TestContextOptions = {}): TestContext {
  const [cwd, abort, said] = [cliFolder(), new AbortController(), [] as string[]];
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  const stdin = Object.assign(Readable.from([]), { isTTY: stdinIsTerminal });
  const stderr = new SafeOutput({ write: (text) => said.push(text) });
  return { variables, cwd, clock, abort, said, signal: abort.signal, files: new Files({ cwd, stdin }), stderr };
}
