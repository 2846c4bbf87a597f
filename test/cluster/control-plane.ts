import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiServer } from './api-server';
import { AuditEvent, AuditLog } from './audit-log';
import { kwokNode } from './kwok-node';
import { NodeStarter } from './node';
import { Processes } from './processes';
import { Programs } from './programs';
import { realNode } from './real-node';

export type { AuditEvent } from './audit-log';

/**
 * What a control plane is started with.
 */
export interface ControlPlaneOptions {
  /** Flags of kube-apiserver, after its own. */
  readonly apiServerFlags?: readonly string[];
  /**
   * Where pods run: nowhere, so that they stay Pending; on a simulated node; or on a real one, which pulls images and starts containers.
   *
   * @default 'none'
   */
  readonly nodes?: 'none' | 'kwok' | 'real';
}

/**
 * A real API server with RBAC, its etcd and, where there is one, the controller manager. With nodes there is a scheduler, too.
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
  /** The path of a kubectl of the API server's version, where there is one beside it. */
  readonly kubectl?: string;
  /** `127.0.0.1:PORT` of the registry that a real node pulls from, by plain HTTP. */
  readonly registry?: string;
  /** What the audit log has so far. */
  auditEvents(): AuditEvent[];
  /** Throws when one of its programs has ended. */
  check(): void;
  /** Kills the API server. What else runs goes on without it. */
  stopApiServer(): Promise<void>;
  /** Starts it again, with the same URL and data. Resolves when it is ready. */
  startApiServer(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a control plane on 127.0.0.1. When that fails, nothing is left running and the error ends with the programs' last lines.
 */
export async function startControlPlane(programs: Programs, options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const addNode = nodeStarter(programs, options);
  const processes = new Processes();
  try {
    return await start(programs, processes, options.apiServerFlags ?? [], addNode);
  } catch (error) {
    const logs = processes.lastLines();
    await processes.stop();
    throw new Error(['the control plane did not start', `${error}`, ...logs].join('\n'), { cause: error });
  }
}

/** Compiles and installs what is missing. */
function nodeStarter({ apiServer, controllerManager, scheduler }: Programs, { nodes = 'none' }: ControlPlaneOptions): NodeStarter {
  if (nodes === 'none') return async () => ({});
  if (!controllerManager || !scheduler) throw new Error(`nodes need kube-controller-manager and kube-scheduler, which are not both beside ${apiServer}`);
  const node = nodes === 'kwok' ? kwokNode() : realNode();
  return async (processes, api) => {
    processes.start(scheduler, [`--kubeconfig=${api.kubeconfigOf('kube-scheduler')}`, '--leader-elect=false', '--secure-port=0']);
    return node(processes, api);
  };
}

async function start(programs: Programs, processes: Processes, flags: readonly string[], addNode: NodeStarter): Promise<ControlPlane> {
  const { etcd, apiServer, controllerManager, kubectl } = programs;
  startEtcd(etcd, processes);
  const api = await ApiServer.create(apiServer, processes, flags);
  await api.start();
  if (controllerManager) await startControllerManager(controllerManager, processes, api);
  const { kubeconfig, auditLog, authority } = api.credentials;
  const events = new AuditLog(auditLog);
  return {
    ...await addNode(processes, api),
    kubeconfig,
    server: api.server,
    certificateAuthority: readFileSync(authority, 'utf8'),
    folder: processes.folder,
    kubectl,
    auditLog,
    auditEvents: () => events.events(),
    check: () => processes.check(),
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
  const { serviceAccountKey, authority } = api.credentials;
  processes.start(program, [
    `--kubeconfig=${api.kubeconfigOf('kube-controller-manager')}`, '--use-service-account-credentials', `--service-account-private-key-file=${serviceAccountKey}`,
    `--root-ca-file=${authority}`, '--leader-elect=false', '--secure-port=0',
  ]);
  await api.until('/api/v1/namespaces/default/serviceaccounts/default');
}
