import { runJob } from './jobs';
import { configMap, deployment, service } from '../cluster/application';
import { ControlPlane } from '../cluster/control-plane';
import { makeDeployer } from '../cluster/deployer';

/**
 * The duration and requests of a deploy with a number of objects.
 */
export interface Scale {
  readonly objects: number;
  readonly what: 'first install' | 'nothing changed' | 'all changed' | 'one removed';
  readonly seconds: number;
  readonly requests: number;
}

/**
 * Deploys a release of many objects, most of them ConfigMaps, in its own namespace: for the first time, unchanged, changed, and without one object.
 */
export async function scaleOf(cluster: ControlPlane, objects: number): Promise<Scale[]> {
  const { namespace, kubeconfig } = makeDeployer(cluster, `scale-${objects}`);
  const requests = () => cluster.auditEvents().filter(({ user }) => user.username === `system:serviceaccount:${namespace}:ci`).length;
  const release = (version: string, count = objects) => [
    service('web'), deployment('web'), ...Array.from({ length: count - 2 }, (_, index) => configMap(`map-${index}`, { version, text: 'text '.repeat(20) })),
  ];
  const runs: Array<[Scale['what'], object[]]> = [
    ['first install', release('1')], ['nothing changed', release('1')], ['all changed', release('2')], ['one removed', release('2', objects - 1)],
  ];
  const scales: Scale[] = [];
  for (const [what, manifests] of runs) {
    const [before, begun] = [requests(), Date.now()];
    const { code, stderr } = await runJob({ kubeconfig, objects: manifests });
    if (code !== 0) throw new Error(`${objects} objects, ${what}: ${code} ${stderr}`);
    scales.push({ objects, what, seconds: (Date.now() - begun) / 1000, requests: requests() - before });
  }
  return scales;
}
