import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const MAIN = join(ROOT, 'lib', 'cli', 'main.js');
const TEMPLATE = 'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: IMAGE }] }\n';
const RENDER = ['render', 'pod.yml', '--image', 'web:1'];

let folder: string;

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error('the command is not built: run npm run compile');
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'command-'));
  writeFileSync(join(folder, 'pod.yml'), TEMPLATE);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(args: string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, input, encoding: 'utf8', env: {} });
  return { status, stdout, stderr };
}

function bash(script: string) {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, MAIN, process.execPath], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('it writes the result to standard output and messages to standard error', () => {
  expect(run(RENDER)).toEqual({ status: 0, stdout: TEMPLATE.replace('IMAGE', 'web:1'), stderr: 'web:1 (option --image) set in 1 container\n' });
});

test('it reads a manifest from standard input', () => {
  expect(run(['render', '-', '--image', 'web:1'], TEMPLATE).stdout).toBe(TEMPLATE.replace('IMAGE', 'web:1'));
});

test('it reports a user error in one line, exits with 2 and writes no file', () => {
  const { status, stdout, stderr } = run(['render', 'pod.yml', '--image', 'web:latest', '--file', 'out.yml']);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^cdk8s-ci-deploy: image: "web:latest" has the mutable tag "latest", expected .+\n$/);
  expect(readdirSync(folder)).toEqual(['pod.yml']);
});

test('it succeeds when the reader of a pipe closes it', () => {
  expect(bash('set -o pipefail; "$1" "$0" render pod.yml --image web:1 2>err | head -c 1')).toEqual({ status: 0, stdout: 'a', stderr: '' });
});

test('it reports a full disk and exits with 1', () => {
  const { status, stderr } = bash('"$1" "$0" render pod.yml --image web:1 >/dev/full');
  expect(status).toBe(1);
  expect(stderr).toBe('web:1 (option --image) set in 1 container\ncdk8s-ci-deploy: cannot write the result: ENOSPC: no space left on device, write\n');
});

test('it writes all of a large manifest to a slow reader', async () => {
  const large = `${TEMPLATE}${'---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: b }\n'.repeat(10_000)}`;
  writeFileSync(join(folder, 'pod.yml'), large);
  const child = spawn(process.execPath, [MAIN, ...RENDER], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) {
    chunks.push(chunk);
    await new Promise((resume) => setTimeout(resume, 2));
  }
  expect(Buffer.concat(chunks).toString()).toBe(large.replace('image: IMAGE', 'image: web:1'));
});

test('it renders a template into the same file', () => {
  expect(run([...RENDER, '--file', 'pod.yml']).stdout).toBe('');
  expect(readFileSync(join(folder, 'pod.yml'), 'utf8')).toBe(TEMPLATE.replace('IMAGE', 'web:1'));
});
