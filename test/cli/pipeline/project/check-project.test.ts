import { PROGRAM_OUTPUT_FORMAT } from '../../../../src/pipeline/model/program-output';
import { Gitlab } from '../../../gitlab/gitlab-server';
import { CliResult, runCli } from '../../../support/cli';
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
  return runCli(['pipeline', '--check', ...argv], {
    files: { 'pipeline.js': PROGRAM, '.gitlab-ci.yml': yaml },
    variables: { GITLAB_TOKEN: token, CI_SERVER_URL: gitlab.url, CI_PROJECT_ID: '42' },
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
    code: 0, stdout: `${CURRENT}note: the variables of the project are not checked: GITLAB_TOKEN is not set\n`, stderr: '',
  });
  expect(gitlab.requests).toEqual([]);
  expect(await check(['--project', '42'], { token: '' })).toMatchObject({ code: 2, stderr: expect.stringMatching(/^cdk8s-ci-deploy: GITLAB_TOKEN: it is empty/) });
});
