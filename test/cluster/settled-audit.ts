import { randomUUID } from 'node:crypto';
import { AuditEvent } from './audit-log';
import { tryKubectl } from './cluster';
import { ControlPlane } from './control-plane';
import { until } from '../support/until';

/**
 * Gives the audit log once it has the events of all earlier requests. The server writes an event only after its answer.
 * So this sends requests for a missing object, and waits until those are in the log.
 */
export async function settledAuditEvents(cluster: Pick<ControlPlane, 'kubeconfig' | 'auditEvents'>): Promise<AuditEvent[]> {
  // The events of simultaneous requests can be in any order, so one request is not enough.
  for (let times = 0; times < 3; times += 1) {
    const name = `settled-${randomUUID()}`;
    tryKubectl(cluster.kubeconfig, ['get', 'configmap', name, '-n', 'default']);
    await until(() => cluster.auditEvents().some(({ objectRef }) => objectRef?.name === name));
  }
  return cluster.auditEvents();
}
