import { PROGRAM_OUTPUT_FORMAT } from '../../../../src/pipeline/model/program-output';
import { Gitlab } from '../../../gitlab/gitlab-server';
import { CliOptions, CliResult, fileText, runCli } from '../../../support/cli';
import { FakeClock } from '../../../support/fake-clock';
import { pipelineModel, PRODUCTION } from '../models';

const TOKEN = 'glpat-hunter2-secret';
const YAML = 'deploy: { script: ["true"] }\n';
const CURRENT = '.gitlab-ci.yml: up to date with pipeline.js\n';

const HANDED_OVER = { format: PROGRAM_OUTPUT_FORMAT, yaml: YAML, model: pipelineModel([PRODUCTION]) };
const PROGRAM = `require('node:fs').writeFileSync(process.env.CDK8S_CI_DEPLOY_PIPELINE,
  JSON.stringify({ ...${JSON.stringify(HANDED_OVER)}, path: require('node:path').resolve('.gitlab-ci.yml') }))`;

let gitlab: Gitlab;

beforeEach(async () => {
  gitlab = await Gitlab.start();
  gitlab.addProject(42, 'example-group/site', gitlab.addGroup(7, 'example-group'));
  gitlab.addToken(TOKEN, { 'example-group/site': 'maintainer', 'example-group': 'owner' }, { scopes: ['read_api'] });
});

afterEach(() => gitlab.stop());

async function check(argv: string[] = [], { token = TOKEN, yaml = YAML }: { token?: string; yaml?: string } = {}): Promise<CliResult> {
  return runCli(['pipeline', '--check', ...argv, ...token === '' ? [] : ['--gitlab-token-file', 'token']], {
    files: { 'pipeline.js': PROGRAM, '.gitlab-ci.yml': yaml, token },
    variables: { CI_SERVER_URL: gitlab.url, CI_PROJECT_ID: '42' },
    clock: new FakeClock(),
  });
}

