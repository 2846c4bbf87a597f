import { join, relative } from 'node:path';
import { Program } from './program';
import { runProgram } from './run-program';
import { isObject, Json, parseJson } from '../../base/json';
import { userError } from '../../base/user-error';
import { PROGRAM_OUTPUT_FORMAT, ProgramOutput } from '../../pipeline/model/program-output';
import type { Context } from '../command-line/command';

/**
 * The pipelines that a program writes, in its order. Their files stay as they are.
 */
export async function pipelinesOf(program: Program, context: Pick<Context, 'files' | 'variables' | 'stderr' | 'signal'>): Promise<[ProgramOutput, ...ProgramOutput[]]> {
  const text = await context.files.withFolder(async (folder) => {
    const file = join(folder, 'pipelines.jsonl');
    await runProgram(program, file, context);
    return context.files.exists(file) ? (await context.files.read(file)).toString('utf8') : '';
  });
  const [first, ...rest] = text.split('\n').filter((line) => line !== '').map((line) => handedOver(line, program));
  if (first === undefined) {
    throw userError({ at: program.name, given: 'it wrote no pipeline', expected: 'a program that calls GitlabPipeline.write()', fix: 'let it write one' });
  }
  return [first, ...oncePerFile([first, ...rest], program).slice(1)];
}

/** The name of a pipeline's file as the user of a folder would write it. */
export function fileName({ path }: Pick<ProgramOutput, 'path'>, cwd: string): string {
  return relative(cwd, path);
}

function handedOver(line: string, { name }: Program): ProgramOutput {
  const given = parseJson(line);
  if (isObject(given) && given.format === PROGRAM_OUTPUT_FORMAT) return given as Json as unknown as ProgramOutput;
  throw userError({
    at: name,
    given: 'it uses a release of cdk8s-ci-deploy that hands pipelines over in another form',
    expected: 'the release of this command',
    fix: 'run the command of the project: npx cdk8s-ci-deploy pipeline',
  });
}

function oncePerFile(pipelines: readonly ProgramOutput[], { name }: Program): readonly ProgramOutput[] {
  const twice = pipelines.find(({ path }, index) => pipelines.findIndex((other) => other.path === path) !== index);
  if (twice === undefined) return pipelines;
  throw userError({ at: name, given: `it writes two pipelines to ${twice.path}`, expected: 'a file for each', fix: 'give write() another path' });
}
