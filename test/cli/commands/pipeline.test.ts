import { PROGRAM_OUTPUT_FORMAT } from '../../../src/pipeline/model/program-output';
import { cliFolder, CliOptions, CliResult, fileNames, fileText, runCli } from '../../support/cli';
import { pipelineModel } from '../pipeline/models';

const YAML = 'stages:\n- deploy\n\ndeploy:\n  script:\n  - "true"\n';

/** A program that hands over what GitlabPipeline.write() would. */
function program(yaml = YAML, { name = '.gitlab-ci.yml', more = '' } = {}): string {
  const line = (path: string) => `JSON.stringify({ format: ${PROGRAM_OUTPUT_FORMAT}, path: require('node:path').resolve(${JSON.stringify(path)}), yaml: ${JSON.stringify(yaml)},
    model: ${JSON.stringify(pipelineModel())} })`;
  return `require('node:fs').appendFileSync(process.env.CDK8S_CI_DEPLOY_PIPELINE, ${line(name)} + '\\n');\n${more}`;
}

async function run(argv: string[], files: CliOptions['files'] = { 'pipeline.js': program() }, options: CliOptions = {}): Promise<CliResult> {
  return runCli(['pipeline', ...argv], { files, ...options });
}

describe('writing', () => {
  test('it runs the program and writes its file', async () => {
    expect(await run([])).toEqual({ code: 0, stdout: '.gitlab-ci.yml: written, 5 jobs\n', stderr: '' });
    expect(fileText('.gitlab-ci.yml')).toBe(YAML);
    expect(fileNames()).toEqual(['.gitlab-ci.yml', 'pipeline.js']);
  });

  test('it does not write a file that is up to date, whatever the line ends are', async () => {
    const windows = YAML.replaceAll('\n', '\r\n');

    expect(await run([], { 'pipeline.js': program(), '.gitlab-ci.yml': windows })).toMatchObject({ code: 0, stdout: '.gitlab-ci.yml: unchanged, 5 jobs\n' });
    expect(fileText('.gitlab-ci.yml')).toBe(windows);
  });

  test('it runs the program in its own folder', async () => {
    expect(await run(['sub/pipeline.js'], { 'sub/pipeline.js': program() })).toMatchObject({ code: 0, stdout: 'sub/.gitlab-ci.yml: written, 5 jobs\n' });
  });

  test('it writes each file of a program with several pipelines', async () => {
    const both = program() + program(YAML, { name: 'component.yml' });

    expect(await run(['--output', 'json'], { 'pipeline.js': both })).toMatchObject({ code: 0 });
    expect(fileNames()).toEqual(['.gitlab-ci.yml', 'component.yml', 'pipeline.js']);
  });

  test('it writes one of several pipelines and makes its folder', async () => {
    const both = program() + program(YAML, { name: 'templates/deploy.yml' });

    expect(await run(['--file', 'templates/deploy.yml'], { 'pipeline.js': both })).toMatchObject({ code: 0, stdout: 'templates/deploy.yml: written, 5 jobs\n' });
    expect(fileNames()).toEqual(['pipeline.js', 'templates']);
    expect((await run(['--file', './.gitlab-ci.yml', '--graph'])).code).toBe(0);
  });

  test('it prints the pipeline and writes no file with --output -', async () => {
    expect(await run(['--output', '-'])).toEqual({ code: 0, stdout: YAML, stderr: '' });
    expect(fileNames()).toEqual(['pipeline.js']);
  });

  test('it passes the output of the program to standard error', async () => {
    const said = program(YAML, { more: 'console.log("one"); console.error("two");' });

    expect(await run(['--output', '-'], { 'pipeline.js': said })).toEqual({ code: 0, stdout: YAML, stderr: 'one\ntwo\n' });
  });

  test('it reports the written file in JSON', async () => {
    expect(JSON.parse((await run(['--output', 'json'])).stdout)).toEqual({ program: 'pipeline.js', files: [{ file: '.gitlab-ci.yml', outcome: 'written', jobs: 5 }] });
  });
});

