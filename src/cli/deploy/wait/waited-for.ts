import { kindName, resourceOf } from '../../../kubernetes/kinds';

const WORKLOADS = new Set(['Deployment.apps', 'StatefulSet.apps', 'DaemonSet.apps', 'Job.batch']);

/**
 * Whether an object becomes ready some time after it is applied: workloads, and custom resources, whose conditions say when.
 */
export function isWaitedFor({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return WORKLOADS.has(kindName(apiVersion, kind)) || resourceOf(apiVersion, kind) === undefined;
}
