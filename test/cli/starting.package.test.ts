import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as ts from 'typescript';
import { COMMANDS } from '../../src/cli/lazy-commands';

const ROOT = join(__dirname, '..', '..');
const MAIN = join('lib', 'cli', 'main.js');
const DEPLOYMENT = 'kind: Deployment\napiVersion: apps/v1\nspec: { template: { spec: { containers: [{ name: web, image: IMAGE }] } } }\n';

let folder: string;

beforeAll(() => {
  if (!existsSync(join(ROOT, MAIN))) throw new Error('lib/ is not built: run npm run compile');
  folder = mkdtempSync(join(tmpdir(), 'starting-'));
  mkdirSync(join(folder, dirname(MAIN)), { recursive: true });
  copyFileSync(join(ROOT, MAIN), join(folder, MAIN));
  chmodSync(join(folder, MAIN), 0o755);
  writeFileSync(join(folder, 'deployment.yml'), DEPLOYMENT);
});

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

interface CoveredFunction {
  readonly functionName: string;
  readonly ranges: ReadonlyArray<{ readonly count: number }>;
}

interface Coverage {
  readonly result: ReadonlyArray<{ readonly url: string; readonly functions: readonly CoveredFunction[] }>;
}

/** The parts of the bundle with a name like `commands/render.js` that a command line runs. */
function commandsThatRun(words: string[]): string[] {
  const coverage = mkdtempSync(join(folder, 'coverage-'));
  execFileSync(process.execPath, [MAIN, ...words], { cwd: folder, env: { NODE_V8_COVERAGE: coverage }, stdio: ['ignore', 'ignore', 'pipe'] });
  const [report = ''] = readdirSync(coverage);
  const { result } = JSON.parse(readFileSync(join(coverage, report), 'utf8')) as Coverage;
  const functions = result.filter(({ url }) => url.endsWith('/main.js')).flatMap((script) => script.functions);
  expect(functions.find(({ functionName }) => functionName === 'main.js')?.ranges[0]?.count).toBe(1);
  return functions.filter(({ functionName, ranges }) => functionName.startsWith('commands/') && ranges[0]?.count !== 0).map(({ functionName }) => functionName);
}

/** The texts in a program: strings, and the parts of templates. */
function textsIn(node: ts.Node): string[] {
  const texts = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node) ? [node.text] : [];
  ts.forEachChild(node, (child) => {
    texts.push(...textsIn(child));
  });
  return texts;
}

test('the command is one file that needs nothing beside it', () => {
  const help = execFileSync(join(folder, MAIN), ['--help'], { encoding: 'utf8' });
  const commands = [...help.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name!);

  expect(commands).toEqual([...COMMANDS.keys()]);
  for (const name of commands) expect(execFileSync(join(folder, MAIN), [name, '--help'], { encoding: 'utf8' })).toContain(`Usage: cdk8s-ci-deploy ${name} `);
});

test('the file has no code in strings and compiles none', () => {
  const code = readFileSync(join(ROOT, MAIN), 'utf8');
  const strings = textsIn(ts.createSourceFile('main.js', code, ts.ScriptTarget.Latest));

  expect(strings.length).toBeGreaterThan(1000);
  expect(strings.filter((text) => /\bfunction\b.*\(|=>\s*[{(]|\brequire\(/.test(text))).toEqual([]);
  expect(code).not.toMatch(/node:vm|compileFunction|new Function|\beval\(/);
});

test.each<[string, string[]]>([
  ['--version', []],
  ['render deployment.yml --image registry.example.com/group/web:1.0', ['commands/render.js']],
  ['deploy --help', ['commands/deploy.js']],
])('%s runs no code of other commands', (line, expected) => {
  expect(commandsThatRun(line.split(' '))).toEqual(expected);
});
