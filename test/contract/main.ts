import { assembly, recordAssembly, recordedAssembly } from './assembly';
import { Recorded } from './recorded';
import { unifiedDifference } from './recording/difference';
import { Bodies, record } from './recording/record';
import { SCENARIOS } from './scenarios/all';
import { startControlPlane } from '../cluster/control-plane';
import { controlPlanePrograms } from '../cluster/programs';

const [records, words] = [process.argv.includes('--record'), process.argv.slice(2).filter((word) => !word.startsWith('--'))];

/**
 * Compares or records the API of the library. It needs no cluster.
 */
function compareAssembly(): void {
  if (records) return recordAssembly();
  const difference = unifiedDifference(recordedAssembly(), assembly());
  console.log(difference === '' ? 'same      assembly' : `DIFFERENT assembly\n${difference}`);
  if (difference !== '') process.exitCode = 1;
}

/**
 * Runs the scenarios and compares them with the record, or records them with --record. Words on the command line select scenarios by name.
 */
async function main(): Promise<void> {
  const begun = Date.now();
  const chosen = SCENARIOS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const recorded = new Recorded();
  const cluster = await startControlPlane(controlPlanePrograms(), { nodes: 'kwok' });
  let [differing, failed] = [0, 0];
  try {
    for (const scenario of chosen) {
      const [start, bodies]: [number, Bodies] = [Date.now(), new Map()];
      const now = await record(scenario, cluster, bodies).catch((error: Error) => {
        console.log(`FAILED    ${scenario.name}: ${error.stack}`);
        failed += 1;
      });
      if (!now) continue;
      const difference = recorded.difference(scenario.name, now, bodies);
      if (difference !== '') differing += 1;
      console.log(`${difference === '' ? 'same     ' : records ? 'recorded ' : 'DIFFERENT'} ${scenario.name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
      if (records) recorded.write(scenario.name, now, bodies);
      else if (difference !== '') console.log(difference);
    }
  } finally {
    await cluster.stop();
  }
  const gone = recorded.unknown(SCENARIOS.map(({ name }) => name));
  if (records) {
    for (const name of gone) recorded.remove(name);
    recorded.writeBodies();
  } else if (gone.length > 0) {
    console.log(`recorded files without a scenario: ${gone.join(', ')}`);
  }
  console.log(`${chosen.length} scenarios in ${((Date.now() - begun) / 1000).toFixed(0)} s, ${differing} ${records ? 'recorded again' : 'differ from the record'}`);
  if (failed > 0 || (!records && (differing > 0 || gone.length > 0))) process.exitCode = 1;
}

(words.join() === 'assembly' ? Promise.resolve().then(compareAssembly) : main()).catch((error: Error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
