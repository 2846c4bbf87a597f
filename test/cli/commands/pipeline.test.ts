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
  test('runs the program and writes its file', async () => {
    expect(await run([])).toEqual({ code: 0, stdout: '.gitlab-ci.yml: written, 5 jobs\n', stderr: '' });
    expect(fileText('.gitlab-ci.yml')).toBe(YAML);
    expect(fileNames()).toEqual(['.gitlab-ci.yml', 'pipeline.js']);
  });

  test('leaves a file alone that is current, whatever its line ends are', async () => {
    const windows = YAML.replaceAll('\n', '\r\n');

    expect(await run([], { 'pipeline.js': program(), '.gitlab-ci.yml': windows })).toMatchObject({ code: 0, stdout: '.gitlab-ci.yml: unchanged, 5 jobs\n' });
    expect(fileText('.gitlab-ci.yml')).toBe(windows);
  });

  test('runs the program in its own folder', async () => {
    expect(await run(['sub/pipeline.js'], { 'sub/pipeline.js': program() })).toMatchObject({ code: 0, stdout: 'sub/.gitlab-ci.yml: written, 5 jobs\n' });
  });

  test('writes each file of a program with several pipelines', async () => {
    const both = program() + program(YAML, { name: 'component.yml' });

    expect(await run(['--output', 'json'], { 'pipeline.js': both })).toMatchObject({ code: 0 });
    expect(fileNames()).toEqual(['.gitlab-ci.yml', 'component.yml', 'pipeline.js']);
  });

  test('writes one of several pipelines, into a folder that is made for it', async () => {
    const both = program() + program(YAML, { name: 'templates/deploy.yml' });

    expect(await run(['--file', 'templates/deploy.yml'], { 'pipeline.js': both })).toMatchObject({ code: 0, stdout: 'templates/deploy.yml: written, 5 jobs\n' });
    expect(fileNames()).toEqual(['pipeline.js', 'templates']);
    expect((await run(['--file', './.gitlab-ci.yml', '--graph', 'mermaid'])).code).toBe(0);
  });

  test('prints it in place of writing it', async () => {
    expect(await run(['--output', '-'])).toEqual({ code: 0, stdout: YAML, stderr: '' });
    expect(fileNames()).toEqual(['pipeline.js']);
  });

  test('what the program prints goes to standard error', async () => {
    const said = program(YAML, { more: 'console.log("one"); console.error("two");' });

    expect(await run(['--output', '-'], { 'pipeline.js': said })).toEqual({ code: 0, stdout: YAML, stderr: 'one\ntwo\n' });
  });

  test('accounts for itself in JSON', async () => {
    expect(JSON.parse((await run(['--output', 'json'])).stdout)).toEqual({ program: 'pipeline.js', files: [{ file: '.gitlab-ci.yml', outcome: 'written', jobs: 5 }] });
  });
});