describe('the program', () => {
  test.each([['pipeline.mjs', 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);\n'], ['pipeline.cjs', '']])(
    'it runs %s', async (name, before) => {
      expect(await run([], { [name]: before + program() })).toMatchObject({ code: 0 });
    });

  test('it runs TypeScript with the runner of the project', async () => {
    // Stands for tsx: it runs what it is given.
    const files = {
      'node_modules/tsx/package.json': '{ "bin": "./cli.cjs" }',
      'node_modules/tsx/cli.cjs': 'require("node:vm").runInThisContext(`(require) => {${require("node:fs").readFileSync(process.argv[2])}}`)(require)',
      'sub/pipeline.ts': program(),
    };

    expect(await run(['sub/pipeline.ts'], files)).toMatchObject({ code: 0, stdout: 'sub/.gitlab-ci.yml: written, 5 jobs\n' });
  });

  test('it runs a command of several words without a shell', async () => {
    const words = [process.execPath, '-e', `${program()} console.log(process.argv[1])`, '$HOME;id'];

    expect(await run(['--run', '--', ...words], {})).toMatchObject({ code: 0, stdout: '.gitlab-ci.yml: written, 5 jobs\n', stderr: '$HOME;id\n' });
  });

  test('it passes its variables to the program, but not the token for GitLab', async () => {
    const more = 'console.log(process.env.CI_PROJECT_ID, process.env.GITLAB_TOKEN, Object.keys(process.env).length)';
    const variables = { CI_PROJECT_ID: '42', GITLAB_TOKEN: 'glpat-secret' };

    expect(await run([], { 'pipeline.js': program(YAML, { more }) }, { variables })).toMatchObject({ code: 0, stderr: '42 undefined 2\n' });
  });

  test('it removes the output file of the program, which only its user may read', async () => {
    const more = 'const file = process.env.CDK8S_CI_DEPLOY_PIPELINE; console.log(require("node:fs").statSync(require("node:path").dirname(file)).mode.toString(8), file)';
    const { stderr } = await run([], { 'pipeline.js': program(YAML, { more }) });
    const [mode, file = ''] = stderr.trim().split(' ');

    expect([mode, fileText(file)]).toEqual(['40700', undefined]);
  });

  test('it reports a user error of the program in one line, without a stack', async () => {
    const refused = 'class UserError extends Error { name = "UserError"; }\nthrow new UserError("target: it is x, expected y; do z");';

    expect(await run([], { 'pipeline.js': refused })).toEqual({ code: 2, stdout: '', stderr: 'cdk8s-ci-deploy: pipeline.js: target: it is x, expected y; do z\n' });
  });

  test('it keeps the lines of a user error of the program', async () => {
    const refused = 'class UserError extends Error { name = "UserError"; }\nthrow new UserError("two mistakes\\n- one\\n- \\u001b[31mtwo");';

    expect((await run([], { 'pipeline.js': refused })).stderr).toBe('cdk8s-ci-deploy: pipeline.js: two mistakes\n- one\n- \\u001b[31mtwo\n');
  });

  test('it reports a user error of a program in another language in the same line', async () => {
    const words = 'Traceback (most recent call last):\n  File "pipeline.py", line 3\njsii.errors.JavaScriptError:\n  @jsii/kernel.RuntimeError: UserError: a: b, expected c; d\n'
      + '      at Kernel._ensureSync (kernel.js:1:2)\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n'
      + 'RuntimeError: UserError: a: b, expected c; d\n';
    const { code, stderr } = await run([], { 'pipeline.js': `process.stderr.write(${JSON.stringify(words)}); process.exitCode = 1` });

    expect([code, stderr]).toEqual([2, 'cdk8s-ci-deploy: pipeline.js: a: b, expected c; d\n']);
  });

  test('it prints the output of a program that fails, and its status', async () => {
    const { code, stderr } = await run([], { 'pipeline.js': 'throw new Error("no such branch")' });

    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/Error: no such branch\n[^]*\ncdk8s-ci-deploy: pipeline\.js: it ended with status 1\n$/) });
  });

  test.each<[string, string[], Record<string, string>, RegExp]>([
    ['a folder without a program', [], {}, /^cdk8s-ci-deploy: pipeline: no program is named, and the folder has none, expected pipeline\.ts, pipeline\.js, .*; name the program/],
    ['a program that does not exist', ['gone.ts'], {}, /gone\.ts: there is no such file/],
    ['a program in an unknown language', ['pipeline.rb'], { 'pipeline.rb': '' }, /pipeline\.rb: the ending names no known language, expected a name that ends with \.ts, \.js or \.py/],
    ['TypeScript without a runner', [], { 'pipeline.ts': '' }, /pipeline\.ts: neither tsx nor ts-node is installed/],
    ['two programs', ['pipeline.js', 'other.js'], {}, /there are 2 arguments, expected one program; put --run before/],
    ['--run without a command', ['--run'], {}, /--run: no words follow/],
    ['a command that does not exist', ['--run', 'no-such-program'], {}, /there is no program no-such-program/],
    ['a program that writes nothing', [], { 'pipeline.js': '' }, /pipeline\.js: it wrote no pipeline, expected a program that calls GitlabPipeline\.write\(\)/],
    ['a program with another release of the library', [], { 'pipeline.js': 'require("node:fs").writeFileSync(process.env.CDK8S_CI_DEPLOY_PIPELINE, "{}")' }, /pipeline\.js: it uses a release of/],
    ['a program that writes a file twice', [], { 'pipeline.js': program() + program() }, /pipeline\.js: it writes two pipelines to .*\.gitlab-ci\.yml/],
    ['several pipelines for one output', ['--output', '-'], { 'pipeline.js': program() + program(YAML, { name: 'b.yml' }) }, /it writes 2 pipelines, expected one with --output -/],
    ['several pipelines for one flowchart', ['--graph'], { 'pipeline.js': program() + program(YAML, { name: 'b.yml' }) }, /it writes 2 pipelines, expected one with --graph/],
    ['a file that the program does not write', ['--file', 'other.yml'], { 'pipeline.js': program() }, /--file: pipeline\.js does not write "other\.yml", expected \.gitlab-ci\.yml; /],
    ['another form of the flowchart', ['--graph=svg'], {}, /--graph: it has a value, expected the option alone/],
    ['a project without --check', ['--project', '42'], {}, /--project: it has no effect without --check/],
    ['a token among the arguments', ['--check', '--gitlab-token', 'glpat'], {}, /--gitlab-token: there is no such option on purpose/],
    ['a flowchart and a report', ['--graph', '--check'], {}, /--graph: it cannot be combined with --check/],
    ['both the pipeline and the report on standard output', ['--output', '-', '--check'], {}, /--check: it cannot be combined with --output -/],
  ])('it rejects %s', async (_, argv, files, expected) => {
    expect(await run(argv, files)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(expected) });
    expect(fileNames()).toEqual(Object.keys(files));
  });
});

