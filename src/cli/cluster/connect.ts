import { objectOf } from './answer';
import { ApiClient, ApiRequest, ClientOptions } from './api-client';
import type { Connection } from './connection';
import { discover } from './discovery';
import type { ApiResource, ApplyOptions, KubernetesClient, CreateOptions, DeleteOptions, Query, WatchEvent, WatchOptions } from './kubernetes-client';
import { describeRequest } from './paths';
import { watchCollection } from './watch';
import type { JsonObject } from '../../base/json';
import { FIELD_MANAGER } from '../../release/release-names';

/**
 * The API server of a connection. Nothing is contacted before the first call.
 */
export function connectCluster(connection: Connection, options: ClientOptions): KubernetesClient {
  return new ApiCluster(new ApiClient(connection, options));
}

class ApiCluster implements KubernetesClient {
  public readonly server: string;
  public readonly warnings: readonly string[];

  public constructor(private readonly client: ApiClient) {
    this.server = client.server;
    this.warnings = client.warnings;
  }

  public get counts(): KubernetesClient['counts'] {
    return this.client.counts;
  }

  public async get(path: string, query?: Query): Promise<JsonObject> {
    return this.ask({ method: 'GET', path, query });
  }

  public async text(path: string, query?: Query): Promise<string> {
    const answer = await this.client.send({ method: 'GET', path, query, accept: '*/*' });
    if (answer.status < 200 || answer.status >= 300) objectOf(describeRequest('GET', path), answer);
    return answer.body;
  }

  public async create(path: string, content: object, { query, repeatable = false, as }: CreateOptions = {}): Promise<JsonObject> {
    return this.ask({ method: 'POST', path, content, repeatable, as, query: { fieldManager: FIELD_MANAGER, ...query } });
  }

  public async apply(path: string, content: object, { dryRun, force, fieldManager = FIELD_MANAGER }: ApplyOptions = {}): Promise<JsonObject> {
    // Strict, as kubectl is: an unknown field is a mistake.
    const query = { fieldManager, fieldValidation: 'Strict', force: force ? 'true' : undefined, dryRun: dryRun ? 'All' : undefined };
    return this.ask({ method: 'PATCH', path, content, contentType: 'application/apply-patch+yaml', query }, 'apply');
  }

  public async merge(path: string, content: object, { dryRun, fieldManager = FIELD_MANAGER }: Omit<ApplyOptions, 'force'> = {}): Promise<JsonObject> {
    const query = { fieldManager, dryRun: dryRun ? 'All' : undefined };
    return this.ask({ method: 'PATCH', path, content, contentType: 'application/merge-patch+json', query });
  }

  public async delete(path: string, { dryRun, uid, resourceVersion, propagation }: DeleteOptions = {}): Promise<boolean> {
    const content = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: uid === undefined && resourceVersion === undefined ? undefined : { uid, resourceVersion },
      propagationPolicy: propagation,
      dryRun: dryRun ? ['All'] : undefined,
    };
    const answer = await this.client.send({ method: 'DELETE', path, content });
    // When it was asked before and the answer got lost, it is gone because of that.
    if (answer.status === 404) return answer.attempts > 1;
    objectOf(describeRequest('DELETE', path), answer);
    return true;
  }

  public watch(path: string, query?: Query, options?: WatchOptions): AsyncIterable<WatchEvent> {
    return watchCollection(this.client, path, query, options);
  }

  public async resources(): Promise<readonly ApiResource[]> {
    return discover(this.client);
  }

  public close(): void {
    this.client.close();
  }

  private async ask(request: ApiRequest, verb: string = request.method): Promise<JsonObject> {
    return objectOf(describeRequest(verb, request.path), await this.client.send(request));
  }
}
