import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needDebianPackages } from '../cluster/debian';
import { everyPipeline } from '../support/pipeline-choices';
import { fileOf, jobNames, scriptsOf } from '../support/pipelines';
import { SHELLCHECK, SHELL_PACKAGES } from '../support/shells';

jest.mock('../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

let folder: string;
let files: string[];

beforeAll(() => {
  needDebianPackages({ ...SHELL_PACKAGES, ...SHELLCHECK });
  folder = mkdtempSync(join(tmpdir(), 'scripts-'));
  files = [...everyScript()].map((script, index) => {
    const file = join(folder, `${index}.sh`);
    writeFileSync(file, `#!/bin/sh\n${script}`);
    return file;
  });
});

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true });
});

describe('the scripts of all combinations of choices', () => {
  test('are more than 80', () => {
    expect(files.length).toBeGreaterThan(80);
  });

  test('pass shellcheck as POSIX sh', () => {
    const { status, stdout, stderr } = spawnSync('shellcheck', ['--shell=sh', '--severity=style', '--format=gcc', ...files], { encoding: 'utf8' });

    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test.each([['dash', '/usr/bin/dash', []], ['busybox', '/bin/busybox', ['sh']]] as const)('are valid for %s', (_, shell, args) => {
    for (const file of files) execFileSync(shell, [...args, '-n', file], { stdio: 'pipe' });
  });
});

function everyScript(): Set<string> {
  const scripts = new Set<string>();
  for (const [, props] of everyPipeline()) {
    const file = fileOf(props);
    for (const { script, afterScript } of jobNames(file).map((name) => scriptsOf(file[name]))) scripts.add(script).add(afterScript);
  }
  return scripts;
}
