import { parseArgs } from 'node:util';
import { auditedOptions, interleave, inWords, JudgedInterleaving } from './interleave';
import { WINDOW_NAMES } from './interleaving';
import { startControlPlane } from '../cluster/control-plane';
import { controlPlanePrograms } from '../cluster/programs';

const { values: { seed, count, lanes, verbose } } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1e6) },
    count: { type: 'string', default: '200' },
    lanes: { type: 'string', default: '6' },
    verbose: { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  console.log(`${count} interleavings from seed ${seed}`);
  const cluster = await startControlPlane(controlPlanePrograms(), auditedOptions());
  try {
    const begun = Date.now();
    const progress = verbose ? console.log : undefined;
    const judged = await interleave(cluster, { seed: Number(seed), count: Number(count), lanes: Number(lanes), progress });
    console.log([...judged.flatMap(problemsOf), '', ...tableOf(judged), '', sumOf(judged, (Date.now() - begun) / 1000)].join('\n'));
    if (judged.some(({ foreign, lost, orphans }) => foreign.length + lost.length + orphans.length > 0)) process.exitCode = 1;
  } finally {
    await cluster.stop();
  }
}

function problemsOf({ seed: own, window, done, foreign, lost, orphans }: JudgedInterleaving): string[] {
  const problems = [
    ...foreign.map(({ by, of, write }) => `foreign write: the ${by} application did ${write} of the ${of} application`),
    ...lost.map((one) => `lost: ${one}`),
    ...orphans.map((one) => `orphan: ${one}`),
  ];
  return problems.length === 0 ? [] : [`seed ${own}, ${window}: ${inWords(done)}`, ...problems.map((problem) => `  ${problem}`)];
}

/** One line for each kind of window. */
function tableOf(judged: readonly JudgedInterleaving[]): string[] {
  const width = Math.max(...WINDOW_NAMES.map((name) => name.length));
  return [
    `${''.padEnd(width)}   run   hit  conflicts  foreign  lost  first seed with a foreign write`,
    ...WINDOW_NAMES.map((name) => {
      const those = judged.filter(({ window }) => window === name);
      const numbers = [[those.length, 5], [hits(those), 5], [conflicts(those), 10], [foreignWrites(those), 8], [lostObjects(those), 5]] as const;
      const first = those.find(({ foreign }) => foreign.length > 0)?.seed ?? '';
      return `${name.padEnd(width)} ${numbers.map(([number, columns]) => String(number).padStart(columns)).join(' ')}  ${first}`.trimEnd();
    }),
  ];
}

function sumOf(judged: readonly JudgedInterleaving[], seconds: number): string {
  const wrong = judged.filter(({ foreign, lost, orphans }) => foreign.length + lost.length + orphans.length > 0).length;
  return [
    `seed ${seed}: ${judged.length} interleavings in ${seconds.toFixed(0)} s`, `${hits(judged)} hit the window`, `${conflicts(judged)} conflicts (409, 422)`,
    `${foreignWrites(judged)} foreign writes`, `${lostObjects(judged)} lost objects`, `${judged.flatMap(({ orphans }) => orphans).length} orphans`, `${wrong} interleavings went wrong`,
  ].join(', ');
}

function hits(judged: readonly JudgedInterleaving[]): number {
  return judged.filter(({ hitWindow }) => hitWindow).length;
}

function conflicts(judged: readonly JudgedInterleaving[]): number {
  return judged.reduce((sum, one) => sum + one.conflicts, 0);
}

function foreignWrites(judged: readonly JudgedInterleaving[]): number {
  return judged.reduce((sum, { foreign }) => sum + foreign.length, 0);
}

function lostObjects(judged: readonly JudgedInterleaving[]): number {
  return judged.reduce((sum, { lost }) => sum + lost.length, 0);
}

main().catch((error: Error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
