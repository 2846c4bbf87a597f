import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Generates all committed generated files again, compares them with the files of the checkout, and restores those.
 * So the check does not change the checkout, even with uncommitted changes.
 */
const ROOT = join(__dirname, '..', '..');
const { files: projens } = JSON.parse(readFileSync(join(ROOT, '.projen', 'files.json'), 'utf8')) as { files: string[] };
const GENERATED = [...projens, 'API.md', 'docs/architecture.md', 'examples/hugo-site/.gitlab-ci.yml'];

interface Kept {
  readonly name: string;
  readonly bytes: Buffer | undefined;
  readonly mode: number;
}

function keep(name: string): Kept {
  const file = join(ROOT, name);
  return existsSync(file) ? { name, bytes: readFileSync(file), mode: statSync(file).mode } : { name, bytes: undefined, mode: 0 };
}

function differs({ name, bytes }: Kept): boolean {
  const now = keep(name).bytes;
  return now === undefined || bytes === undefined ? now !== bytes : !now.equals(bytes);
}

function putBack({ name, bytes, mode }: Kept): void {
  const file = join(ROOT, name);
  // The files that projen generates are read-only.
  rmSync(file, { force: true });
  if (bytes === undefined) return;
  writeFileSync(file, bytes);
  chmodSync(file, mode);
}

function outdated(): string[] {
  const before = GENERATED.map(keep);
  // Without this variable, projen would install changed dependencies.
  const { status } = spawnSync('projen generate', { cwd: ROOT, shell: true, stdio: 'inherit', env: { ...process.env, PROJEN_DISABLE_POST: 'true' } });
  const changed = before.filter(differs);
  changed.forEach(putBack);
  if (status !== 0) throw new Error(`projen generate failed (${status})`);
  return changed.map(({ name }) => name);
}

try {
  const names = outdated();
  if (names.length > 0) throw new Error([`generated files are out of date: ${names.join(', ')}.`, 'Run `npm run generate` and commit them.'].join(' '));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
