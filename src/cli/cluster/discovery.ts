import { objectOf } from './answer';
import type { ApiClient } from './api-client';
import type { ApiResource } from './kubernetes-client';
import { describeRequest } from './paths';
import { isObject, Json, JsonObject } from '../../base/json';
import { show } from '../../base/user-error';
import { HttpError, Unreachable } from '../base/failure';

/** All groups in one answer; servers before 1.30 know only the beta, and those before 1.26 neither. */
const AGGREGATED = ['v2', 'v2beta1'].map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`);
const ACCEPT = [...AGGREGATED, 'application/json'].join(',');

/**
 * What the server serves: by aggregated discovery in two requests, else one for each group and version.
 * Groups of which nothing can be learned, because the server behind them does not answer, are among the client's warnings.
 *
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
 */
export async function discover(client: ApiClient): Promise<readonly ApiResource[]> {
  return all(['/api', '/apis'], async (path) => {
    const answer = await ask(client, path, { accept: ACCEPT });
    return answer.kind === 'APIGroupDiscoveryList' ? aggregated(client, answer) : oneByOne(client, path, answer);
  });
}

/** Like Promise.all, but when one fails, the others have ended as well. */
async function all<T>(inputs: readonly T[], action: (input: T) => Promise<ApiResource[]>): Promise<ApiResource[]> {
  const outcomes = await Promise.allSettled(inputs.map(action));
  return outcomes.flatMap((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

async function ask(client: ApiClient, path: string, more: { readonly accept?: string; readonly once?: boolean }): Promise<JsonObject> {
  return objectOf(describeRequest('GET', path), await client.send({ method: 'GET', path, ...more }));
}

function aggregated(client: ApiClient, list: JsonObject): ApiResource[] {
  return objects(list.items).flatMap(({ metadata, versions }) => objects(versions).flatMap(({ version, resources, freshness }) => {
    const group = isObject(metadata) ? text(metadata.name) : '';
    if (freshness === 'Stale') notDiscovered(client, `${group}/${text(version)}`, 'the server behind it does not answer');
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

async function oneByOne(client: ApiClient, path: string, list: JsonObject): Promise<ApiResource[]> {
  const groupVersions = path === '/api'
    ? texts(list.versions)
    : objects(list.groups).flatMap(({ versions }) => objects(versions).map(({ groupVersion }) => text(groupVersion)));
  return all(groupVersions, async (groupVersion) => resourcesOf(client, path, groupVersion));
}

async function resourcesOf(client: ApiClient, path: string, groupVersion: string): Promise<ApiResource[]> {
  try {
    const { resources } = await ask(client, `${path}/${groupVersion}`, { once: true });
    const [version = '', group = ''] = groupVersion.split('/').reverse();
    return objects(resources).filter(({ name }) => !text(name).includes('/')).map(({ name, kind, namespaced, verbs }) => ({
      group, version, kind: text(kind), resource: text(name), namespaced: namespaced === true, verbs: texts(verbs),
    }));
  } catch (error) {
    if (!isAnswer(error)) throw error;
    notDiscovered(client, groupVersion, error.message);
    return [];
  }
}

/** As opposed to no answer at all, or the end of the command. */
function isAnswer(error: unknown): error is HttpError | Unreachable {
  return error instanceof HttpError || (error instanceof Unreachable && error.cause instanceof HttpError);
}

function notDiscovered(client: ApiClient, groupVersion: string, why: string): void {
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
