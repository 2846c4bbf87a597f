import { ApiClient, ApiRequest, ClientOptions } from './api-client';
import type { Connection } from './connection';
import { discover } from './discovery';
import type { ApiResource, ApplyOptions, KubernetesClient, CreateOptions, DeleteOptions, Query, WatchEvent, WatchOptions } from './kubernetes-client';
import { describeRequest } from './paths';
import { objectOf } from './status';
import { watchCollection } from './watch';
import type { JsonObject } from '../../base/json';
import { FIELD_MANAGER } from '../../release/release-names';
import type { Context } from '../command-line/command';
import { WaitNotice } from '../io/wait-notice';

/**
 * Creates a client for the API server of a connection. It connects on the first call.
 */
export function connectCluster(connection: Connection, options: ClientOptions): KubernetesClient {
  return new ConnectedClient(new ApiClient(connection, options));
}

class ConnectedClient implements KubernetesClient {
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
    return this.request({ method: 'GET', path, query });
  }

  public async text(path: string, query?: Query): Promise<string> {
    const response = await this.client.send({ method: 'GET', path, query, accept: '*/*' });
    if (response.status < 200 || response.status >= 300) objectOf(describeRequest('GET', path), response);
    return response.body;
  }

  public async create(path: string, content: object, { query, repeatable = false, as }: CreateOptions = {}): Promise<JsonObject> {
    return this.request({ method: 'POST', path, content, repeatable, as, query: { fieldManager: FIELD_MANAGER, ...query } });
  }

  public async apply(path: string, content: object, { dryRun, force, fieldManager = FIELD_MANAGER }: ApplyOptions = {}): Promise<JsonObject> {
    // Strict like kubectl: the server rejects unknown fields.
    const query = { fieldManager, fieldValidation: 'Strict', force: force ? 'true' : undefined, dryRun: dryRun ? 'All' : undefined };
    return this.request({ method: 'PATCH', path, content, contentType: 'application/apply-patch+yaml', query }, 'apply');
  }

  public async merge(path: string, content: object, { dryRun, fieldManager = FIELD_MANAGER }: Omit<ApplyOptions, 'force'> = {}): Promise<JsonObject> {
    const query = { fieldManager, dryRun: dryRun ? 'All' : undefined };
    return this.request({ method: 'PATCH', path, content, contentType: 'application/merge-patch+json', query });
  }

  public async delete(path: string, { dryRun, uid, resourceVersion, propagation }: DeleteOptions = {}): Promise<boolean> {
    const content = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: uid === undefined && resourceVersion === undefined ? undefined : { uid, resourceVersion },
      propagationPolicy: propagation,
      dryRun: dryRun ? ['All'] : undefined,
    };
    const response = await this.client.send({ method: 'DELETE', path, content });
    // An earlier attempt whose response was lost may have deleted the object.
    if (response.status === 404) return response.attempts > 1;
    objectOf(describeRequest('DELETE', path), response);
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

  private async request(request: ApiRequest, verb: string = request.method): Promise<JsonObject> {
    return objectOf(describeRequest(verb, request.path), await this.client.send(request));
  }
}

/**
 * Runs an action with a client for a connection, and closes the client. The option `--debug` prints each request.
 */
export async function withClient<T>(context: Context, connection: Connection, action: (cluster: KubernetesClient) => Promise<T>): Promise<T> {
  const { args, stderr, variables, clock, signal } = context;
  const debug = args.has('debug') ? (line: string) => stderr.write(`${line}\n`) : undefined;
  const waiting = WaitNotice.forServer(connection.server, context, args.has('debug'));
  const cluster = connectCluster(connection, { variables, clock, signal, debug, waiting });
  try {
    return await action(cluster);
  } finally {
    cluster.close();
  }
}
