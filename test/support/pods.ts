import { JsonObject } from '../../src/base/json';

/** The fields of a test pod. */
export interface PodParts {
  readonly name?: string;
  /** The uid of the pod's controller. */
  readonly owner?: string;
  readonly labels?: object;
  readonly deleted?: boolean;
  readonly status?: object;
  readonly spec?: object;
}

/** Makes a pod as the API server gives it. */
export function pod({ name = 'web-1', owner = 'uid-web', labels = {}, deleted, status = {}, spec }: PodParts): JsonObject {
  const metadata = {
    name,
    uid: `uid-${name}`,
    labels,
    ownerReferences: [{ uid: owner, controller: true }],
    ...deleted && { deletionTimestamp: '2026-01-01T00:00:00Z' },
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: spec ?? { containers: [{ name: 'app', image: 'example.com/web:1' }] }, status } as unknown as JsonObject;
}

/** Makes a pending pod with one container in this state. */
export function podIn(state: object, status: object = {}): JsonObject {
  return pod({ status: { phase: 'Pending', containerStatuses: [{ name: 'app', image: 'sha256:1', restartCount: 0, state, ...status }] } });
}

/** Makes a warning event about the object with this uid. */
export function warning(uid: string, reason: string, message: string, lastTimestamp = '2026-01-01T00:00:10Z'): JsonObject {
  return { kind: 'Event', metadata: { name: reason, uid: `event-${reason}-${lastTimestamp}` }, involvedObject: { kind: 'Pod', name: 'web-1', uid }, reason, message, lastTimestamp, count: 1, type: 'Warning' };
}
