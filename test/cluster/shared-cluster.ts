import { AuditLog } from './audit-log';
import { Cluster, startCluster } from './cluster';
import { ControlPlane } from './control-plane';
import type { SharedParts } from './shared-control-plane';

declare global {
  /** From the jest environment. */
  var giveControlPlane: () => Promise<SharedParts>;
}

/**
 * A control plane with a simulated node, which other test files of the jest worker use before and after.
 *
 * Its namespaces must have names that no other test file uses. It has the API server's usual flags, and nobody stops it.
 * Other files' objects outside namespaces are gone, and the audit log has nothing of them.
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
 * The cluster of E2E_KUBECONFIG, else a shared control plane.
 */
export async function shareCluster(): Promise<Cluster> {
  return process.env.E2E_KUBECONFIG ? startCluster() : shareControlPlane();
}

async function refuse(): Promise<void> {
  throw new Error('other test files use this API server, too: start a control plane of your own');
}