const NOT_LOOKED = 'note: the variables of the project are not checked: GITLAB_TOKEN is not set\n';

describe('--check', () => {
  test('it reports a file that is up to date', async () => {
    expect(await run(['--check'], { 'pipeline.js': program(), '.gitlab-ci.yml': YAML })).toMatchObject({ code: 0, stdout: `.gitlab-ci.yml: up to date with pipeline.js\n${NOT_LOOKED}` });
  });

  test('it prints the difference of an outdated file and changes nothing', async () => {
    const drifted = `${YAML.replace('"true"', 'rm -rf "\u001b[31m"')}  tags: [mine]\n`;

    expect(await run(['--check'], { 'pipeline.js': program(), '.gitlab-ci.yml': drifted })).toMatchObject({
      code: 1,
      stdout: [
        '--- .gitlab-ci.yml',
        '+++ .gitlab-ci.yml',
        '@@ -3,5 +3,4 @@',
        ' ',
        ' deploy:',
        '   script:',
        '-  - rm -rf "\\u001b[31m"',
        '-  tags: [mine]',
        '+  - "true"',
        '.gitlab-ci.yml: out of date, pipeline.js writes it differently; run `npx cdk8s-ci-deploy pipeline` and commit it',
        NOT_LOOKED,
      ].join('\n'),
    });
    expect(fileText('.gitlab-ci.yml')).toBe(drifted);
  });

  test('it fails for a missing file', async () => {
    const { code, stdout } = await run(['--check']);

    expect([code, stdout.split('\n')[0], stdout]).toEqual([1, '--- /dev/null', expect.stringMatching(/\.gitlab-ci\.yml: it is missing; run/)]);
    expect(fileNames()).toEqual(['pipeline.js']);
  });

  test('it reports the files in JSON', async () => {
    const { code, stdout } = await run(['--check', '--output', 'json']);

    expect([code, JSON.parse(stdout)]).toEqual([1, {
      program: 'pipeline.js',
      files: [{ file: '.gitlab-ci.yml', is: 'missing', diff: expect.stringContaining('@@ -0,0 +1,6 @@\n+stages:') }],
      project: null,
    }]);
    expect(stdout).not.toContain(cliFolder());
  });
});

describe('--graph', () => {
  test('it prints a Mermaid flowchart and writes no file', async () => {
    expect(await run(['--graph'])).toEqual({ code: 0, stdout: expect.stringMatching(/^flowchart LR\n/), stderr: '' });
    expect(fileNames()).toEqual(['pipeline.js']);
  });

  test('prints the flowchart of one of several pipelines', async () => {
    const both = program() + program(YAML, { name: 'b.yml' });

    expect(await run(['--graph', '--file', 'b.yml'], { 'pipeline.js': both })).toMatchObject({ code: 0, stdout: expect.stringMatching(/^flowchart LR\n/) });
  });
});
