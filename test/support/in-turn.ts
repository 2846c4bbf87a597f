import { spawnSync } from 'node:child_process';
import { inWords } from './duration-in-words.cjs';

/*
 * Runs commands one after the other, each given as an argument, until one fails. At the end it prints the time of each command and of all.
 */
const lines: string[] = [];

function run(command: string): boolean {
  const start = Date.now();
  const { status, signal } = spawnSync(command, { shell: true, stdio: 'inherit' });
  const failed = status === 0 ? '' : `, failed (${signal ?? `exit code ${status}`})`;
  lines.push(`  ${command}: ${inWords(Date.now() - start)}${failed}`);
  return status === 0;
}

const start = Date.now();
const passed = process.argv.slice(2).every(run);
console.error(['', ...lines, `${passed ? 'passed' : 'failed'} after ${inWords(Date.now() - start)}`].join('\n'));
process.exitCode = passed ? 0 : 1;
