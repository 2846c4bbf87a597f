import { join } from 'node:path';
import type { Program } from './program';
import { isObject, Json, parseJson } from '../../base/json';
import { printableText } from '../../base/printable';
import { userError } from '../../base/user-error';
import { PROGRAM_OUTPUT_FORMAT, PROGRAM_OUTPUT_VARIABLE, ProgramOutput } from '../../pipeline/model/program-output';
import { ExitCode, Failure } from '../base/failure';
import type { Context } from '../command-line/command';
import { runChild } from '../io/child-process';

type RunContext = Pick<Context, 'files' | 'variables' | 'stderr' | 'clock' | 'signal'>;

/** The program's output on standard error that is kept, in characters. */
const MOST = 1024 * 1024;

/**
 * Runs a program and returns the pipelines that it writes, in its order. The files of the pipelines do not change.
 *
 * @throws When the program fails, writes no pipeline, or writes two pipelines to one file.
 */
export async function pipelinesOf(program: Program, context: RunContext): Promise<[ProgramOutput, ...ProgramOutput[]]> {
  const text = await context.files.withFolder(async (folder) => {
    const file = join(folder, 'pipelines.jsonl');
    await runProgram(program, file, context);
    return context.files.exists(file) ? (await context.files.read(file)).toString('utf8') : '';
  });
  const [first, ...rest] = text.split('\n').filter((line) => line !== '').map((line) => parseOutput(line, program));
  if (first === undefined) {
    throw userError({
      at: program.name, given: 'it wrote no pipeline', expected: 'a program that calls GitlabPipeline.write()', fix: 'call write() at the end of the program',
    });
  }
  checkFiles([first, ...rest], program);
  return [first, ...rest];
}

function parseOutput(line: string, { name }: Program): ProgramOutput {
  const output = parseJson(line);
  if (isObject(output) && output.format === PROGRAM_OUTPUT_FORMAT) return output as Json as unknown as ProgramOutput;
  throw userError({
    at: name,
    given: 'it uses a release of cdk8s-ci-deploy with another output format',
    expected: 'the release of this command',
    fix: 'run the command of the project: npx cdk8s-ci-deploy pipeline',
  });
}

function checkFiles(pipelines: readonly ProgramOutput[], { name }: Program): void {
  const twice = pipelines.find(({ path }, index) => pipelines.findIndex((other) => other.path === path) !== index);
  if (twice === undefined) return;
  throw userError({
    at: name, given: `it writes two pipelines to ${twice.path}`, expected: 'a file for each', fix: 'call write() with another path, such as write(\'deploy.gitlab-ci.yml\')',
  });
}

/**
 * Runs a program that appends its pipelines to a file. The program's output goes to standard error. Its environment has no GITLAB_TOKEN, but /proc shows it that of this command.
 *
 * @throws When the program fails: with the message of the `UserError` that ended it, else with its status, after its whole output.
 */
async function runProgram({ name, words: [command, ...words], folder }: Program, outputFile: string, context: RunContext): Promise<void> {
  const { variables: { GITLAB_TOKEN: _, ...others }, clock, stderr, signal } = context;
  let output = '';
  const { status, killedBy } = await runChild(command, words, {
    cwd: folder,
    env: { ...others, [PROGRAM_OUTPUT_VARIABLE]: outputFile },
    clock,
    signal,
    stdout: (text) => stderr.write(text),
    stderr: (text) => {
      if (output.length < MOST) output += text;
    },
  }).catch((error: unknown) => {
    throw signal.aborted ? error : notStarted(name, command, error as NodeJS.ErrnoException);
  });
  const failure = status === 0 ? undefined : `it ended with ${killedBy ?? `status ${status}`}`;
  const message = failure === undefined ? undefined : userErrorIn(output);
  if (message === undefined) stderr.write(output);
  if (failure !== undefined) throw new Failure(`${name}: ${message === undefined ? failure : message.split('\n').map(printableText).join('\n')}`, ExitCode.USAGE);
}

/** The message of the last `UserError` in the output of a runtime that failed with it: Node's, or another language's around it. */
function userErrorIn(output: string): string | undefined {
  return [...output.matchAll(/^[ \t]*(?:\S+: )*UserError: ([^]*?)(?=\r?\n[ \t]+at |\r?\n\r?\n|$(?![^]))/gm)].at(-1)?.[1]?.trim();
}

function notStarted(name: string, command: string, { code = 'unknown' }: NodeJS.ErrnoException): Error {
  const given = code === 'ENOENT' ? `there is no program ${printableText(command)}` : `${printableText(command)} cannot be started (${code})`;
  return userError({ at: name, given, expected: 'a program that can be started', fix: 'install it, or pass another command with --run' });
}
