import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ApiServer } from './api-server';
import { Processes } from './processes';
import { Programs } from './programs';

/**
 * What a control plane is started with.
 */
export interface ControlPlaneOptions {
  /** Flags of kube-apiserver, after its own. */
  readonly apiServerFlags?: readonly string[];
}

/**
 * A real API server with RBAC, its etcd and, where there is one, the controller manager.
 * There is no scheduler and no node: pods are made, and stay Pending.
 */
export interface ControlPlane {
  /** The administrator's, with a client certificate of group system:masters. */
  readonly kubeconfig: string;
  /** The API server's URL: https, 127.0.0.1 and a port. */
  readonly server: string;
  /** The certificate that signed the API server's, as PEM. */
  readonly certificateAuthority: string;
  /** Of this cluster alone: files in it are removed with the cluster. */
  readonly folder: string;
  /** Who asked for what: an audit.k8s.io/v1 Event of level Metadata in each line. */
  readonly auditLog: string;
  /** What the audit log has so far. */
  auditEvents(): AuditEvent[];
  /** Kills the API server. What else runs goes on without it. */
  stopApiServer(): Promise<void>;
  /** Starts it again, with the same URL and data. Resolves when it is ready. */
  startApiServer(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @see https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
 */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly user: { readonly username: string; readonly groups?: readonly string[] };
  readonly objectRef?: {
    readonly apiGroup?: string; readonly resource?: string; readonly subresource?: string; readonly namespace?: string; readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
}

/**
 * Starts a control plane on 127.0.0.1. When that fails, nothing is left running and the error ends with the programs' last lines.
 */
export async function startControlPlane(programs: Programs, options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const processes = new Processes();
  try {
    return await start(programs, processes, options);
  } catch (error) {
    const logs = startedOf(programs).map((name) => lastLines(processes, name));
    await processes.stop();
    throw new Error(['the control plane did not start', `${error}`, ...logs].join('\n'), { cause: error });
  }
}

async function start(programs: Programs, processes: Processes, { apiServerFlags = [] }: ControlPlaneOptions): Promise<ControlPlane> {
  const { etcd, apiServer, controllerManager } = programs;
  startEtcd(etcd, processes);
  const api = await ApiServer.create(apiServer, processes, apiServerFlags);
  await api.start();
  if (controllerManager) await startControllerManager(controllerManager, processes, api);
  const { kubeconfig, auditLog, authority } = api.credentials;
  return {
    kubeconfig,
    server: api.server,
    certificateAuthority: readFileSync(authority, 'utf8'),
    folder: processes.folder,
    auditLog,
    auditEvents: () => eventsOf(auditLog),
    stopApiServer: () => api.stop(),
    startApiServer: () => api.start(),
    stop: () => processes.stop(),
  };
}

// A socket in a folder that is ours alone: no port to find, and nobody else writes to it. The peers' port is any, as there are no peers.
function startEtcd(program: string, processes: Processes): void {
  const { folder } = processes;
  processes.start(program, [
    `--data-dir=${join(folder, 'etcd')}`, '--unsafe-no-fsync', `--listen-client-urls=unix://${join(folder, 'etcd.sock')}`,
    '--advertise-client-urls=http://127.0.0.1:1', '--listen-peer-urls=http://127.0.0.1:0', '--initial-advertise-peer-urls=http://127.0.0.1:1',
    '--initial-cluster=default=http://127.0.0.1:1',
  ]);
}

async function startControllerManager(program: string, processes: Processes, api: ApiServer): Promise<void> {
  const { kubeconfig, serviceAccountKey, authority } = api.credentials;
  processes.start(program, [
    `--kubeconfig=${kubeconfig}`, '--use-service-account-credentials', `--service-account-private-key-file=${serviceAccountKey}`,
    `--root-ca-file=${authority}`, '--leader-elect=false', '--secure-port=0',
  ]);
  await api.until('/api/v1/namespaces/default/serviceaccounts/default');
}

function eventsOf(auditLog: string): AuditEvent[] {
  // What comes after the last line feed is still being written.
  return readFileSync(auditLog, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line));
}

function startedOf({ etcd, apiServer, controllerManager = '' }: Programs): string[] {
  return [etcd, apiServer, controllerManager].map((program) => basename(program));
}

function lastLines(processes: Processes, name: string): string {
  try {
    return `--- ${name}\n${processes.lastLines(name)}`;
  } catch {
    return `--- ${name || 'kube-controller-manager'} was not started`;
  }
}
