import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { PackedLibrary } from './gitlab-ci/packed-library';
import { gitlabJob } from '../examples/gitlab-job';
import { SCRIPTS } from '../src/cli/init/new-files';

const ROOT = join(__dirname, '..');
const INSTALLING = 300_000;

const OIDC = ['--credential', 'oidc', '--gitlab-url', 'https://gitlab.example.com', '--project-id', '42', '--server', 'https://api.example.com:6443'];
const AGENT = ['--credential', 'agent', '--agent', 'infra/agents:production', '--agent-service-account', 'gitlab-agent/production'];
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: IMAGE}
`;

/** A project whose package.json has what init advises. */
const MODULES = JSON.stringify({ name: 'web', private: true, type: 'module', scripts: SCRIPTS });
const NODENEXT = JSON.stringify({ compilerOptions: { target: 'ES2022', module: 'nodenext', strict: true, skipLibCheck: true, noEmit: true, types: ['node'] }, include: ['*.ts'] });

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'init-test-')));
  const library = PackedLibrary.pack(folder);
  const first = join(folder, 'first');
  execFileSync('node', [join(ROOT, 'lib', 'cli', 'main.js'), 'init', first, '--app', 'web'], { stdio: ['ignore', 'ignore', 'pipe'] });
  writeFileSync(join(first, 'package-lock.json'), library.lock(readFileSync(join(first, 'package.json'), 'utf8')));
  execFileSync('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: first, stdio: ['ignore', 'ignore', 'pipe'] });
}, INSTALLING);

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Each has what a fresh project installs. */
function project(name: string, files: Record<string, string>): string {
  const site = join(folder, name);
  mkdirSync(site);
  symlinkSync(join(folder, 'first', 'node_modules'), join(site, 'node_modules'));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(site, file), text);
  return site;
}

/** Neither this run's own CI variables nor the checkout's programs. */
function run(cwd: string, [command = '', ...args]: string[], variables: Record<string, string> = {}): string {
  const path = [join(cwd, 'node_modules', '.bin'), ...(process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.startsWith(ROOT))].join(delimiter);
  return execFileSync(command, args, { cwd, env: { PATH: path, HOME: process.env.HOME, ...variables }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const manifestsOf = (site: string) => readdirSync(join(site, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml')).sort();

test.each<[string, string[], Record<string, string>, string]>([
  ['what goes without saying', [], {}, gitlabJob.IMAGE],
  ['a Hugo site with docker and an agent', ['--builder', 'docker', ...AGENT], { 'hugo.toml': 'title = "Site"\n' }, gitlabJob.IMAGE],
  ['an image from elsewhere and an id_token', ['--builder', 'prebuilt', '--image', 'registry.example.net/shared/web:1.4', ...OIDC], {}, 'registry.example.net/shared/web:1.4'],
  ['modules with stricter imports', [], { 'package.json': MODULES, 'tsconfig.json': NODENEXT }, gitlabJob.IMAGE],
  ['a deployment.yml beside a pipeline', [], { 'deployment.yml': DEPLOYMENT, '.gitlab-ci.yml': 'test:\n  script: make test\n' }, gitlabJob.IMAGE],
])('a project of %s compiles, synthesizes and passes `pipeline --check`', (name, options, files, IMAGE) => {
  const site = project(name.replace(/\W+/g, '-'), files);
  run(site, ['cdk8s-ci-deploy', 'init', '.', '--app', 'web', ...options]);

  run(site, ['tsc', '--noEmit']);
  run(site, ['npm', 'run', 'access']);
  run(site, ['npm', 'run', 'synth'], { ...gitlabJob, IMAGE });
  expect(manifestsOf(site)).toEqual(['access-production.yaml', 'access-staging.yaml', 'production/web.k8s.yaml', 'staging/web.k8s.yaml']);
  expect(readFileSync(join(site, 'dist', 'production', 'web.k8s.yaml'), 'utf8')).toContain(`image: ${IMAGE}\n`);
  expect(JSON.parse(run(site, ['cdk8s-ci-deploy', 'pipeline', '--check', '--output', 'json'])).files).toEqual([expect.objectContaining({ is: 'current' })]);
});
