import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { base64Of, CertificateAuthority } from './pki';
import { Processes, Started } from './processes';

/** The names of the files that the API server shares with its clients. */
export interface Credentials {
  readonly serviceAccountKey: string;
  readonly authority: string;
  readonly auditLog: string;
  /** The administrator's kubeconfig. */
  readonly kubeconfig: string;
}

const READY_WITHIN = 90_000;

/**
 * A kube-apiserver with its etcd. It keeps its port when it is started again.
 */
export class ApiServer {
  /** @param flags Flags that follow the default ones. */
  public static async create(program: string, processes: Processes, flags: readonly string[]): Promise<ApiServer> {
    return new ApiServer(program, processes, flags, await freePort());
  }

  public readonly server: string;
  public readonly credentials: Credentials;

  private readonly ca: CertificateAuthority;
  private readonly flags: readonly string[];
  private readonly tls: object;
  private running: Started | undefined;

  private constructor(private readonly program: string, private readonly processes: Processes, flags: readonly string[], port: number) {
    const { folder } = processes;
    const ca = this.ca = new CertificateAuthority(folder);
    const serving = ca.issue('server', '/CN=kube-apiserver', 'server');
    const admin = ca.issue('admin', '/O=system:masters/CN=admin', 'client');
    this.server = `https://127.0.0.1:${port}`;
    this.tls = { ca: readFileSync(ca.certificate), cert: readFileSync(admin.certificate), key: readFileSync(admin.key) };
    this.credentials = {
      authority: ca.certificate, serviceAccountKey: ca.key('service-accounts'), auditLog: join(folder, 'audit.jsonl'), kubeconfig: join(folder, 'kubeconfig'),
    };
    writeFileSync(this.credentials.kubeconfig, kubeconfigOf(this.server, ca.certificate, admin), { mode: 0o600 });
    this.flags = [
      ...servingFlags(port, serving, ca.certificate), ...auditFlags(folder, this.credentials.auditLog),
      ...serviceAccountFlags(this.credentials.serviceAccountKey), ...kubeletFlags(ca), `--etcd-servers=unix://${join(folder, 'etcd.sock')}`, '--authorization-mode=RBAC', ...flags,
    ];
  }

  /**
   * Writes the kubeconfig of another administrator, for a program of the cluster, and gives its path.
   * So the audit log tells the program's requests from those of the tests.
   */
  public kubeconfigOf(user: string): string {
    const file = join(this.processes.folder, `${user}.kubeconfig`);
    const issued = this.ca.issue(user, `/O=system:masters/CN=${user}`, 'client');
    writeFileSync(file, kubeconfigOf(this.server, this.credentials.authority, issued), { mode: 0o600 });
    return file;
  }

  /** Resolves when the API server is ready. */
  public async start(): Promise<void> {
    this.running = this.processes.start(this.program, this.flags);
    await this.until('/readyz');
  }

  public async stop(): Promise<void> {
    await this.running?.stop();
  }

  /** Resolves when the administrator can read a path and its content passes the check. */
  public async until(path: string, isWanted: (text: string) => boolean = () => true): Promise<void> {
    const end = Date.now() + READY_WITHIN;
    for (;;) {
      this.processes.check();
      const { status, text } = await this.ask('GET', path);
      if (status === 200 && isWanted(text)) return;
      if (Date.now() > end) throw new Error(`${this.server}${path} says ${status ?? ''} ${text} after ${READY_WITHIN / 1000} s`);
      await sleep(100);
    }
  }

  /** Creates an object as the administrator. */
  public async create(path: string, object: object): Promise<void> {
    const { status, text } = await this.ask('POST', path, JSON.stringify(object));
    if (status !== 201) throw new Error(`POST ${this.server}${path}: ${status ?? ''} ${text}`);
  }

  private ask(method: string, path: string, body?: string): Promise<{ readonly status?: number; readonly text: string }> {
    const headers = { 'Content-Type': 'application/json' };
    return new Promise((resolve) => {
      const asked = request(this.server + path, { ...this.tls, method, headers, agent: false, timeout: 30_000 }, (response) => {
        textOf(response).then((said) => resolve({ status: response.statusCode, text: said }), (error: Error) => resolve({ text: error.message }));
      });
      asked.on('timeout', () => asked.destroy(new Error('nothing for 5 s'))).on('error', ({ message }) => resolve({ text: message })).end(body);
    });
  }
}

/**
 * A free port of 127.0.0.1. It is below 32768, where systems take the ports of outgoing connections from:
 * such a port could be taken before the program has started.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const isListening = await once(server, 'listening').then(() => true, () => false);
  if (isListening) await new Promise((closed) => server.close(closed));
  return isListening;
}

interface KeyPair {
  readonly key: string;
  readonly certificate: string;
}

// Since 1.37, Kubernetes creates no endpoints for a loopback address. The tests do not need them.
function servingFlags(port: number, { key, certificate }: KeyPair, ca: string): string[] {
  return [
    '--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', '--endpoint-reconciler-type=none',
    `--secure-port=${port}`, '--service-cluster-ip-range=10.96.0.0/16',
    `--tls-cert-file=${certificate}`, `--tls-private-key-file=${key}`, `--client-ca-file=${ca}`,
  ];
}

function auditFlags(folder: string, log: string): string[] {
  const policy = join(folder, 'audit-policy.yaml');
  writeFileSync(policy, stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules: [{ level: 'Metadata' }] }));
  // The log stays one file, so that readers can go on reading it.
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`, '--audit-log-maxsize=100000'];
}

function serviceAccountFlags(key: string): string[] {
  return ['--service-account-issuer=https://kubernetes.default.svc', `--service-account-key-file=${key}`, `--service-account-signing-key-file=${key}`];
}

// A node reports its own address, which this machine may not reach. So its name is tried first.
function kubeletFlags(ca: CertificateAuthority): string[] {
  const { key, certificate } = ca.issue('kubelet-client', '/CN=kube-apiserver-kubelet-client', 'client');
  return [`--kubelet-client-certificate=${certificate}`, `--kubelet-client-key=${key}`, '--kubelet-preferred-address-types=Hostname,InternalIP'];
}

function kubeconfigOf(server: string, ca: string, admin: KeyPair): string {
  return stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'test', cluster: { 'server': server, 'certificate-authority-data': base64Of(ca) } }],
    'users': [{ name: 'admin', user: { 'client-certificate-data': base64Of(admin.certificate), 'client-key-data': base64Of(admin.key) } }],
    'contexts': [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  }, { lineWidth: 0 });
}
