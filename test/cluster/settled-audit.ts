import { randomUUID } from 'node:crypto';
import { AuditEvent } from './audit-log';
import { tryKubectl } from './cluster';
import { ControlPlane } from './control-plane';
import { until } from '../support/until';

/**
 * What the audit log has once everything is in it that was answered before. The server writes an event after it has answered, so this asks for
 * something that there is not, and goes on when that is in the log.
 */
export async function settledAuditEvents(cluster: Pick<ControlPlane, 'kubeconfig' | 'auditEvents'>): Promise<AuditEvent[]> {
  // Events of requests that were answered at the same time may come in any order, so one is not enough.
  for (let times = 0; times < 3; times += 1) {
    const name = `settled-${randomUUID()}`;
    tryKubectl(cluster.kubeconfig, ['get', 'configmap', name, '-n', 'default']);
    await until(() => cluster.auditEvents().some(({ objectRef }) => objectRef?.name === name));
  }
  return cluster.auditEvents();
}
