import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CredentialRotation } from '../src';
import { needDebianPackages } from './cluster/debian';
import { FETCH_TIMEOUT } from './support/kubectl';
import { nodeFolder, NODE_VERSIONS, NodeVersion } from './support/node-versions';
import { fileOf, GitlabJob, PRODUCTION, REVIEW } from './support/pipelines';
import { JobMachine, SHELL_PACKAGES } from './support/shells';

const ROOT = join(__dirname, '..');
const MAIN = join('lib', 'cli', 'main.js');
const VERSION: string = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
const DEPLOYMENT = 'kind: Deployment\napiVersion: apps/v1\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, image: IMAGE }] } } }\n';

/** Each appends a line to the file `$MARKS` when it is loaded. */
const EVIL_CJS = 'require("node:fs").appendFileSync(process.env.MARKS, `${__filename}\\n`);\n';
const EVIL_MJS = 'import { appendFileSync } from "node:fs";\nappendFileSync(process.env.MARKS, `${import.meta.url}\\n`);\n';

/** Writes the names of loaded files to the file `$LOADED`. */
const TRACER = 'process.on("exit", () => require("node:fs").writeFileSync(process.env.LOADED, Object.keys(require.cache).join("\\n")));\n';

const MODULE = JSON.stringify({
  name: 'cdk8s-ci-deploy',
  version: '6.6.6',
  type: 'module',
  main: './evil.cjs',
  exports: { '.': './evil.mjs', './*': './evil.mjs' },
  imports: { '#*': './evil.mjs' },
  config: { 'node-options': '--require ./evil.cjs' },
});

const PACKAGE_FILES: Array<[string, string]> = [
  ['makes all files modules', MODULE],
  ['cannot be read', '{ "type": "module"'],
];

/** Files that change the behaviour of Node, npm or a program in the same folder. */
function foreignFiles(packageJson: string): Record<string, string> {
  const packages = ['yaml', 'fs', 'https', 'node:fs', 'cdk8s-ci-deploy'].flatMap((name) => [
    [`node_modules/${name}/package.json`, MODULE], [`node_modules/${name}/evil.cjs`, EVIL_CJS], [`node_modules/${name}/evil.mjs`, EVIL_MJS],
  ]);
  return {
    'package.json': packageJson,
    'evil.cjs': EVIL_CJS,
    'evil.mjs': EVIL_MJS,
    'index.js': EVIL_MJS,
    '.npmrc': 'node-options=--require ./evil.cjs\n',
    '.env': 'NODE_OPTIONS="--require ./evil.cjs"\n',
    'node.config.json': '{ "nodeOptions": { "import": ["./evil.mjs"] } }\n',
    ...Object.fromEntries(packages),
  };
}

function write(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

beforeAll(() => {
  if (!existsSync(join(ROOT, MAIN))) throw new Error('the command is not built: run npm run compile');
  needDebianPackages(SHELL_PACKAGES);
  NODE_VERSIONS.forEach(nodeFolder);
}, FETCH_TIMEOUT);

describe.each(NODE_VERSIONS)('on Node %s', (version: NodeVersion) => {
  let machine: JobMachine;

  beforeEach(() => {
    machine = new JobMachine('dash');
    machine.program('node', `exec ${join(nodeFolder(version), 'node')} "$@"`);
  });

  afterEach(() => machine.end());

  const jobs = fileOf({ targets: [PRODUCTION, REVIEW], rotation: CredentialRotation.scheduled() });
  const command = (words: string): GitlabJob => ({ script: [`node "dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.cjs" ${words}`] });
  const commandFile = () => join(machine.checkout, 'dist', '77', 'cdk8s-ci-deploy.cjs');

  /** Writes foreign files to the working copy and the artifact, and copies the real command to the artifact with the last line of the job `synth`. */
  function copyCommand(packageJson: string): void {
    write(machine.checkout, { ...foreignFiles(packageJson), 'deployment.yml': DEPLOYMENT });
    write(dirname(commandFile()), { ...foreignFiles(packageJson), 'production/web.yaml': DEPLOYMENT, 'review/web.yaml': DEPLOYMENT });
    const installed = join(machine.checkout, 'node_modules', 'cdk8s-ci-deploy', MAIN);
    mkdirSync(dirname(installed), { recursive: true });
    copyFileSync(join(ROOT, MAIN), installed);
    expect(machine.run({ script: [jobs.synth.script.at(-1)] })).toMatchObject({ status: 0, stderr: '' });
  }

  function run(job: GitlabJob, variables: Record<string, string> = {}) {
    const { status, stdout, stderr } = machine.run(job, { MARKS: join(machine.folder, 'marks'), ...variables });
    return { status, stdout, stderr };
  }

  const marks = () => (existsSync(join(machine.folder, 'marks')) ? readFileSync(join(machine.folder, 'marks'), 'utf8') : '');

  describe.each(PACKAGE_FILES)('beside a package.json that %s', (_, packageJson) => {
    beforeEach(() => copyCommand(packageJson));

    afterEach(() => expect(marks()).toBe(''));

    test('the command prints its own version', () => {
      expect(run(command('--version'))).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
    });

    test('the command reads YAML with its own parser', () => {
      const image = 'registry.example.com/web:1';
      expect(run(command(`render deployment.yml --image ${image}`))).toMatchObject({ status: 0, stdout: DEPLOYMENT.replace('IMAGE', image) });
    });

    test.each([
      ['deploy-production', {}],
      ['deploy-review', { CI_MERGE_REQUEST_IID: '3' }],
      ['stop-review', { CI_MERGE_REQUEST_IID: '3' }],
      ['rotate-production', {}],
    ])('the job %s runs the command, which reports a missing credential', (name, variables) => {
      const { status, stderr } = run(jobs[name], { CI_PROJECT_ID: '7', CI_ENVIRONMENT_NAME: 'production', ...variables });
      expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/KUBECONFIG/) });
    });
  });

  test('the command loads no other file', () => {
    copyCommand(MODULE);
    const [tracer, LOADED] = [join(machine.folder, 'tracer.cjs'), join(machine.folder, 'loaded')];
    writeFileSync(tracer, TRACER);
    expect(run(command('render deployment.yml --image web:1'), { NODE_OPTIONS: `--require ${tracer}`, LOADED })).toMatchObject({ status: 0 });
    expect(readFileSync(LOADED, 'utf8').split('\n')).toEqual([tracer, commandFile()]);
  });

  test('the foreign files change a program that imports a package, and a command with the extension .js', () => {
    copyCommand(MODULE);
    copyFileSync(commandFile(), join(machine.checkout, 'command.js'));
    expect(run({ script: ['node command.js --version'] })).toMatchObject({ status: 1, stderr: expect.stringContaining('require is not defined') });
    expect(run({ script: ['node -e \'import("yaml")\''] })).toMatchObject({ status: 0 });
    expect(marks()).toMatch(/node_modules\/yaml\/evil\.mjs\n$/);
  });
});
