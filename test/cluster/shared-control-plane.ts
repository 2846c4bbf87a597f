import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runKubectl, tryKubectl } from './cluster';
import { ControlPlane, startControlPlane } from './control-plane';
import { controlPlanePrograms } from './programs';

/** What a test file is given: values only, since it has modules of its own. */
export type SharedParts = Pick<ControlPlane, 'kubeconfig' | 'server' | 'certificateAuthority' | 'folder' | 'auditLog' | 'kubectl'>;

/**
 * One control plane with a simulated node for the test files of a jest worker, which run one after the other.
 * It starts with the first that asks for it and ends with the worker.
 */
export class SharedControlPlane {
  private running: ControlPlane | undefined;
  /** Test files that have had the running one. */
  private users: string[] = [];
  /** Namespaces that were there before the last user. */
  private before: readonly string[] = [];

  /** @param claims A folder that all workers have in common. Each namespace has a file there, which names the test file that made it. */
  constructor(private readonly claims: string) {}

  public async give(testFile: string): Promise<SharedParts> {
    const running = await this.clean(testFile) ?? await this.start();
    this.users.push(testFile);
    this.before = namespacesOf(running);
    const { kubeconfig, server, certificateAuthority, folder, auditLog, kubectl } = running;
    return { kubeconfig, server, certificateAuthority, folder, auditLog, kubectl };
  }

  /**
   * Throws when another test file makes a namespace that this one has made: in one worker, the two would disturb each other.
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
   * The running one, without the objects outside namespaces that its users have left. One that does not answer is stopped, and so is
   * one that the test file has had already: jest is watching, and its namespaces are there.
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

  /** The test file that has made a namespace: this one, unless another was faster. */
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

/** What `kubectl delete` is asked for. The API server has made the roles with this label. */
const LEFTOVERS = [
  ['clusterroles,clusterrolebindings', '-l', 'kubernetes.io/bootstrapping!=rbac-defaults'],
  ['customresourcedefinitions,validatingadmissionpolicies,validatingadmissionpolicybindings', '--all'],
];

/** None when the API server does not answer: then the test file has failed already, or the next one is given another. */
function namespacesOf({ kubeconfig }: ControlPlane): string[] {
  return tryKubectl(kubeconfig, ['get', 'namespaces', '-o', 'name']).stdout.split('\n').filter(Boolean).map((name) => name.replace('namespace/', ''));
}
