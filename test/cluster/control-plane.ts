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
 * The options of a control plane.
 */
export interface ControlPlaneOptions {
  /** Flags of kube-apiserver that follow the default ones. */
  readonly apiServerFlags?: readonly string[];
  /**
   * Where pods run. Without nodes they stay Pending. A simulated node (`kwok`) reports them as running. A real node pulls images and starts containers.
   *
   * @default 'none'
   */
  readonly nodes?: 'none' | 'kwok' | 'real';
}

/**
 * A real API server with RBAC and etcd, and the controller manager if the program exists. With nodes it has a scheduler too.
 */
export interface ControlPlane {
  /** The path of the administrator's kubeconfig, with a client certificate of the group system:masters. */
  readonly kubeconfig: string;
  /** The API server's URL: https, 127.0.0.1 and a port. */
  readonly server: string;
  /** The CA certificate of the API server, as PEM. */
  readonly certificateAuthority: string;
  /** A folder for this cluster only. It is removed with the cluster. */
  readonly folder: string;
  /** The path of the audit log, with one audit.k8s.io/v1 Event of level Metadata a line. */
  readonly auditLog: string;
  /** The path of the kubectl beside the API server, which has the same version, if there is one. */
  readonly kubectl?: string;
  /** The registry of a real node: `127.0.0.1:PORT`, by plain HTTP. */
  readonly registry?: string;
  /** The events that the audit log has so far. */
  auditEvents(): AuditEvent[];
  /** Throws when a program of the control plane has ended. */
  check(): void;
  /** Kills the API server. The other programs keep running. */
  stopApiServer(): Promise<void>;
  /** Starts the API server again, with the same URL and data. Resolves when it is ready. */
  startApiServer(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a control plane on 127.0.0.1.
 *
 * @throws An error that ends with the programs' last lines. No program is left running.
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

/** Compiles and installs the missing programs. */
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

// A socket in the cluster's own folder needs no free port, and no other user can write to it. There are no peers, so their port does not matter.
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
