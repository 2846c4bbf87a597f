import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kubectl, NO_CLUSTER } from './kubectl';

/**
 * A stand-in for an API server that serves discovery only, which is all that `kubectl --dry-run=client` needs. It stores no objects.
 */
export interface DiscoveryServer {
  /** Runs kubectl with this server. The call is asynchronous, because the server runs in this process. */
  run(args: string[], stdin?: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Gives the objects that kubectl reads from manifests. They define what a YAML text means in Kubernetes.
 */
export async function readByKubectl(manifests: string): Promise<unknown[]> {
  const server = await startDiscoveryServer();
  try {
    return jsonObjects(await server.run(['create', '--dry-run=client', '--validate=false', '-o', 'json', '-f', '-'], manifests));
  } finally {
    await server.close();
  }
}

export async function startDiscoveryServer(): Promise<DiscoveryServer> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cache = mkdtempSync(join(tmpdir(), 'discovery-cache-'));
  return {
    run: (args, stdin) => run([`--server=http://127.0.0.1:${port}`, `--cache-dir=${cache}`, ...args], stdin),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      rmSync(cache, { recursive: true, force: true });
    },
  };
}

/**
 * Splits the output of kubectl into objects. Only the end of an object is a brace in the first column.
 */
export function jsonObjects(text: string): unknown[] {
  return text.split(/^\}\n?/m).filter((part) => part.trim() !== '').map((part) => JSON.parse(`${part}}`));
}

async function run(args: string[], stdin = ''): Promise<string> {
  const running = promisify(execFile)(kubectl(), args, { env: NO_CLUSTER, timeout: 200_000, maxBuffer: 64e6 });
  running.child.stdin?.end(stdin);
  return (await running).stdout;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
  const body = DISCOVERY.get(path);
  response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body ?? notFound(path)));
}

function notFound(path: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404, message: `${path} not found` };
}

const NAMESPACED: Record<string, string[]> = {
  'v1': ['ConfigMap', 'Event', 'PersistentVolumeClaim', 'Pod', 'ResourceQuota', 'LimitRange', 'Secret', 'Service', 'ServiceAccount'],
  'apps/v1': ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  'batch/v1': ['CronJob', 'Job'],
  'networking.k8s.io/v1': ['Ingress', 'NetworkPolicy'],
  'rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding'],
};

const CLUSTER_SCOPED: Record<string, string[]> = {
  'v1': ['Namespace', 'Node', 'PersistentVolume'],
  'networking.k8s.io/v1': ['IngressClass'],
  'rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding'],
};

const DISCOVERY = discovery();

function discovery(): Map<string, object> {
  const versions = Object.keys(NAMESPACED);
  const lists = versions.map((version) => [version === 'v1' ? '/api/v1' : `/apis/${version}`, resources(version)] as const);
  const groups = versions.filter((version) => version !== 'v1').map(group);
  return new Map<string, object>([
    ['/api', { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }],
    ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups }],
    ['/version', { major: '1', minor: '35', gitVersion: 'v1.35.2' }],
    ...lists,
  ]);
}

function group(groupVersion: string): object {
  const [name, version] = groupVersion.split('/');
  const served = { groupVersion, version };
  return { name, versions: [served], preferredVersion: served };
}

function resources(groupVersion: string): object {
  const of = (kinds: string[] = [], namespaced: boolean) => kinds.map((kind) => resource(kind, namespaced));
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: [...of(NAMESPACED[groupVersion], true), ...of(CLUSTER_SCOPED[groupVersion], false)],
  };
}

function resource(kind: string, namespaced: boolean): object {
  const singularName = kind.toLowerCase();
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
  return { name: plural(singularName), singularName, kind, namespaced, verbs };
}

function plural(name: string): string {
  if (name.endsWith('ss')) return `${name}es`;
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}
