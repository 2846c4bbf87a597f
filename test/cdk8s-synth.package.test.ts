import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

let folder: string;
beforeAll(() => {
  if (!existsSync(join(ROOT, 'lib', 'index.js'))) throw new Error('the library is not built: run npm run compile');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'synth-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function cdk8sSynth(image: string, kind: string) {
  writeFileSync(join(folder, 'main.js'), `
    const { ApiObject, App } = require('cdk8s');
    const { CiDeployment, CiImage, NamespacedChart } = require('cdk8s-ci-deploy');
    const app = new App();
    const chart = new NamespacedChart(app, 'web', { namespace: 'example' });
    new CiDeployment(chart, 'web', { image: CiImage.fromEnvironment('SITE') });
    new ApiObject(chart, 'object', { apiVersion: 'v1', kind: '${kind}', metadata: { name: 'some' } });
    app.synth();`);
  const env = { PATH: process.env.PATH, HOME: folder, SITE: image };
  return spawnSync(join(ROOT, 'node_modules', '.bin', 'cdk8s'), ['synth', '--no-check-upgrade', '--app', 'node main.js', '--output', 'dist'], { cwd: folder, env, encoding: 'utf8' });
}

const written = () => (existsSync(join(folder, 'dist')) ? readdirSync(join(folder, 'dist')) : []);

test('cdk8s synth writes a chart that one deployer can apply', () => {
  const { status, stderr } = cdk8sSynth('site:1', 'ConfigMap');
  expect([status, stderr]).toEqual([0, '']);
  expect(written()).toEqual(['web.k8s.yaml']);
});

test.each([
  ['site:latest', 'ConfigMap', '[web/web] variable SITE: "site:latest" has the mutable tag "latest"'],
  ['site:1', 'Namespace', '[web] web/object: Namespace is cluster-scoped'],
])('cdk8s synth fails for image %s and kind %s, and writes nothing', (image, kind, message) => {
  const { status, stdout, stderr } = cdk8sSynth(image, kind);
  expect(status).toBe(1);
  expect(stdout + stderr).toContain(message);
  expect(written()).toEqual([]);
});
