import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { AddressInfo, createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { base64Of, CertificateAuthority } from './pki';
import { Processes } from './processes';
import { Programs } from './programs';

/**
 * A real API server with RBAC, its etcd and, where there is one, the controller manager.
 * There is no scheduler and no node: pods are made, and stay Pending.
 */
export interface ControlPlane {
  /** The administrator's, with a client certificate of group system:masters. */
  readonly kubeconfig: string;
  /** Who asked for what: an audit.k8s.io/v1 Event of level Metadata in each line. */
  readonly auditLog: string;
  stop(): Promise<void>;
}

const READY_WITHIN = 90_000;

/**
 * Starts a control plane on 127.0.0.1. When that fails, nothing is left running and the error ends with the programs' last lines.
 */
export async function startControlPlane(programs: Programs): Promise<ControlPlane> {
  const processes = new Processes();
  try {
    return await start(programs, processes);
  } catch (error) {
    const logs = startedOf(programs).map((name) => lastLines(processes, name));
    await processes.stop();
    throw new Error(['the control plane did not start', `${error}`, ...logs].join('\n'), { cause: error });
  }
}

async function start({ etcd, apiServer, controllerManager }: Programs, processes: Processes): Promise<ControlPlane> {
  const { folder } = processes;
  const file = (name: string) => join(folder, name);
  const ca = new CertificateAuthority(folder);
  const serving = ca.issue('server', '/CN=kube-apiserver', 'server');
  const admin = ca.issue('admin', '/O=system:masters/CN=admin', 'client');
  const serviceAccountKey = ca.key('service-accounts');
  writeFileSync(file('audit-policy.yaml'), stringify(AUDIT_POLICY));

  // A socket in a folder that is ours alone: no port to find, and nobody else writes to it. The peers' port is any, as there are no peers.
  processes.start(etcd, [
    `--data-dir=${file('etcd')}`, '--unsafe-no-fsync', `--listen-client-urls=unix://${file('etcd.sock')}`, '--advertise-client-urls=http://127.0.0.1:1',
    '--listen-peer-urls=http://127.0.0.1:0', '--initial-advertise-peer-urls=http://127.0.0.1:1', '--initial-cluster=default=http://127.0.0.1:1',
  ]);
  const port = await freePort();
  processes.start(apiServer, [
    `--etcd-servers=unix://${file('etcd.sock')}`, '--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${port}`,
    `--tls-cert-file=${serving.certificate}`, `--tls-private-key-file=${serving.key}`, `--client-ca-file=${ca.certificate}`,
    '--authorization-mode=RBAC', `--audit-policy-file=${file('audit-policy.yaml')}`, `--audit-log-path=${file('audit.log')}`,
    '--service-account-issuer=https://kubernetes.default.svc', '--service-cluster-ip-range=10.96.0.0/16',
    `--service-account-key-file=${serviceAccountKey}`, `--service-account-signing-key-file=${serviceAccountKey}`,
  ]);
  const server = `https://127.0.0.1:${port}`;
  const tls = { ca: readFileSync(ca.certificate), cert: readFileSync(admin.certificate), key: readFileSync(admin.key) };
  await answers(`${server}/readyz`, tls, processes);

  writeFileSync(file('kubeconfig'), kubeconfigOf(server, ca.certificate, admin), { mode: 0o600 });
  if (controllerManager) {
    processes.start(controllerManager, [
      `--kubeconfig=${file('kubeconfig')}`, '--use-service-account-credentials', `--service-account-private-key-file=${serviceAccountKey}`,
      `--root-ca-file=${ca.certificate}`, '--leader-elect=false', '--secure-port=0',
    ]);
    await answers(`${server}/api/v1/namespaces/default/serviceaccounts/default`, tls, processes);
  }
  return { kubeconfig: file('kubeconfig'), auditLog: file('audit.log'), stop: () => processes.stop() };
}

const AUDIT_POLICY = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules: [{ level: 'Metadata' }] };

function kubeconfigOf(server: string, ca: string, admin: { readonly key: string; readonly certificate: string }): string {
  return stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'test', cluster: { 'server': server, 'certificate-authority-data': base64Of(ca) } }],
    'users': [{ name: 'admin', user: { 'client-certificate-data': base64Of(admin.certificate), 'client-key-data': base64Of(admin.key) } }],
    'contexts': [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  }, { lineWidth: 0 });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(url: string, tls: object, processes: Processes): Promise<void> {
  const end = Date.now() + READY_WITHIN;
  for (;;) {
    processes.check();
    const said = await statusOf(url, tls);
    if (said === 200) return;
    if (Date.now() > end) throw new Error(`${url} says ${said} after ${READY_WITHIN / 1000} s`);
    await sleep(100);
  }
}

function statusOf(url: string, tls: object): Promise<number | string | undefined> {
  return new Promise((resolve) => {
    get(url, { ...tls, agent: false, timeout: 5_000 }, (response) => resolve(response.resume().statusCode))
      .on('timeout', function (this: { destroy(error: Error): void }) { this.destroy(new Error('nothing for 5 s')); })
      .on('error', (error) => resolve(error.message));
  });
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
