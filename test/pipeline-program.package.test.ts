import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpawnedCli } from './support/spawned-cli';

let folder: string;
const work = (name: string) => join(folder, 'work', name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipeline-program-'));
  mkdirSync(work(''), { recursive: true });
  symlinkSync(join(__dirname, '..', 'node_modules'), work('node_modules'));
  writeFileSync(work('targets.ts'), 'export const targets = [{ environment: "staging", namespace: "example" }];\n');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(app: string): void {
  writeFileSync(work('pipeline.ts'), [
    'import { DeployTarget, GitlabPipeline } from "cdk8s-ci-deploy";',
    'import { targets } from "./targets";',
    `new GitlabPipeline({ app: ${JSON.stringify(app)}, targets: targets.map((target) => DeployTarget.of(target)) }).write();`,
    '',
  ].join('\n'));
}

const run = async (...argv: string[]) => SpawnedCli.run(['pipeline', ...argv], { folder });

test('a program in TypeScript writes, checks and draws its pipeline', async () => {
  program('web');

  expect(await run()).toEqual({ code: 0, stdout: expect.stringMatching(/^\.gitlab-ci\.yml: written, \d+ jobs\n$/), stderr: '' });
  expect(await run('--check')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\.gitlab-ci\.yml: up to date with pipeline\.ts\n/) });
  expect(await run('--graph')).toMatchObject({ code: 0, stdout: expect.stringContaining('namespace example') });
  writeFileSync(work('.gitlab-ci.yml'), readFileSync(work('.gitlab-ci.yml'), 'utf8').replace('--app web', '--app other'));
  expect(await run('--check')).toMatchObject({ code: 1, stdout: expect.stringMatching(/^-.*--app other.*\n\+.*--app web/m) });
});

test('a program with an invalid value prints only the error', async () => {
  program('Web');

  expect(await run()).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/^cdk8s-ci-deploy: pipeline\.ts: [^\n]*"Web"[^\n]*\n$/) });
});
