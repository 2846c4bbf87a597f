import type { ChildProcess } from 'node:child_process';
import type { Program } from './program';
import { printableText } from '../../base/printable';
import { userError } from '../../base/user-error';
import { PROGRAM_OUTPUT_VARIABLE } from '../../pipeline/model/program-output';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import type { Context } from '../command-line/command';

type Around = Pick<Context, 'variables' | 'stderr' | 'signal'>;

/** Characters of what a program complains of that are kept. */
const MOST = 1024 * 1024;

/**
 * Runs a program that hands its pipelines over in a file. What it prints goes to standard error. It does not get the token for GitLab.
 *
 * @throws When it does not end well: with the refusal of this library that ended it, else after all that it has said.
 */
export async function runProgram(program: Program, handOverFile: string, around: Around): Promise<void> {
  const child = start(program, handOverFile, around);
  const { stderr, signal } = around;
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => stderr.write(text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < MOST) said += text;
  });
  const ended = await new Promise<string | undefined>((done, failed) => {
    child.once('error', (error: NodeJS.ErrnoException) => failed(signal.aborted ? signal.reason : notStarted(program, error)));
    child.once('close', (status, killedBy) => done(status === 0 ? undefined : `it ended with ${killedBy ?? `status ${status}`}`));
  });
  const refused = ended === undefined ? undefined : refusalIn(said);
  if (refused === undefined) stderr.write(said);
  if (ended !== undefined) throw new Failure(`${program.name}: ${refused === undefined ? ended : refused.split('\n').map(printableText).join('\n')}`, ExitCode.USAGE);
}

function start({ words: [command, ...words], folder }: Program, handOverFile: string, { variables, signal }: Around): ChildProcess {
  signal.throwIfAborted();
  const { GITLAB_TOKEN: _, ...others } = variables;
  // Loaded only here, since other commands start no program.
  const { spawn } = process.getBuiltinModule('node:child_process');
  return spawn(command, words, { cwd: folder, env: { ...others, [PROGRAM_OUTPUT_VARIABLE]: handOverFile }, signal, shell: false, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The message of the last refusal in the words of a runtime that died of it: Node's, or that of another language around it. */
function refusalIn(said: string): string | undefined {
  return [...said.matchAll(/^\s*(?:\S+: )*UserError: ([^]*?)(?=\r?\n\s+at |\r?\n\r?\n|$(?![^]))/gm)].at(-1)?.[1]?.trim();
}

function notStarted({ words, name }: Program, { code = 'unknown' }: NodeJS.ErrnoException): Error {
  const given = code === 'ENOENT' ? `there is no program ${printableText(words[0])}` : `${printableText(words[0])} cannot be started (${code})`;
  return userError({ at: name, given, expected: 'a program that can be started', fix: 'install it, or give another command by --run' });
}
