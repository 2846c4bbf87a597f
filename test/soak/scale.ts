import { scaleOf } from './scaling';
import { startControlPlane } from '../cluster/control-plane';
import { controlPlanePrograms } from '../cluster/programs';

async function main(): Promise<void> {
  const cluster = await startControlPlane(controlPlanePrograms(), { nodes: 'kwok' });
  try {
    // The first deploy of a process also loads modules.
    await scaleOf(cluster, 10);
    for (const objects of [100, 300, 1000]) {
      for (const { what, seconds, requests } of await scaleOf(cluster, objects)) {
        console.log(`${objects} objects, ${what}: ${seconds.toFixed(1)} s, ${(1000 * seconds / objects).toFixed(1)} ms each; ${requests} requests, ${(requests / objects).toFixed(2)} each`);
      }
    }
  } finally {
    await cluster.stop();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