/** Sets a variable in GitLab. */
async function set(owner: string, key: string, environmentScope: string, more: object = {}): Promise<void> {
  const body = { key, value: 'a-value-to-hide', masked: true, protected: true, environment_scope: environmentScope, ...more };
  gitlab.addToken('administrator', { 'example-group': 'owner' });
  const headers = { 'private-token': 'administrator', 'content-type': 'application/json' };
  const { status } = await fetch(`${gitlab.url}/api/v4/${owner}/variables`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(status).toBe(201);
}

async function setCredential(): Promise<void> {
  for (const key of ['KUBECONFIG', 'KUBECONFIG_TOKEN']) await set('projects/42', key, 'production');
}

test('it succeeds for a project whose variables match', async () => {
  await setCredential();

  expect(await check()).toEqual({
    code: 0,
    stdout: `${CURRENT}note: only an administrator of GitLab can check the variables of the whole instance\n`
      + 'project example-group/site: its variables match the pipeline\n',
    stderr: '',
  });
});

test('it fails for variables of the project and of its group that do not match', async () => {
  await setCredential();
  await set('projects/42', 'IMAGE', '*', { masked: false });
  await set('groups/7', 'IMAGE_PIPELINE_ID', '*', { masked: false });
  const { code, stdout } = await check();

  expect(code).toBe(1);
  expect(stdout.split('\n')).toEqual([
    CURRENT.trimEnd(),
    'failure: variable IMAGE of project "example-group/site" for every environment: it overrides the dotenv variable of "container" in "synth", expected no such variable; '
    + 'remove it, or set another variable name in the pipeline',
    'failure: variable IMAGE_PIPELINE_ID of group "example-group" for every environment: it overrides the dotenv variable of "container" in "synth", '
    + 'expected no such variable; remove it, or set another variable name in the pipeline',
    expect.stringMatching(/^note: only an administrator of GitLab/),
    'project example-group/site: its variables do not match the pipeline (2 failures)',
    '',
  ]);
  expect(stdout).not.toContain('a-value-to-hide');
});

test('it succeeds with a warning alone', async () => {
  await setCredential();
  await set('projects/42', 'KUBECONFIG', 'elsewhere');

  expect(await check()).toMatchObject({ code: 0, stdout: expect.stringMatching(/\nwarning: variable KUBECONFIG of .* "elsewhere": its scope matches no environment of the pipeline/) });
});

test('it fails for an outdated file although the variables match', async () => {
  await setCredential();

  expect(await check([], { yaml: 'old: {}\n' })).toMatchObject({ code: 1, stdout: expect.stringMatching(/run `npx[^]*its variables match the pipeline\n$/) });
});

test('it names groups that the token may not read, and only warns about missing credentials', async () => {
  gitlab.addToken('maintainer', { 'example-group/site': 'maintainer', 'example-group': 'guest' });

  expect(await check([], { token: 'maintainer' })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/\nwarning: variable KUBECONFIG .*the token may not read the variables of every group[^]*\nnote: cannot read the variables of group "example-group": [^]*\(1 warning\)/),
  });
});

test('it reports the project in JSON', async () => {
  const { code, stdout } = await check(['--output', 'json']);

  expect([code, JSON.parse(stdout).project]).toEqual([1, {
    project: 'example-group/site',
    findings: [{
      severity: 'failure',
      at: 'variable KUBECONFIG for environment "production"',
      found: 'it is missing',
      expected: 'a credential',
      fix: 'run cdk8s-ci-deploy grant with --environment "production"',
    }],
    notes: [expect.any(String)],
  }]);
});

test('it only reads, and sends no token elsewhere', async () => {
  await setCredential();
  gitlab.requests.length = 0;
  await check();

  expect(gitlab.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`)).toEqual([
    'GET /api/v4/projects/42', 'GET /api/v4/projects/42/variables', 'GET /api/v4/groups/7', 'GET /api/v4/groups/7/variables',
  ]);
});

test.each<[number, string, string, RegExp]>([
  [3, 'a token that is not known', 'unknown', /^cdk8s-ci-deploy: look for project 42: GitLab says 401/],
  [3, 'a token that may not read variables', 'developer', /^cdk8s-ci-deploy: read the variables of project 42: GitLab says 403: .*Maintainer/],
])('it exits with %d for %s, after the report on the file', async (expected, _, token, words) => {
  gitlab.addToken('developer', { 'example-group/site': 'developer' });

  expect(await check([], { token })).toEqual({ code: expected, stdout: CURRENT, stderr: expect.stringMatching(words) });
});

test('it exits with 4 when GitLab does not answer, after the report on the file', async () => {
  gitlab.fail({ method: 'GET', times: Infinity }, { status: 503 });

  expect(await check()).toEqual({ code: 4, stdout: CURRENT, stderr: expect.stringMatching(/^cdk8s-ci-deploy: look for project 42: .*503/m) });
});

test('it sends no request without a token, unless an option names the project', async () => {
  expect(await check([], { token: '' })).toEqual({
    code: 0, stdout: `${CURRENT}note: the variables of the project are not checked; see --from in the help\n`, stderr: '',
  });
  expect(gitlab.requests).toEqual([]);
  expect(await check(['--project', '42'], { token: '' })).toMatchObject({ code: 2, stderr: expect.stringMatching(/^cdk8s-ci-deploy: GITLAB_TOKEN: it is not set/) });
});

describe('a run that starts no program', () => {
  const VARIABLES = { GITLAB_TOKEN: TOKEN, CI_SERVER_URL: 'https://gitlab.example.com', CI_PROJECT_ID: '42' };
  const FILES = { 'pipeline.js': PROGRAM, '.gitlab-ci.yml': YAML };
  const run = async (argv: string[], options: CliOptions = {}) => runCli(['pipeline', '--check', ...argv], { clock: new FakeClock(), ...options });

  test('checks the project with the pipelines that a run without a token has saved', async () => {
    await setCredential();
    expect(await run(['--save', 'saved.json'], { files: FILES })).toMatchObject({ code: 0, stdout: expect.stringContaining(CURRENT) });
    expect(fileText('saved.json')).toMatch(/^\{"format":1,"pipelines":\[\{"app":"web"/);

    const variables = { ...VARIABLES, CI_SERVER_URL: gitlab.url };
    expect(await run(['--from', 'saved.json'], { variables, files: { 'pipeline.js': 'process.exit(7)' } })).toMatchObject({
      code: 0, stdout: expect.stringMatching(/project example-group\/site: its variables match the pipeline\n$/), stderr: '',
    });
  });

  test('is the only one that may have the token in the environment: a program reads it in /proc', async () => {
    const spy = 'require("node:fs").writeFileSync("stolen", require("node:fs").readFileSync(`/proc/${process.ppid}/environ`));';
    const { code, stdout, stderr } = await run([], { variables: VARIABLES, files: { ...FILES, 'pipeline.js': `${spy}${PROGRAM}` } });

    expect([code, stdout, fileText('stolen')]).toEqual([2, '', undefined]);
    expect(stderr).toMatch(/^cdk8s-ci-deploy: GITLAB_TOKEN: it is set, and the program could read it .*`pipeline --check --from FILE` with it\n$/);
  });

  test.each<[string, string[], RegExp]>([
    ['needs a token', ['--from', 'saved.json'], /GITLAB_TOKEN: it is not set/],
    ['saves nothing', ['--from', 'saved.json', '--save', 'x'], /--from: it cannot be combined with --save/],
    ['has no program', ['pipeline.js', '--from', 'saved.json'], /--from: there is a program, too/],
    ['reads only a file of --save', ['--from', 'other.json'], /other\.json: it holds no pipelines of this release/],
    ['accepts no job without its lists', ['--from', 'bad.json'], /bad\.json: it holds no pipelines of this release/],
  ])('%s', async (_, argv, words) => {
    const saved = { format: 1, pipelines: [pipelineModel([PRODUCTION])] };
    const bad = { format: 1, pipelines: [{ ...pipelineModel([PRODUCTION]), jobs: [{ name: 'a', stage: 'b' }] }] };
    const files = { 'saved.json': JSON.stringify(saved), 'other.json': '{"format":2}', 'bad.json': JSON.stringify(bad) };

    expect(await run(argv, { files, variables: { CI_PROJECT_ID: '42', CI_SERVER_URL: gitlab.url } })).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(words) });
    expect(gitlab.requests).toEqual([]);
  });
});

describe('an address of GitLab that only the git remote names', () => {
  const saved = JSON.stringify({ format: 1, pipelines: [pipelineModel([PRODUCTION])] });
  const run = async (argv: string[], options: CliOptions = {}) => runCli(['pipeline', '--check', '--from', 'saved.json', ...argv], {
    clock: new FakeClock(),
    variables: { GITLAB_TOKEN: TOKEN, ...options.variables },
    files: { 'saved.json': saved, '.git/config': `[remote "origin"]\n\turl = ${gitlab.url}/example-group/site.git\n` },
    stdinIsTerminal: options.stdin !== undefined,
    stdin: options.stdin,
  });

  test.each(['y\n', 'yes\n'])('gets the token after the answer %j', async (stdin) => {
    await setCredential();
    gitlab.requests.length = 0;

    expect(await run([], { stdin })).toMatchObject({ code: 0, stderr: `Send the GitLab token to ${gitlab.url} (from the git remote "origin")? [y/N] ` });
    expect(gitlab.requests.length).toBeGreaterThan(0);
  });

  test.each([['no', 'n\n'], ['nothing', '\n'], ['the end of the input', '']])('gets no token after %s', async (_, stdin) => {
    expect(await run([], { stdin })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('not confirmed') });
    expect(gitlab.requests).toEqual([]);
  });

  test('gets no token without a terminal', async () => {
    const { code, stderr } = await run([]);

    expect([code, stderr]).toEqual([2, `cdk8s-ci-deploy: --gitlab-url: it is missing, and only the git remote "origin" names ${gitlab.url}, `
      + `expected the address that the token may be sent to; add --gitlab-url ${gitlab.url}, or set CI_SERVER_URL\n`]);
    expect(gitlab.requests).toEqual([]);
  });

  test('gets it when the option or the variable names it, too', async () => {
    await setCredential();

    expect((await run(['--gitlab-url', gitlab.url])).stderr).toBe('');
    expect((await run([], { variables: { CI_SERVER_URL: gitlab.url } })).stderr).toBe('');
  });
});
