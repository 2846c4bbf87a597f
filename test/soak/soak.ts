import { soak } from './soaking';
import { startControlPlane } from '../cluster/control-plane';
import { controlPlanePrograms } from '../cluster/programs';

const [deploys = '200', seed = String(Date.now() % 1e6)] = process.argv.slice(2);

async function main(): Promise<void> {
  console.log(`${deploys} deploys with seed ${seed}`);
  const cluster = await startControlPlane(controlPlanePrograms(), { nodes: 'kwok' });
  try {
    const options = { seed: Number(seed), deploys: Number(deploys), progress: console.log };
    const { wrong, refused, requests, faults, seconds, heap } = await soak(cluster, options);
    console.log([
      `seed ${seed}: ${deploys} deploys of each of two applications in ${seconds.toFixed(0)} s, ${wrong.length} went wrong`,
      `${requests} requests, of which ${faults} met a fault`,
      `${refused} deploys were refused for an object of the other application`,
      ...wrong,
      ...Object.entries(heap).map(([count, megabytes]) => `after ${count} deploys ${megabytes} MB of heap are in use`),
    ].join('\n'));
    if (wrong.length > 0) process.exitCode = 1;
  } finally {
    await cluster.stop();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
