import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gitlabJob } from '../examples/gitlab-job';

const ROOT = join(__dirname, '..');
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const EXAMPLE = join(ROOT, 'examples', 'hugo-site');
const INSTALLING = 300_000;

const ALLOWED = [
  /^lib\/(?!cli\/)(?:[-\w]+\/)*[-\w]+\.(?:js|d\.ts)$/,
  /^lib\/cli\/main\.js$/,
  /^(?:\.jsii|\.jsii\.tabl\.json|API\.md|LICENSE|README\.md|package\.json)$/,
  /^node_modules\/yaml\//,
];

const PROGRAM = `
const { App } = require('cdk8s');
const { CiDeployment, NamespaceDeployer, NamespacedChart } = require('cdk8s-ci-deploy');
const app = new App();
new NamespaceDeployer(new NamespacedChart(app, 'access', { namespace: 'example' }), 'deployer', { namespace: 'example' });
new CiDeployment(new NamespacedChart(app, 'web', { namespace: 'example' }), 'web', { port: 8080, servicePort: 80 });
console.log(app.synthYaml());
`;

interface PackedFile {
  readonly path: string;
  readonly mode: number;
}

let folder: string;
let consumer: string;
let files: PackedFile[];

beforeAll(() => {
  if (!existsSync(join(ROOT, '.jsii')) || !existsSync(join(ROOT, 'lib', 'cli', 'main.js'))) {
    throw new Error('the library is not built: run npm run compile');
  }
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'package-test-')));
  consumer = join(folder, 'site');
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{ "name": "site", "private": true }\n');
  files = packAndInstall();
}, INSTALLING);

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('the tarball holds the compiled library and nothing else', () => {
  expect(files.map(({ path }) => path).filter((path) => !ALLOWED.some((pattern) => pattern.test(path)))).toEqual([]);
  expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining([
    '.jsii', 'LICENSE', 'README.md', 'lib/cli/main.js', 'lib/index.d.ts', 'lib/index.js', 'node_modules/yaml/package.json', 'package.json',
  ]));
});

test('the command is packed executable, as the Python console script needs it', () => {
  const modes = files.filter(({ path }) => path === 'lib/cli/main.js').map(({ mode }) => mode.toString(8));

  expect(modes).toEqual(['755']);
});

test('the installed library is a copy and no link to its source', () => {
  const installed = join(consumer, 'node_modules', 'cdk8s-ci-deploy');

  expect(realpathSync(installed)).toBe(installed);
});

test('a program synthesizes with the installed packages', () => {
  writeFileSync(join(consumer, 'program.cjs'), PROGRAM);

  const yaml = run('node', ['program.cjs'], gitlabJob);

  expect(yaml.match(/^kind: \w+$/gm)?.sort()).toEqual(['kind: Deployment', 'kind: RoleBinding', 'kind: Service', 'kind: ServiceAccount']);
  expect(yaml).toContain(`image: ${gitlabJob.IMAGE}\n`);
});

test('the command prints its version', () => {
  expect(run('npx', ['--no', '--', 'cdk8s-ci-deploy', '--version'])).toBe(`${PACKAGE.version}\n`);
});

test('the command renders a deployment.yml with the image that CI built', () => {
  const template = 'kind: Deployment # kept\napiVersion: apps/v1\nspec: { template: { spec: { containers: [{ name: web, image: IMAGE }] } } }\n';
  writeFileSync(join(consumer, 'plain.yml'), template);

  expect(run('npx', ['--no', '--', 'cdk8s-ci-deploy', 'render', 'plain.yml'], gitlabJob)).toBe(template.replace('IMAGE', gitlabJob.IMAGE));
});

describe('the example', () => {
  beforeEach(() => rmSync(join(consumer, 'dist'), { recursive: true, force: true }));

  beforeAll(() => {
    if (!existsSync(join(EXAMPLE, 'main.ts'))) throw new Error('examples/hugo-site has no main.ts');
    const isSource = (source: string) => !/[\\/](?:dist|public|node_modules)$/.test(source);
    cpSync(EXAMPLE, consumer, { recursive: true, filter: isSource });
  });

  test.each(['main.ts', 'template.ts'])('synthesizes the workload of every target by %s with the variables of a GitLab job', (program) => {
    run('npx', ['--no', '--', 'tsx', program], gitlabJob);

    const images = manifestsIn('dist').flatMap((manifest) => manifest.match(/image: .*$/gm) ?? []);
    expect(images).toEqual([`image: ${gitlabJob.IMAGE}`, `image: ${gitlabJob.IMAGE}`]);
  });

  test('synthesizes the access of every target on a workstation, without an image', () => {
    run('npx', ['--no', '--', 'tsx', 'access.ts']);

    expect(manifestsIn('dist').join('\n')).toMatch(/^kind: RoleBinding$/m);
  });

  test('fails without an image in CI and leaves no manifest', () => {
    const { IMAGE: _, ...withoutImage } = gitlabJob;

    expect(() => run('npx', ['--no', '--', 'tsx', 'main.ts'], withoutImage)).toThrow(/variable IMAGE: it is not set/);
    expect(manifestsIn('dist')).toEqual([]);
  });
});

function packAndInstall(): PackedFile[] {
  const pack = ['pack', '--ignore-scripts', '--json', '--silent', '--pack-destination', folder];
  const [packed] = JSON.parse(execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' }));
  const others = ['cdk8s', 'cdk8s-plus-28', 'constructs', 'tsx'].map((name) => `${name}@${PACKAGE.devDependencies[name]}`);
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  execFileSync('npm', ['install', ...quietly, join(folder, packed.filename), ...others], { cwd: consumer, stdio: ['ignore', 'ignore', 'pipe'] });
  return packed.files;
}

// Only the job's variables, and those that programs need to start. The CI variables of this run and the programs of the checkout are left out.
function run(command: string, args: string[], variables: Record<string, string> = {}): string {
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.startsWith(ROOT)).join(delimiter);
  const env = { PATH: path, HOME: process.env.HOME, NO_UPDATE_NOTIFIER: '1', ...variables };
  return execFileSync(command, args, { cwd: consumer, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function manifestsIn(name: string): string[] {
  const dist = join(consumer, name);
  if (!existsSync(dist)) return [];
  const paths = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) => /\.ya?ml$/.test(path));
  return paths.map((path) => readFileSync(join(dist, path), 'utf8'));
}
