import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditEvent } from './audit-log';
import { tryKubectl } from './cluster';
import { ControlPlane } from './control-plane';

/**
 * What the audit log has once everything is in it that was answered before. The server writes an event after it has answered, so this asks for
 * something that there is not, and goes on when that is in the log.
 */
export async function settledAuditEvents(cluster: Pick<ControlPlane, 'kubeconfig' | 'auditEvents'>): Promise<AuditEvent[]> {
  const name = `settled-${randomUUID()}`;
  tryKubectl(cluster.kubeconfig, ['get', 'configmap', name, '-n', 'default']);
  while (!cluster.auditEvents().some(({ objectRef }) => objectRef?.name === name)) await sleep(20);
  // Events of requests that were answered at the same time may come in any order.
  await sleep(100);
  return cluster.auditEvents();
}
