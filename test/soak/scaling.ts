import { runJob } from './jobs';
import { configMap, deployment, service } from '../cluster/application';
import { AuditEvent } from '../cluster/audit-log';
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
  /** The requests for each ConfigMap of the release. How often a Lease is renewed, or a Deployment is read, depends on the machine. */
  readonly perConfigMap: { readonly reads: number; readonly dryRuns: number; readonly applies: number };
}

/**
 * Deploys a release of many objects, most of them ConfigMaps, in its own namespace: for the first time, unchanged, changed, and without one object.
 */
export async function scaleOf(cluster: ControlPlane, objects: number): Promise<Scale[]> {
  const { namespace, kubeconfig } = makeDeployer(cluster, `scale-${objects}`);
  const requests = () => cluster.auditEvents().filter(({ user }) => user.username === `system:serviceaccount:${namespace}:ci`);
  const release = (version: string, count = objects) => [
    service('web'), deployment('web'), ...Array.from({ length: count - 2 }, (_, index) => configMap(`map-${index}`, { version, text: 'text '.repeat(20) })),
  ];
  const runs: Array<[Scale['what'], object[]]> = [
    ['first install', release('1')], ['nothing changed', release('1')], ['all changed', release('2')], ['one removed', release('2', objects - 1)],
  ];
  const scales: Scale[] = [];
  for (const [what, manifests] of runs) {
    const [before, begun] = [requests().length, Date.now()];
    const { code, stderr } = await runJob({ kubeconfig, objects: manifests });
    if (code !== 0) throw new Error(`${objects} objects, ${what}: ${code} ${stderr}`);
    const seconds = (Date.now() - begun) / 1000;
    const sent = requests().slice(before);
    scales.push({ objects, what, seconds, requests: sent.length, perConfigMap: perConfigMap(sent, objects - 2) });
  }
  return scales;
}

function perConfigMap(sent: readonly AuditEvent[], configMaps: number): Scale['perConfigMap'] {
  const events = sent.filter(({ objectRef }) => objectRef?.resource === 'configmaps' && objectRef.name?.startsWith('map-'));
  const patches = events.filter(({ verb }) => verb === 'patch');
  const dryRuns = patches.filter(({ requestURI }) => requestURI.includes('dryRun=')).length;
  return {
    reads: events.filter(({ verb }) => verb === 'get').length / configMaps,
    dryRuns: dryRuns / configMaps,
    applies: (patches.length - dryRuns) / configMaps,
  };
}
