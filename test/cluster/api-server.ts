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

/** What the API server and those who speak with it share: names of files. */
export interface Credentials {
  readonly serviceAccountKey: string;
  readonly authority: string;
  readonly auditLog: string;
  /** The administrator's. */
  readonly kubeconfig: string;
}

const READY_WITHIN = 90_000;

/**
 * kube-apiserver on a port of its own, which it keeps when it is started again, with etcd behind it.
 */
export class ApiServer {
  /** @param flags come after its own. */
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
   * The file of another administrator's kubeconfig, for a program of the cluster: the audit log tells its requests from those of the tests.
   */
  public kubeconfigOf(user: string): string {
    const file = join(this.processes.folder, `${user}.kubeconfig`);
    const issued = this.ca.issue(user, `/O=system:masters/CN=${user}`, 'client');
    writeFileSync(file, kubeconfigOf(this.server, this.credentials.authority, issued), { mode: 0o600 });
    return file;
  }

  /** Resolves when it is ready. */
  public async start(): Promise<void> {
    this.running = this.processes.start(this.program, this.flags);
    await this.until('/readyz');
  }

  public async stop(): Promise<void> {
    await this.running?.stop();
  }

  /** Resolves when the administrator can read a path, and what is there is as wanted. */
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
 * A port of 127.0.0.1 that nobody uses at the moment. It is none of those that systems give to connections by themselves (from 32768 on):
 * one of them could be taken before the program that it is for has started.
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

// Since 1.37, endpoints are not made of a loopback address. Nobody in the cluster needs them.
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
  // The log stays one file, which those who read it go on reading.
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`, '--audit-log-maxsize=100000'];
}

function serviceAccountFlags(key: string): string[] {
  return ['--service-account-issuer=https://kubernetes.default.svc', `--service-account-key-file=${key}`, `--service-account-signing-key-file=${key}`];
}

// A node says its own address, which need not be one that this machine reaches: its name is tried first.
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
