import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { image } from './application';
import { Job, Outcome } from './job';
import type { Peer } from './peer';
import { Kubeconfig } from '../../src';
import type { JsonObject } from '../../src/base/json';
import type { KubernetesClient } from '../../src/cli/cluster/kubernetes-client';
import { ApiError } from '../../src/cli/cluster/status';
import { fieldAt, listAt, textAt } from '../../src/cli/deploy/objects/fields';
import type { ControlPlane } from '../../test/cluster/control-plane';

/**
 * What a site is made in.
 */
export interface World {
  readonly controlPlane: Pick<ControlPlane, 'server' | 'certificateAuthority'>;
  /** The administrator. */
  readonly admin: KubernetesClient;
  /** Its folder of programs is the first of the jobs' PATH. */
  readonly programs: string;
  /** Folders of sites are made in it. */
  readonly folder: string;
}

/**
 * What a job differs in from the one that deploys version 1.
 */
export interface JobOptions {
  /** `undefined`: the variable is not set. */
  readonly image?: string | undefined;
  /** Seconds that the application may take to become ready. */
  readonly limit?: number;
  /** Of its pipeline: jobs count on, unless a test of their order says otherwise. */
  readonly pipeline?: number;
}

/** Long enough for a job that is not meant to fail by it. */
const LIMIT = 60;

/**
 * A namespace for one peer in one scenario, and the project that deploys to it with ClusterRole `admin` in it and nothing elsewhere.
 */
export class Site {
  public static async make(world: World, namespace: string, peer: Peer): Promise<Site> {
    const folder = join(world.folder, namespace);
    mkdirSync(folder);
    const site = new Site(world, namespace, folder, peer);
    await site.prepare();
    return site;
  }

  private pipelines = 0;
  private token = '';

  private constructor(
    private readonly world: World, private readonly namespace: string, private readonly folder: string, private readonly peer: Peer,
  ) {}

  /** What the project's repository has from now on. */
  public lay(objects: readonly object[]): void {
    this.peer.lay(this.folder, objects);
  }

  public async deploy(options: JobOptions = {}): Promise<Outcome> {
    return this.begin(options).ended;
  }

  public begin({ limit = LIMIT, pipeline = ++this.pipelines, ...options }: JobOptions = {}): Job {
    const reference = 'image' in options ? options.image : image('1');
    return new Job(this.folder, this.peer.script, {
      PATH: `${this.world.programs}:${process.env.PATH}`,
      // Caches of one job are there for the next, as on a runner that keeps them.
      HOME: this.folder,
      KUBECONFIG: this.kubeconfig,
      NAMESPACE: this.namespace,
      LIMIT: String(limit),
      ...reference === undefined ? {} : { IMAGE: reference },
      ...gitlabVariables(pipeline),
    });
  }

  /** Sends the jobs to another address of the same server. */
  public goThrough(server: string, certificateAuthority: string): void {
    const { namespace, token } = this;
    const credential = new Kubeconfig({ server, certificateAuthorityData: Buffer.from(certificateAuthority).toString('base64'), namespace, token });
    writeFileSync(this.kubeconfig, credential.toYaml(), { mode: 0o600 });
  }

  /** Something in the namespace, by the last part of its path, or nothing. */
  public async find(path: string): Promise<JsonObject | undefined> {
    try {
      return await this.world.admin.get(this.path(path));
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  /** As somebody else, who has nothing to do with the application. */
  public async create(collection: string, object: object): Promise<JsonObject> {
    return this.world.admin.create(this.path(collection), object);
  }

  /** Names of what is in a collection of the namespace. */
  public async names(collection: string): Promise<string[]> {
    return listAt(await this.world.admin.get(this.path(collection)), 'items').map((item) => textAt(item, 'metadata', 'name'));
  }

  /** The image that the Deployment runs, or is to run. */
  public async image(): Promise<string | undefined> {
    const containers = listAt(await this.find('deployments/web'), 'spec', 'template', 'spec', 'containers');
    return containers.length === 0 ? undefined : textAt(containers[0], 'image');
  }

  /** When a container first waits for this reason, by `performance.now()`. */
  public async waitsFor(reason: string): Promise<number> {
    for await (const { object } of this.world.admin.watch(this.path('pods'))) {
      const statuses = listAt(object, 'status', 'containerStatuses');
      if (statuses.some((status) => fieldAt(status, 'state', 'waiting', 'reason') === reason)) return performance.now();
    }
    throw new Error('the watch has ended');
  }

  private async prepare(): Promise<void> {
    const { admin, controlPlane } = this.world;
    await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } });
    await this.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'ci' } });
    await this.create('rolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'ci' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'ci', namespace: this.namespace }],
    });
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7200 } };
    this.token = textAt(await this.create('serviceaccounts/ci/token', request), 'status', 'token');
    this.goThrough(controlPlane.server, controlPlane.certificateAuthority);
    // Pods need it, and by then the authorizer knows the RoleBinding.
    while (!await this.find('serviceaccounts/default') || !await this.find('configmaps/kube-root-ca.crt')) await sleep(50);
  }

  private get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }

  private path(path: string): string {
    const [collection = ''] = path.split('/');
    return `/${GROUPS[collection] ?? 'api/v1'}/namespaces/${this.namespace}/${path}`;
  }
}

const GROUPS: Readonly<Record<string, string>> = {
  deployments: 'apis/apps/v1',
  leases: 'apis/coordination.k8s.io/v1',
  rolebindings: 'apis/rbac.authorization.k8s.io/v1',
};

function gitlabVariables(pipeline: number): Record<string, string> {
  const project = 'https://gitlab.example.com/group/web';
  return {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_PROJECT_ID: '7',
    CI_ENVIRONMENT_NAME: 'production',
    CI_REGISTRY_IMAGE: 'registry.example.com/group/web',
    CI_PIPELINE_IID: String(pipeline),
    CI_PIPELINE_URL: `${project}/-/pipelines/${pipeline}`,
    CI_JOB_ID: String(pipeline * 10),
    CI_JOB_URL: `${project}/-/jobs/${pipeline * 10}`,
    CI_COMMIT_SHA: pipeline.toString(16).padStart(40, '0'),
  };
}
