import { dirname, resolve } from 'node:path';
import { printableText } from '../../base/printable';
import { userError, show } from '../../base/user-error';
import type { ProgramOutput } from '../../pipeline/model/program-output';
import { ExitCode } from '../base/exit-code';
import type { Command, Context } from '../command-line/command';
import { GITLAB_MISSING } from '../credentials/gitlab-options';
import { fileState, FileState } from '../pipeline/file-state';
import { drawn, Picture, pictureOf } from '../pipeline/graph/draw';
import { fileName, pipelinesOf } from '../pipeline/handed-over';
import { Program, programOf } from '../pipeline/program';
import { isFit, lookAtProject, lookText, PROJECT_OPTIONS } from '../pipeline/project/check-project';

/**
 * Writes the .gitlab-ci.yml of a program, or says how it stands to the one that is there.
 */
export const pipeline: Command = {
  name: 'pipeline',
  summary: 'write the .gitlab-ci.yml of a program, check it for drift, or draw it',
  operands: ['[PROGRAM]', '[WORD]...'],
  required: 0,
  description: [
    'Runs the program in its folder and writes the pipelines that it makes (GitlabPipeline.write): TypeScript by the project\'s tsx or ts-node, JavaScript',
    'by Node, Python by python3, and anything else by --run. Without PROGRAM it is pipeline.ts, .js, .mjs, .cjs or .py.',
    '',
    'With --check nothing is written. Where there is a token for GitLab, the variables of the project and its groups are looked at, too: whether one of them',
    'beats the image that the pipeline hands over, whether each environment has its credential, masked and protected, and who else would get it.',
    'No value is looked at, and nothing is changed. The token needs the scope read_api or api and the role Maintainer.',
    '',
    'Exit status of --check: 0 all is as it must be; 1 a file is not current, or the project does not fit; 2 wrong usage or input, or the program failed;',
    '3 GitLab does not let the token look; 4 it cannot be reached.',
  ],
  options: new Map([
    ['run', { summary: 'the words are a command that starts the program here: --run -- go run ./pipeline' }],
    ['file', { takes: 'FILE', summary: 'of a program with several pipelines, the one that it writes into this file (default: all)' }],
    ['check', { summary: 'write nothing: exit status 1, with the difference, when a file is not what the program writes' }],
    ['graph', {
      takes: 'mermaid|svg|html|FILE',
      summary: 'write nothing but a picture of the jobs, what flows between them, their credentials and environments; FILE ends with .mmd, .svg or .html',
    }],
    ...PROJECT_OPTIONS,
    ['output', { takes: 'text|json|-', summary: 'the form of the report; "-" writes the pipeline instead, and no file (default: text)' }],
  ]),
  missing: new Map(GITLAB_MISSING),

  async run(context: Context): Promise<ExitCode> {
    const { args } = context;
    const output = args.choice('output', ['text', 'json', '-']);
    checkArguments(context);
    const picture = args.has('graph') ? pictureOf(args.one('graph') ?? '') : undefined;
    const program = await programOf(context);
    const pipelines = chosen(await pipelinesOf(program, context), program, context);
    if (picture !== undefined) return draw(context, only(pipelines, program, '--graph'), picture);
    if (output === '-') {
      context.stdout.write(only(pipelines, program, '--output -').yaml);
      return ExitCode.DONE;
    }
    const states = await Promise.all(pipelines.map(async (one) => fileState(one, context)));
    return args.has('check') ? check(context, program, states) : write(context, program, states);
  },
};

function checkArguments({ args }: Context): void {
  const [foreign] = PROJECT_OPTIONS.map(([name]) => name).filter((name) => args.has(name));
  if (foreign !== undefined && !args.has('check')) {
    throw userError({ at: `--${foreign}`, given: 'there is no --check', expected: 'no project, since only a check looks at it', fix: 'leave it out' });
  }
  const [other] = ['check', 'output'].filter((option) => args.has(option));
  if (args.has('graph') && other !== undefined) {
    throw userError({ at: '--graph', given: `there is --${other}, too`, expected: 'a picture alone', fix: 'leave one out' });
  }
  if (args.one('output') === '-' && args.has('check')) {
    throw userError({ at: '--output', given: 'it is "-", with --check', expected: 'the pipeline or a report', fix: 'leave one out' });
  }
}

type Pipelines = readonly [ProgramOutput, ...ProgramOutput[]];

function chosen(pipelines: Pipelines, { name }: Program, { args, cwd }: Context): Pipelines {
  const file = args.one('file');
  if (file === undefined) return pipelines;
  const found = pipelines.find(({ path }) => path === resolve(cwd, file));
  if (found !== undefined) return [found];
  const names = pipelines.map((one) => printableText(fileName(one, cwd)));
  throw userError({ at: '--file', given: `${name} does not write ${show(file)}`, expected: names.join(', '), fix: 'name one that it writes' });
}

function only([first, ...rest]: Pipelines, { name }: Program, option: string): ProgramOutput {
  if (rest.length === 0) return first;
  throw userError({ at: name, given: `it writes ${rest.length + 1} pipelines`, expected: `one with ${option}`, fix: 'name its file by --file' });
}

function draw({ files, stdout, stderr }: Context, { model }: ProgramOutput, picture: Picture): ExitCode {
  const text = drawn(model, picture);
  if (picture.file === undefined) {
    stdout.write(text);
  } else {
    files.write(picture.file, text);
    stderr.write(`${printableText(picture.file)}: written\n`);
  }
  return ExitCode.DONE;
}

function write(context: Context, program: Program, states: readonly FileState[]): ExitCode {
  for (const { pipeline: { path, yaml }, is } of states) {
    if (is === 'current') continue;
    context.files.makeFolder(dirname(path));
    context.files.write(path, yaml);
  }
  const outcomes = states.map(({ file, is, pipeline: { model } }) => ({ file, outcome: is === 'current' ? 'unchanged' : 'written', jobs: model.jobs.length }));
  report(context, { program: program.name, files: outcomes }, outcomes.map(outcomeText));
  return ExitCode.DONE;
}

/** The files come first: they are told also when GitLab cannot be asked. */
async function check(context: Context, program: Program, states: readonly FileState[]): Promise<ExitCode> {
  const isJson = context.args.one('output') === 'json';
  if (!isJson) context.stdout.write(states.map((state) => checkText(state, program)).join(''));
  const look = await lookAtProject(states.map(({ pipeline: { model } }) => model), context);
  const files = states.map(({ file, is, diff }) => ({ file, is, diff }));
  report(context, { program: program.name, files, project: look ?? null }, [lookText(look)]);
  return states.every(({ is }) => is === 'current') && isFit(look) ? ExitCode.DONE : ExitCode.NO;
}

function checkText({ file, is, diff }: FileState, { name }: Program): string {
  const at = printableText(file);
  if (is === 'current') return `${at}: it is what ${name} writes\n`;
  const found = is === 'missing' ? 'it is missing' : `it is not what ${name} writes`;
  return `${diff}${at}: ${found}; run \`npx cdk8s-ci-deploy pipeline\` and commit it\n`;
}

function outcomeText({ file, outcome, jobs }: { readonly file: string; readonly outcome: string; readonly jobs: number }): string {
  return `${printableText(file)}: ${outcome}, ${jobs === 1 ? '1 job' : `${jobs} jobs`}\n`;
}

function report({ args, stdout }: Context, json: object, text: readonly string[]): void {
  stdout.write(args.one('output') === 'json' ? `${JSON.stringify(json, null, 2)}\n` : text.join(''));
}
