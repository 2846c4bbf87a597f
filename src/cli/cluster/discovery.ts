import type { ApiClient } from './api-client';
import type { ApiResource } from './kubernetes-client';
import { describeRequest } from './paths';
import { objectOf } from './status';
import { isObject, Json, JsonObject } from '../../base/json';
import { show } from '../../base/user-error';
import { parseApiVersion } from '../../kubernetes/kinds';
import { HttpError, Unreachable } from '../base/failure';

/** Aggregated discovery: all groups in one response. Kubernetes 1.26 to 1.29 has only its beta, older versions have none. */
const AGGREGATED = ['v2', 'v2beta1'].map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`);
const ACCEPT = [...AGGREGATED, 'application/json'].join(',');

/**
 * Lists the resources of the server: with two requests by aggregated discovery, or else with one request per API group and version.
 * A group whose extension server does not answer becomes a warning of the client.
 *
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
 */
export async function discover(client: ApiClient): Promise<readonly ApiResource[]> {
  return mapAll(['/api', '/apis'], async (path) => {
    const list = await read(client, path, { accept: ACCEPT });
    return list.kind === 'APIGroupDiscoveryList' ? resourcesOfList(client, list) : resourcesOfGroups(client, path, list);
  });
}

/** Like Promise.all, but it rejects only after all actions have ended. */
async function mapAll<T>(inputs: readonly T[], action: (input: T) => Promise<ApiResource[]>): Promise<ApiResource[]> {
  const outcomes = await Promise.allSettled(inputs.map(action));
  return outcomes.flatMap((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

async function read(client: ApiClient, path: string, more: { readonly accept?: string; readonly once?: boolean }): Promise<JsonObject> {
  return objectOf(describeRequest('GET', path), await client.send({ method: 'GET', path, ...more }));
}

function resourcesOfList(client: ApiClient, list: JsonObject): ApiResource[] {
  return objects(list.items).flatMap(({ metadata, versions }) => objects(versions).flatMap(({ version, resources, freshness }) => {
    const group = isObject(metadata) ? text(metadata.name) : '';
    if (freshness === 'Stale') warnUndiscovered(client, `${group}/${text(version)}`, 'the server behind it does not answer');
    return objects(resources).map(({ resource, responseKind, scope, verbs }) => ({
      group,
      version: text(version),
      kind: isObject(responseKind) ? text(responseKind.kind) : '',
      resource: text(resource),
      namespaced: scope === 'Namespaced',
      verbs: texts(verbs),
    }));
  }));
}

async function resourcesOfGroups(client: ApiClient, path: string, list: JsonObject): Promise<ApiResource[]> {
  const groupVersions = path === '/api'
    ? texts(list.versions)
    : objects(list.groups).flatMap(({ versions }) => objects(versions).map(({ groupVersion }) => text(groupVersion)));
  return mapAll(groupVersions, async (groupVersion) => resourcesOfVersion(client, path, groupVersion));
}

async function resourcesOfVersion(client: ApiClient, path: string, groupVersion: string): Promise<ApiResource[]> {
  try {
    const { resources } = await read(client, `${path}/${groupVersion}`, { once: true });
    const { group, version } = parseApiVersion(groupVersion);
    return objects(resources).filter(({ name }) => !text(name).includes('/')).map(({ name, kind, namespaced, verbs }) => ({
      group, version, kind: text(kind), resource: text(name), namespaced: namespaced === true, verbs: texts(verbs),
    }));
  } catch (error) {
    if (!isResponse(error)) throw error;
    warnUndiscovered(client, groupVersion, error.message);
    return [];
  }
}

/** Other errors mean that the API server itself is unreachable, or that the command ends. */
function isResponse(error: unknown): error is HttpError | Unreachable {
  return error instanceof HttpError || (error instanceof Unreachable && error.cause instanceof HttpError);
}

function warnUndiscovered(client: ApiClient, groupVersion: string, why: string): void {
  client.warnings.push(`the resources of ${show(groupVersion)} are not known: ${why}`);
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