describe('the program', () => {
  test.each([['pipeline.mjs', 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);\n'], ['pipeline.cjs', '']])(
    'may be %s', async (name, before) => {
      expect(await run([], { [name]: before + program() })).toMatchObject({ code: 0 });
    });

  test('of TypeScript is run by what the project has', async () => {
    // Stands for tsx: it runs what it is given.
    const files = {
      'node_modules/tsx/package.json': '{ "bin": "./cli.cjs" }',
      'node_modules/tsx/cli.cjs': 'require("node:vm").runInThisContext(`(require) => {${require("node:fs").readFileSync(process.argv[2])}}`)(require)',
      'sub/pipeline.ts': program(),
    };

    expect(await run(['sub/pipeline.ts'], files)).toMatchObject({ code: 0, stdout: 'sub/.gitlab-ci.yml: written, 5 jobs\n' });
  });

  test('may be a command of several words, which no shell reads', async () => {
    const words = [process.execPath, '-e', `${program()} console.log(process.argv[1])`, '$HOME;id'];

    expect(await run(['--run', '--', ...words], {})).toMatchObject({ code: 0, stdout: '.gitlab-ci.yml: written, 5 jobs\n', stderr: '$HOME;id\n' });
  });

  test('gets the variables of the command, but not the token for GitLab', async () => {
    const more = 'console.log(process.env.CI_PROJECT_ID, process.env.GITLAB_TOKEN, Object.keys(process.env).length)';
    const variables = { CI_PROJECT_ID: '42', GITLAB_TOKEN: 'glpat-secret' };

    expect(await run([], { 'pipeline.js': program(YAML, { more }) }, { variables })).toMatchObject({ code: 0, stderr: '42 undefined 2\n' });
  });

  test('has a file to hand over to that only its user may read, and that is gone afterwards', async () => {
    const more = 'const file = process.env.CDK8S_CI_DEPLOY_PIPELINE; console.log(require("node:fs").statSync(require("node:path").dirname(file)).mode.toString(8), file)';
    const { stderr } = await run([], { 'pipeline.js': program(YAML, { more }) });
    const [mode, file = ''] = stderr.trim().split(' ');

    expect([mode, fileText(file)]).toEqual(['40700', undefined]);
  });

  test('that is refused something ends the command with that sentence, and with no stack', async () => {
    const refused = 'class UserError extends Error { name = "UserError"; }\nthrow new UserError("target: it is x, expected y; do z");';

    expect(await run([], { 'pipeline.js': refused })).toEqual({ code: 2, stdout: '', stderr: 'cdk8s-ci-deploy: pipeline.js: target: it is x, expected y; do z\n' });
  });

  test('that is refused several things keeps its lines', async () => {
    const refused = 'class UserError extends Error { name = "UserError"; }\nthrow new UserError("two mistakes\\n- one\\n- \\u001b[31mtwo");';

    expect((await run([], { 'pipeline.js': refused })).stderr).toBe('cdk8s-ci-deploy: pipeline.js: two mistakes\n- one\n- \\u001b[31mtwo\n');
  });

  test('of another language is refused in the same sentence', async () => {
    const words = 'Traceback (most recent call last):\n  File "pipeline.py", line 3\njsii.errors.JavaScriptError:\n  @jsii/kernel.RuntimeError: UserError: a: b, expected c; d\n'
      + '      at Kernel._ensureSync (kernel.js:1:2)\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n'
      + 'RuntimeError: UserError: a: b, expected c; d\n';
    const { code, stderr } = await run([], { 'pipeline.js': `process.stderr.write(${JSON.stringify(words)}); process.exitCode = 1` });

    expect([code, stderr]).toEqual([2, 'cdk8s-ci-deploy: pipeline.js: a: b, expected c; d\n']);
  });

  test('that fails otherwise says so itself', async () => {
    const { code, stderr } = await run([], { 'pipeline.js': 'throw new Error("no such branch")' });

    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/Error: no such branch\n[^]*\ncdk8s-ci-deploy: pipeline\.js: it ended with status 1\n$/) });
  });

  test.each<[string, string[], Record<string, string>, RegExp]>([
    ['none', [], {}, /^cdk8s-ci-deploy: pipeline: no program is named, and none is here, expected pipeline\.ts, pipeline\.js, .*; name the program/],
    ['one that is not there', ['gone.ts'], {}, /gone\.ts: there is no such file/],
    ['one of another language', ['pipeline.rb'], { 'pipeline.rb': '' }, /pipeline\.rb: how it is run cannot be told by its name/],
    ['TypeScript without anything that runs it', [], { 'pipeline.ts': '' }, /pipeline\.ts: neither tsx nor ts-node is installed/],
    ['two', ['pipeline.js', 'other.js'], {}, /there are 2 arguments, expected one program; put --run before/],
    ['no words', ['--run'], {}, /--run: no words follow/],
    ['a command that is not there', ['--run', 'no-such-program'], {}, /there is no program no-such-program/],
    ['one that writes nothing', [], { 'pipeline.js': '' }, /pipeline\.js: it wrote no pipeline, expected a program that calls GitlabPipeline\.write\(\)/],
    ['one of another release', [], { 'pipeline.js': 'require("node:fs").writeFileSync(process.env.CDK8S_CI_DEPLOY_PIPELINE, "{}")' }, /pipeline\.js: it uses a release of/],
    ['one that writes a file twice', [], { 'pipeline.js': program() + program() }, /pipeline\.js: it writes two pipelines to .*\.gitlab-ci\.yml/],
    ['several for one output', ['--output', '-'], { 'pipeline.js': program() + program(YAML, { name: 'b.yml' }) }, /it writes 2 pipelines, expected one with --output -/],
    ['several for one picture', ['--graph', 'svg'], { 'pipeline.js': program() + program(YAML, { name: 'b.yml' }) }, /it writes 2 pipelines, expected one with --graph/],
    ['a file that it does not write', ['--file', 'other.yml'], { 'pipeline.js': program() }, /--file: pipeline\.js does not write "other\.yml", expected \.gitlab-ci\.yml; /],
    ['a picture of another form', ['--graph', 'png'], {}, /--graph: "png", expected mermaid, svg, html/],
    ['a project without --check', ['--project', '42'], {}, /--project: there is no --check/],
    ['a token among the arguments', ['--check', '--gitlab-token', 'glpat'], {}, /--gitlab-token: there is no such option on purpose/],
    ['a picture and a report', ['--graph', 'svg', '--check'], {}, /--graph: there is --check, too/],
    ['both the pipeline and the report asked for', ['--output', '-', '--check'], {}, /--output: it is "-", with --check/],
  ])('is refused: %s', async (_, argv, files, expected) => {
    expect(await run(argv, files)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(expected) });
    expect(fileNames()).toEqual(Object.keys(files));
  });
});

