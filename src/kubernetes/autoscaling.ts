import { kindName } from './kinds';
import { isObject, Json, JsonObject } from '../base/json';

/**
 * The workload whose number of replicas an autoscaler sets.
 */
export interface ScaleTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/**
 * The kinds that write `spec.replicas` of their target. KEDA creates a HorizontalPodAutoscaler for each ScaledObject.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
 * @see https://keda.sh/docs/latest/reference/scaledobject-spec/
 */
const AUTOSCALERS: ReadonlySet<string> = new Set(['HorizontalPodAutoscaler.autoscaling', 'ScaledObject.keda.sh']);

/**
 * Whether objects of a kind set the number of replicas of another object.
 */
export function isAutoscaler(apiVersion: string, kind: string): boolean {
  return AUTOSCALERS.has(kindName(apiVersion, kind));
}

/**
 * The target of an autoscaler. Undefined for other objects, and for an autoscaler without a named target.
 *
 * In a ScaledObject, the target is a Deployment by default.
 */
export function scaleTargetOf({ apiVersion, kind, spec }: JsonObject): ScaleTarget | undefined {
  if (!isAutoscaler(textOf(apiVersion), textOf(kind)) || !isObject(spec) || !isObject(spec.scaleTargetRef)) return undefined;
  const target = spec.scaleTargetRef;
  if (typeof target.name !== 'string') return undefined;
  return { apiVersion: textOf(target.apiVersion) || 'apps/v1', kind: textOf(target.kind) || 'Deployment', name: target.name };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
