import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { parseArguments } from '../../../src/cli/command-line/arguments';
import { Context } from '../../../src/cli/command-line/command';
import { GITLAB_MISSING, GITLAB_OPTIONS } from '../../../src/cli/credentials/gitlab-options';
import { Files } from '../../../src/cli/io/files';
import { SafeOutput } from '../../../src/cli/io/safe-output';
import { CiVariables } from '../../../src/gitlab/ci-variables';
import { FakeClock } from '../../support/fake-clock';

export interface ContextOptions {
  readonly variables?: CiVariables;
  /** Files beside the current folder or in it: `repository/.git/config`. */
  readonly files?: Record<string, string>;
  readonly stdin?: string;
  /** The current folder. @default repository */
  readonly folder?: string;
}

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gitlab-test-'));
  mkdirSync(join(root, 'repository'));
});

afterEach(() => rmSync(root, { recursive: true }));

/** The context of a command with the options of GitLab. */
export function contextOf(argv: string[], { variables = {}, files = {}, stdin = '', folder = 'repository' }: ContextOptions = {}): Context {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const cwd = join(root, folder);
  mkdirSync(cwd, { recursive: true });
  const syntax = { name: 'grant', operands: [], required: 0, options: new Map(GITLAB_OPTIONS), missing: new Map(GITLAB_MISSING) };
  return {
    args: parseArguments(argv, syntax),
    variables,
    cwd,
    files: new Files({ cwd, stdin: Readable.from([Buffer.from(stdin)]) }),
    clock: new FakeClock(),
    signal: new AbortController().signal,
    stdout: new SafeOutput({ write: () => undefined }),
    stderr: new SafeOutput({ write: () => undefined }),
  };
}