const NOT_LOOKED = 'note: the variables of the project were not looked at: there is no GITLAB_TOKEN\n';

describe('--check', () => {
  test('says that a file is current', async () => {
    expect(await run(['--check'], { 'pipeline.js': program(), '.gitlab-ci.yml': YAML })).toMatchObject({ code: 0, stdout: `.gitlab-ci.yml: it is what pipeline.js writes\n${NOT_LOOKED}` });
  });

  test('shows what makes it current, and changes nothing', async () => {
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
        '.gitlab-ci.yml: it is not what pipeline.js writes; run `npx cdk8s-ci-deploy pipeline` and commit it',
        NOT_LOOKED,
      ].join('\n'),
    });
    expect(fileText('.gitlab-ci.yml')).toBe(drifted);
  });

  test('takes a missing file for one that is not current', async () => {
    const { code, stdout } = await run(['--check']);

    expect([code, stdout.split('\n')[0], stdout]).toEqual([1, '--- /dev/null', expect.stringMatching(/\.gitlab-ci\.yml: it is missing; run/)]);
    expect(fileNames()).toEqual(['pipeline.js']);
  });

  test('accounts for itself in JSON', async () => {
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
  test('prints a picture and writes no file', async () => {
    expect(await run(['--graph', 'mermaid'])).toEqual({ code: 0, stdout: expect.stringMatching(/^flowchart LR\n/), stderr: '' });
    expect(fileNames()).toEqual(['pipeline.js']);
  });

  test('writes a picture into a file', async () => {
    expect(await run(['--graph', 'pipeline.svg'])).toEqual({ code: 0, stdout: '', stderr: 'pipeline.svg: written\n' });
    expect(fileText('pipeline.svg')).toMatch(/^<\?xml [^]*<svg [^]*<\/svg>\n$/);
    expect(fileNames()).toEqual(['pipeline.js', 'pipeline.svg']);
  });
});
