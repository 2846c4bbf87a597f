import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helm, kubectl } from '../test/support/kubectl';

/*
 * What synthesis, the command and the import cost, as ratios of one run against what a user would pick instead. Seconds depend on the machine,
 * so nothing is asserted; the two sides of a ratio take turns.
 */

type Measure = () => number;

interface Row {
  readonly what: string;
  readonly against: string;
  readonly ours: Measure;
  readonly theirs: Measure;
  readonly target?: number;
}

interface Times {
  readonly wall: number;
  readonly cpu: number;
}

const ROUNDS = 15;
const ROOT = join(__dirname, '..');
const COMMAND = join(ROOT, 'lib', 'cli', 'main.js');
const IMAGE = 'registry.example.com/group/web:1.0';
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: IMAGE
          ports: [{ containerPort: 8080 }]
`;

main();

function main(): void {
  if (!existsSync(COMMAND)) throw new Error('lib/ is not built: run npm run compile');
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    writeInputs(folder);
    printTable([...libraryRows(), ...commandRows(folder)].map(measured));
    console.log(packageSize());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function libraryRows(): Row[] {
  const program = (name: string) => join(__dirname, 'programs', name);
  const [ours, theirs] = [program('synth-with-library.cjs'), program('synth-plain.cjs')];
  if (reported(ours).objects !== reported(theirs).objects) throw new Error('the two programs do not define the same objects');
  const against = 'plain cdk8s-plus-28';
  return [
    { what: 'synthesis of 50 objects, CPU', against, ours: () => reported(ours).cpu, theirs: () => reported(theirs).cpu, target: 1.5 },
    { what: 'its whole program, CPU', against, ours: () => timed('node', ours).cpu, theirs: () => timed('node', theirs).cpu, target: 1.5 },
    {
      what: 'import of the library, CPU',
      against: "require('cdk8s')",
      ours: () => timed('node', '-e', "require('cdk8s-ci-deploy')").cpu,
      theirs: () => timed('node', '-e', "require('cdk8s')").cpu,
      target: 1.2,
    },
  ];
}

function commandRows(folder: string): Row[] {
  const template = join(folder, 'deployment.yml');
  const render = () => timed('node', COMMAND, 'render', template, '--image', IMAGE);
  const wall = (against: string, ...command: string[]) =>
    ({ what: 'render, wall clock', against, ours: () => render().wall, theirs: () => timed(...command).wall });
  return [
    {
      what: '--version, CPU',
      against: 'node -e 0',
      ours: () => timed('node', COMMAND, '--version').cpu,
      theirs: () => timed('node', '-e', '0').cpu,
      target: 1.3,
    },
    { what: 'render, CPU', against: 'node -e 0', ours: () => render().cpu, theirs: () => timed('node', '-e', '0').cpu, target: 1.3 },
    wall('sed', 'sed', '-e', `s|IMAGE|${IMAGE}|g`, template),
    ...(process.platform === 'linux' && process.arch === 'x64' ? [
      wall('kubectl kustomize', kubectl(), 'kustomize', folder),
      wall('helm template', helm(), 'template', 'web', join(folder, 'chart'), '--set', `image=${IMAGE}`),
    ] : []),
  ];
}

function writeInputs(folder: string): void {
  const [name, tag] = IMAGE.split(':');
  mkdirSync(join(folder, 'chart', 'templates'), { recursive: true });
  writeFileSync(join(folder, 'deployment.yml'), DEPLOYMENT);
  writeFileSync(join(folder, 'kustomization.yaml'), `resources: [deployment.yml]\nimages: [{ name: IMAGE, newName: ${name}, newTag: "${tag}" }]\n`);
  writeFileSync(join(folder, 'chart', 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 0.1.0\n');
  writeFileSync(join(folder, 'chart', 'templates', 'deployment.yaml'), DEPLOYMENT.replace('IMAGE', '{{ .Values.image }}'));
}

/** Times of a process with everything it starts, by bash's `time`: the same yardstick for Node, Go and sed. */
function timed(...command: string[]): Times {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" 2>/dev/null';
  const run = spawnSync('bash', ['-c', script, 'bash', ...command], {
    cwd: ROOT, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (run.status !== 0) throw new Error(`${command.join(' ')} failed: ${run.error ?? `exit ${run.status}`}`);
  const [wall, user, system] = run.stderr.trim().split(' ').map(Number) as [number, number, number];
  return { wall, cpu: user + system };
}

function reported(program: string): { cpu: number; objects: string } {
  return JSON.parse(execFileSync('node', [program], { cwd: ROOT, encoding: 'utf8' }));
}

function measured({ what, against, ours, theirs, target }: Row): string[] {
  const [a, b]: [number[], number[]] = [[], []];
  // The first round warms the file cache.
  for (let round = 0; round <= ROUNDS; round++) {
    const pair = [ours(), theirs()] as const;
    if (round > 0) [a, b].forEach((times, side) => times.push(pair[side]!));
  }
  const ratio = median(a) / median(b);
  const verdict = target === undefined ? [] : [`<= ${target}`, ratio <= target ? 'within' : 'over'];
  return [what, millis(median(a)), against, millis(median(b)), ratio.toFixed(2), ...verdict];
}

function median(values: number[]): number {
  return [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)]!;
}

function millis(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}

function printTable(rows: string[][]): void {
  const table = [['measured', 'median', 'against', 'median', 'ratio', 'target', ''], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  for (const row of table) console.log(widths.map((width, column) => (row[column] ?? '').padEnd(width)).join('  ').trimEnd());
}

function packageSize(): string {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--silent'], { cwd: ROOT, encoding: 'utf8' });
  const [{ unpackedSize, size, entryCount }] = JSON.parse(packed);
  return `package: ${kilobytes(unpackedSize)} unpacked in ${entryCount} files, ${kilobytes(size)} packed`;
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}
