import { AuditLog } from './audit-log';
import { Cluster, startCluster } from './cluster';
import { ControlPlane } from './control-plane';
import type { SharedParts } from './shared-control-plane';

declare global {
  /** Set by the jest environment. */
  var giveControlPlane: () => Promise<SharedParts>;
}

/**
 * Gives a control plane with a simulated node, which all test files of a jest worker share.
 *
 * The namespaces of a test file must have names that no other file uses. The API server has the default flags. The caller must not stop it.
 * The cluster-scoped objects of earlier files are deleted, and the audit log starts at this call.
 */
export async function shareControlPlane(): Promise<ControlPlane> {
  const parts = await giveControlPlane();
  const events = AuditLog.fromNow(parts.auditLog);
  return {
    ...parts,
    auditEvents: () => events.events(),
    check: () => undefined,
    stopApiServer: refuse,
    startApiServer: refuse,
    stop: async () => undefined,
  };
}

/**
 * The cluster of E2E_KUBECONFIG, or else a shared control plane.
 */
export async function shareCluster(): Promise<Cluster> {
  return process.env.E2E_KUBECONFIG ? startCluster() : shareControlPlane();
}

async function refuse(): Promise<void> {
  throw new Error('other test files use this API server, too: start a control plane of your own');
}
