import { isObject, Json, JsonObject } from '../../../base/json';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { collectionPath } from '../../cluster/paths';
import { ApiError } from '../../cluster/status';
import { fieldAt, listAt } from '../objects/fields';

/**
 * What a container gets that asks for nothing, as the LimitRanges of a namespace have it.
 */
export interface ContainerDefaults {
  readonly limits: JsonObject;
  readonly requests: JsonObject;
}

/**
 * The defaults of a namespace; none when its LimitRanges may not be seen.
 */
export async function containerDefaultsOf(cluster: KubernetesClient, namespace: string): Promise<ContainerDefaults> {
  try {
    return containerDefaults(listAt(await cluster.get(collectionPath({ group: '', version: 'v1', resource: 'limitranges', namespace })), 'items'));
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return containerDefaults([]);
    throw error;
  }
}

/**
 * The first LimitRange that has a value counts. That `max` and `min` stand for defaults is written into a LimitRange when it is made.
 */
export function containerDefaults(limitRanges: readonly JsonObject[]): ContainerDefaults {
  const items = limitRanges.flatMap((range) => listAt(range, 'spec', 'limits')).filter(({ type }) => type === 'Container');
  return { limits: united(items.map((item) => item.default)), requests: united(items.map((item) => item.defaultRequest)) };
}

/**
 * An object whose pods are as admission makes them, which a dry run does not show: it fills pods, not the templates that they are made from.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/limitranger/admission.go
 */
export function withContainerDefaults(object: JsonObject, defaults: ContainerDefaults): JsonObject {
  const { spec } = object;
  if (!isObject(spec)) return object;
  if (object.kind === 'Pod') return { ...object, spec: filled(spec, defaults) };
  const { template } = spec;
  if (!isObject(template) || !isObject(template.spec)) return object;
  return { ...object, spec: { ...spec, template: { ...template, spec: filled(template.spec, defaults) } } };
}

function filled(pod: JsonObject, defaults: ContainerDefaults): JsonObject {
  const lists = ['containers', 'initContainers'].filter((list) => Array.isArray(pod[list]));
  return { ...pod, ...Object.fromEntries(lists.map((list) => [list, listAt(pod, list).map((container) => filledContainer(container, defaults))])) };
}

/** What has a limit of its own, and no request, requests that limit already. */
function filledContainer(container: JsonObject, { limits, requests }: ContainerDefaults): JsonObject {
  const own = { limits: mapAt(container, 'limits'), requests: mapAt(container, 'requests') };
  return { ...container, resources: { limits: { ...limits, ...own.limits }, requests: { ...requests, ...own.limits, ...own.requests } } };
}

function mapAt(container: JsonObject, name: string): JsonObject {
  const value = fieldAt(container, 'resources', name);
  return isObject(value) ? value : {};
}

function united(maps: ReadonlyArray<Json | undefined>): JsonObject {
  return Object.assign({}, ...[...maps].reverse().filter(isObject)) as JsonObject;
}
