import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runKubectl, tryKubectl } from './cluster';
import { ControlPlane, startControlPlane } from './control-plane';
import { controlPlanePrograms } from './programs';

/** The values that a test file gets. Each test file loads its own modules, so it gets no objects with methods. */
export type SharedParts = Pick<ControlPlane, 'kubeconfig' | 'server' | 'certificateAuthority' | 'folder' | 'auditLog' | 'kubectl'>;

/**
 * One control plane with a simulated node for all test files of a jest worker, which run one after the other.
 * It starts when the first file asks for it, and ends with the worker.
 */
export class SharedControlPlane {
  private running: ControlPlane | undefined;
  /** The test files that have used the running control plane. */
  private users: string[] = [];
  /** The namespaces that existed before the last test file. */
  private before: readonly string[] = [];

  /** @param claims A folder that all workers share. It has a file for each namespace, with the name of the test file that created it. */
  constructor(private readonly claims: string) {}

  public async give(testFile: string): Promise<SharedParts> {
    const running = await this.clean(testFile) ?? await this.start();
    this.users.push(testFile);
    this.before = namespacesOf(running);
    const { kubeconfig, server, certificateAuthority, folder, auditLog, kubectl } = running;
    return { kubeconfig, server, certificateAuthority, folder, auditLog, kubectl };
  }

  /**
   * Throws when this test file has created a namespace of another test file: in one worker, the two would disturb each other.
   */
  public takeBack(testFile: string): void {
    if (!this.running || this.users.at(-1) !== testFile) return;
    const made = namespacesOf(this.running).filter((namespace) => !this.before.includes(namespace));
    const problems = made.map((namespace) => ({ namespace, owner: this.claim(namespace, testFile) })).filter(({ owner }) => owner !== testFile);
    if (problems.length === 0) return;
    const lines = problems.map(({ namespace, owner }) => `Namespace ${namespace} is also made by ${owner}.`);
    throw new Error([...lines, 'Test files that share a cluster need names of their own.'].join('\n'));
  }

  public async stop(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  /**
   * Gives the running control plane after it has deleted the cluster-scoped objects of earlier files. It starts a new one if the running one
   * does not answer, or if the test file has used it already: then jest is watching, and the namespaces of the last run still exist.
   */
  private async clean(testFile: string): Promise<ControlPlane | undefined> {
    const { running } = this;
    if (!running) return undefined;
    try {
      running.check();
      for (const left of LEFTOVERS) runKubectl(running.kubeconfig, ['delete', ...left]);
      if (!this.users.includes(testFile)) return running;
    } catch (error) {
      console.warn(`another control plane is started, since the one of ${this.users.at(-1)} fails: ${(error as Error).message}`);
    }
    await this.stop();
    return undefined;
  }

  private async start(): Promise<ControlPlane> {
    this.users = [];
    this.running = await startControlPlane(controlPlanePrograms(), { nodes: 'kwok' });
    return this.running;
  }

  /** The test file that has created a namespace: this file, or another one that was first. */
  private claim(namespace: string, testFile: string): string {
    const file = join(this.claims, namespace);
    try {
      writeFileSync(file, testFile, { flag: 'wx' });
      return testFile;
    } catch {
      return readFileSync(file, 'utf8');
    }
  }
}

/** The arguments of `kubectl delete`. The label excludes the roles that the API server has created. */
const LEFTOVERS = [
  ['clusterroles,clusterrolebindings', '-l', 'kubernetes.io/bootstrapping!=rbac-defaults'],
  ['customresourcedefinitions,validatingadmissionpolicies,validatingadmissionpolicybindings', '--all'],
];

/** Gives no namespaces when the API server does not answer. Then the test file has failed already, or the next file gets a new control plane. */
function namespacesOf({ kubeconfig }: ControlPlane): string[] {
  return tryKubectl(kubeconfig, ['get', 'namespaces', '-o', 'name']).stdout.split('\n').filter(Boolean).map((name) => name.replace('namespace/', ''));
}
