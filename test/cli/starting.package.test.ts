import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { COMMANDS } from '../../src/cli/lazy-commands';

const ROOT = join(__dirname, '..', '..');
const MAIN = join('lib', 'cli', 'main.js');
const DEPLOYMENT = 'kind: Deployment\napiVersion: apps/v1\nspec: { template: { spec: { containers: [{ name: web, image: IMAGE }] } } }\n';

/** Says on stderr how many characters are compiled. */
const COUNTING = `
const vm = require('node:vm');
const { compileFunction } = vm;
let compiled = 0;
vm.compileFunction = (code, ...rest) => {
  compiled += code.length;
  return compileFunction(code, ...rest);
};
process.on('exit', () => process._rawDebug(compiled));
`;

let folder: string;

beforeAll(() => {
  if (!existsSync(join(ROOT, MAIN))) throw new Error('lib/ is not built: run npm run compile');
  folder = mkdtempSync(join(tmpdir(), 'starting-'));
  mkdirSync(join(folder, dirname(MAIN)), { recursive: true });
  copyFileSync(join(ROOT, MAIN), join(folder, MAIN));
  chmodSync(join(folder, MAIN), 0o755);
  writeFileSync(join(folder, 'deployment.yml'), DEPLOYMENT);
  writeFileSync(join(folder, 'counting.cjs'), COUNTING);
});

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('the command is one file that needs nothing beside it', () => {
  const help = execFileSync(join(folder, MAIN), ['--help'], { encoding: 'utf8' });
  const commands = [...help.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name!);

  expect(commands).toEqual([...COMMANDS.keys()]);
  for (const name of commands) expect(execFileSync(join(folder, MAIN), [name, '--help'], { encoding: 'utf8' })).toContain(`Usage: cdk8s-ci-deploy ${name} `);
});

test.each<[string, number]>([
  ['--version', 0.05],
  ['render deployment.yml --image registry.example.com/group/web:1.0', 0.4],
  ['deploy --help', 0.7],
])('%s compiles at most %d of the code', (line, most) => {
  const script = `node --require ./counting.cjs ${MAIN} ${line} 2>&1 >/dev/null | tail -1`;
  const compiled = Number(execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' }));

  expect(compiled).toBeGreaterThan(0);
  expect(compiled / statSync(join(folder, MAIN)).size).toBeLessThan(most);
});
