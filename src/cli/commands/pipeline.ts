import { dirname, resolve } from 'node:path';
import { printableText } from '../../base/printable';
import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import type { ProgramOutput } from '../../pipeline/model/program-output';
import { ExitCode } from '../base/failure';
import type { Command, Context } from '../command-line/command';
import { CONNECTION_VARIABLES } from '../command-line/options';
import { GITLAB_MISSING, GITLAB_VARIABLES } from '../credentials/gitlab-options';
import { fileName, fileState, FileState } from '../pipeline/file-state';
import { checkJobNames } from '../pipeline/job-names';
import { mermaid } from '../pipeline/mermaid';
import { Program, programOf } from '../pipeline/program';
import { checkProject, isProjectReady, PROJECT_OPTIONS, projectCheckText } from '../pipeline/project/check-project';
import { pipelinesOf } from '../pipeline/run-program';
import { parseSavedModels, savedModelsText } from '../pipeline/saved-models';

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
    '--check writes nothing. It compares each file with the pipeline and prints the difference.',
    '',
    '--check --from FILE checks the variables of the project and its groups with a token for GitLab: no variable overrides the image, each environment has',
    'its credential, masked and protected, and no other job gets it. It prints no values. The token needs the role Maintainer and the scope read_api or api.',
    'A program could read the token: /proc shows it the environment of this command, whatever the command hides. So this run starts no program. It reads',
    'FILE, which --save has written in a run without a token. --gitlab-token-file also works beside a program, if the program cannot read that file.',
    '',
    '--graph prints a Mermaid flowchart. GitLab, GitHub and many editors draw it inside a ```mermaid block. Jobs show the rules under which they run. Arrows show',
    'the artifacts and variables between jobs, and the credential for each environment; an arrow without text is order only.',
  ],
  examples: [
    { line: 'cdk8s-ci-deploy pipeline', does: 'Write .gitlab-ci.yml with the program pipeline.ts' },
    { line: 'cdk8s-ci-deploy pipeline --check', does: 'Fail in a job when the committed file is out of date' },
    { line: 'cdk8s-ci-deploy pipeline --check --save pipeline.json', does: 'In a job without a token: the same, and save the pipeline for the next job' },
    { line: 'cdk8s-ci-deploy pipeline --check --from pipeline.json', does: 'In a job with GITLAB_TOKEN: check the variables of the project' },
    { line: 'cdk8s-ci-deploy pipeline --graph > pipeline.mmd', does: 'Draw the pipeline' },
    { line: 'cdk8s-ci-deploy pipeline --run -- go run ./pipeline', does: 'Run a program in another language' },
  ],
  options: new Map([
    ['run', { summary: 'the words are a command that starts the program here' }],
    ['file', { takes: 'FILE', summary: 'use only the pipeline that the program writes into this file (default: all)' }],
    ['check', { excludes: ['output=-'], summary: 'write nothing; exit with 1 and the difference when a file is out of date' }],
    ['save', { takes: 'FILE', summary: 'also save the pipelines, for --from' }],
    ['from', { takes: 'FILE', needs: ['check'], excludes: ['run', 'file', 'save'], summary: 'with --check: start no program; check the project with the pipelines of --save' }],
    ['graph', { excludes: ['check', 'output'], summary: 'write nothing; print the pipeline as a Mermaid flowchart' }],
    ['output', { takes: 'text|json|-', summary: 'the form of the report; "-" prints the pipeline and writes no file (default: text)' }],
    ...PROJECT_OPTIONS,
  ]),
  missing: new Map(GITLAB_MISSING),
  variables: new Map([
    ...GITLAB_VARIABLES,
    ['GITLAB_TOKEN', 'with --from: the token for GitLab, in a variable that only the job of the check gets'],
    ...CONNECTION_VARIABLES,
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
    checkToken(context);
    const saved = args.one('from');
    if (saved !== undefined) return checkSaved(saved, context);
    const program = await programOf(context);
    const written = await pipelinesOf(program, context);
    const pipelines = chosen(written, program, context);
    const file = args.one('save');
    if (file !== undefined) context.files.write(file, savedModelsText(pipelines.map(({ model }) => model)));
    if (args.has('graph')) return print(mermaid(only(pipelines, program, '--graph').model), context);
    if (output === '-') return print(only(pipelines, program, '--output -').yaml, context);
    await checkJobNames(written, context);
    const states = await Promise.all(pipelines.map(async (one) => fileState(one, context)));
    return args.has('check') ? check(context, program, states) : write(context, program, states);
  },
};

function checkToken({ args, variables }: Context): void {
  if (args.has('from') && args.operands.length > 0) {
    throw userError({ at: '--from', given: 'there is a program, too', expected: '--check --from FILE, without a program', fix: 'use --check --from FILE for the project, and a second run for the rest' });
  }
  if (!args.has('check') || args.has('from') || !variables.GITLAB_TOKEN) return;
  throw userError({
    at: 'GITLAB_TOKEN',
    given: 'it is set, and the program could read it from the environment of this command (/proc)',
    expected: 'a run without a token, or without a program',
    fix: 'run `pipeline --check --save FILE` without the variable, then `pipeline --check --from FILE` with it',
  });
}

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
  stdout.raw(text);
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

/** Compares no files: their paths would come from the program. */
async function checkSaved(file: string, context: Context): Promise<ExitCode> {
  const models = parseSavedModels(decodeText(await context.files.read(file), file), file);
  const project = await checkProject(models, context);
  report(context, { program: null, files: [], project: project ?? null }, [projectCheckText(project)]);
  return isProjectReady(project) ? ExitCode.DONE : ExitCode.NO;
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
  if (args.one('output') === 'json') stdout.json(json);
  else stdout.write(text.join(''));
}
