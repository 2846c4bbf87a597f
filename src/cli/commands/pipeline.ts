import { dirname, resolve } from 'node:path';
import { printableText } from '../../base/printable';
import { userError, show } from '../../base/user-error';
import type { ProgramOutput } from '../../pipeline/model/program-output';
import { ExitCode } from '../base/failure';
import type { Command, Context } from '../command-line/command';
import { PROXY_VARIABLES } from '../command-line/options';
import { GITLAB_MISSING, GITLAB_VARIABLES } from '../credentials/gitlab-options';
import { fileName, fileState, FileState } from '../pipeline/file-state';
import { mermaid } from '../pipeline/mermaid';
import { Program, programOf } from '../pipeline/program';
import { checkProject, isProjectReady, PROJECT_OPTIONS, projectCheckText } from '../pipeline/project/check-project';
import { pipelinesOf } from '../pipeline/run-program';

/**
 * Writes, checks or draws the .gitlab-ci.yml of a program.
 */
export const pipeline: Command = {
  name: 'pipeline',
  summary: 'write the .gitlab-ci.yml of a program, check that it is up to date, or draw it',
  operands: ['[PROGRAM]', '[WORD]...'],
  required: 0,
  description: [
    'Runs the program in its folder and writes the pipelines of its calls of GitlabPipeline.write(). PROGRAM is a file: the project\'s tsx or ts-node runs',
    'TypeScript, Node runs JavaScript, and python3 runs Python. The default is pipeline.ts, .js, .mjs, .cjs or .py, the first that exists.',
    '',
    '--check writes nothing. It compares each file with the pipeline and prints the difference. With a token for GitLab, it also checks the variables of the',
    'project and its groups: no variable overrides the image, each environment has its credential, masked and protected, and no other job gets it. It prints',
    'no values. The token needs the role Maintainer and the scope read_api or api.',
    '',
    '--graph prints a Mermaid flowchart. GitLab, GitHub and many editors draw it inside a ```mermaid block. Jobs show the rules under which they run. Arrows show',
    'the artifacts and variables between jobs, and the credential for each environment; an arrow without text is order only.',
  ],
  examples: [
    { line: 'cdk8s-ci-deploy pipeline', does: 'Write .gitlab-ci.yml with the program pipeline.ts' },
    { line: 'cdk8s-ci-deploy pipeline --check', does: 'Fail in a job when the committed file is out of date' },
    { line: 'cdk8s-ci-deploy pipeline --graph > pipeline.mmd', does: 'Draw the pipeline' },
    { line: 'cdk8s-ci-deploy pipeline --run -- go run ./pipeline', does: 'Run a program in another language' },
  ],
  options: new Map([
    ['run', { summary: 'the words are a command that starts the program here' }],
    ['file', { takes: 'FILE', summary: 'use only the pipeline that the program writes into this file (default: all)' }],
    ['check', { excludes: ['output=-'], summary: 'write nothing; exit with 1 and the difference when a file is out of date' }],
    ['graph', { excludes: ['check', 'output'], summary: 'write nothing; print the pipeline as a Mermaid flowchart' }],
    ['output', { takes: 'text|json|-', summary: 'the form of the report; "-" prints the pipeline and writes no file (default: text)' }],
    ...PROJECT_OPTIONS,
  ]),
  missing: new Map(GITLAB_MISSING),
  variables: new Map([
    ...GITLAB_VARIABLES,
    ['GITLAB_TOKEN', 'with --check: the token for GitLab; the program does not get it'],
    ...PROXY_VARIABLES,
  ]),
  exitCodes: new Map([
    [0, 'done; with --check: the files are up to date, and the variables match'],
    [1, 'with --check: a file is out of date, or a variable does not match'],
    [2, 'wrong usage or input, or the program failed'],
    [3, 'with --check: GitLab does not know the token, or the token may not read the variables'],
    [4, 'with --check: GitLab is unreachable or timed out; a retry may help'],
  ]),

  async run(context: Context): Promise<ExitCode> {
    const { args } = context;
    const output = args.choice('output', ['text', 'json', '-']);
    const program = await programOf(context);
    const pipelines = chosen(await pipelinesOf(program, context), program, context);
    if (args.has('graph')) return print(mermaid(only(pipelines, program, '--graph').model), context);
    if (output === '-') return print(only(pipelines, program, '--output -').yaml, context);
    const states = await Promise.all(pipelines.map(async (one) => fileState(one, context)));
    return args.has('check') ? check(context, program, states) : write(context, program, states);
  },
};

type Pipelines = readonly [ProgramOutput, ...ProgramOutput[]];

function chosen(pipelines: Pipelines, { name }: Program, { args, cwd }: Context): Pipelines {
  const file = args.one('file');
  if (file === undefined) return pipelines;
  const found = pipelines.find(({ path }) => path === resolve(cwd, file));
  if (found !== undefined) return [found];
  const names = pipelines.map((one) => printableText(fileName(one, cwd)));
  throw userError({ at: '--file', given: `${name} does not write ${show(file)}`, expected: names.join(', '), fix: `use --file ${names[0]}` });
}

function only([first, ...rest]: Pipelines, { name }: Program, option: string): ProgramOutput {
  if (rest.length === 0) return first;
  throw userError({ at: name, given: `it writes ${rest.length + 1} pipelines`, expected: `one with ${option}`, fix: 'choose one with --file' });
}

function print(text: string, { stdout }: Context): ExitCode {
  stdout.write(text);
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

/** Prints the files first, so that they are reported even when GitLab is unreachable. */
async function check(context: Context, program: Program, states: readonly FileState[]): Promise<ExitCode> {
  const isJson = context.args.one('output') === 'json';
  if (!isJson) context.stdout.write(states.map((state) => stateText(state, program)).join(''));
  const project = await checkProject(states.map(({ pipeline: { model } }) => model), context);
  const files = states.map(({ file, is, diff }) => ({ file, is, diff }));
  report(context, { program: program.name, files, project: project ?? null }, [projectCheckText(project)]);
  return states.every(({ is }) => is === 'current') && isProjectReady(project) ? ExitCode.DONE : ExitCode.NO;
}

function stateText({ file, is, diff }: FileState, { name }: Program): string {
  const at = printableText(file);
  if (is === 'current') return `${at}: up to date with ${name}\n`;
  const found = is === 'missing' ? 'it is missing' : `out of date, ${name} writes it differently`;
  return `${diff}${at}: ${found}; run \`npx cdk8s-ci-deploy pipeline\` and commit it\n`;
}

function outcomeText({ file, outcome, jobs }: { readonly file: string; readonly outcome: string; readonly jobs: number }): string {
  return `${printableText(file)}: ${outcome}, ${jobs === 1 ? '1 job' : `${jobs} jobs`}\n`;
}

function report({ args, stdout }: Context, json: object, text: readonly string[]): void {
  stdout.write(args.one('output') === 'json' ? `${JSON.stringify(json, null, 2)}\n` : text.join(''));
}
