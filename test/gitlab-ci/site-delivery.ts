import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pushBaseImage } from './base-image';
import type { Registries } from './buildah-settings';
import { prepareRunner } from './gitlab-ci-local';
import { PackedLibrary } from './packed-library';
import { Repository } from './repository';
import { Kubeconfig } from '../../src';
import { runKubectl } from '../cluster/cluster';
import { ControlPlane } from '../cluster/control-plane';
import { PackageFiles } from '../cluster/debian';
import { ExampleSite, HUGO } from '../cluster/example-site';
import { BUILDAH } from '../cluster/image';
import { REGISTRY } from '../cluster/registry';
import { GitlabProject } from '../pipeline/runner/gitlab-project';
import { ProjectVariable } from '../pipeline/runner/pipeline-event';
import { PipelineRun, PipelineRunOptions } from '../pipeline/runner/pipeline-run';

/** The value of CI_JOB_TOKEN and CI_REGISTRY_PASSWORD, and its line in an htpasswd file. */
export const JOB_TOKEN = 'job-token-of-the-test';
export const JOB_USER = 'gitlab-ci-token:$2b$04$vOiK1T0jn.wyRaaOHhtvVutC0PQsb4vM7w5kXt1p1nBUNjw9nZB4O';

/** The environments of the example, and their namespaces. */
export const NAMESPACES = { staging: 'example-staging', production: 'example' } as const;

/** The programs that the example's jobs need. */
export const TOOLS: PackageFiles = { ...HUGO, ...BUILDAH, ...REGISTRY };

const MAIN = join(__dirname, '..', '..', 'lib', 'cli', 'main.js');

/** The fields of `status --output json` that tests read. */
export interface ReleaseState {
  readonly ok: boolean;
  readonly newest: { readonly outcome: string } | null;
  readonly lock: object | null;
}

/**
 * A project with the example's repository: its credentials for a cluster, a runner, and registries.
 */
export class SiteDelivery {
  /**
   * Installs missing programs, and grants the project access to one namespace for each environment.
   */
  public static prepare(cluster: ControlPlane, registries: Registries): SiteDelivery {
    prepareRunner(TOOLS);
    return new SiteDelivery(cluster, registries);
  }

  public readonly repository: Repository;
  /** The kubeconfigs that `grant` created, as CI/CD variables. */
  public readonly credentials: readonly ProjectVariable[];

  private readonly folder = mkdtempSync(join(tmpdir(), 'delivery-'));
  private readonly project: GitlabProject;

  private constructor(private readonly cluster: ControlPlane, private readonly registries: Registries) {
    pushBaseImage(registries.dockerHub, this.folder);
    this.repository = Repository.ofExample(this.folder, PackedLibrary.pack(join(this.folder, 'library')));
    this.project = new GitlabProject(join(this.folder, 'runner'), registries);
    this.credentials = this.grant();
  }

  /** Creates a pipeline of the newest commit on the default branch. It runs no job yet. */
  public pipeline(credentials = this.credentials, options: Pick<PipelineRunOptions, 'event' | 'idToken'> = {}): PipelineRun {
    const registry = this.registries.project;
    const predefined = { CI_REGISTRY: registry, CI_REGISTRY_IMAGE: `${registry}/group/site`, CI_REGISTRY_PASSWORD: JOB_TOKEN };
    return this.project.pipeline(this.repository, { ...options, predefined, projectVariables: credentials });
  }

  /** The image of the Deployment in a namespace; empty without a Deployment. */
  public deployedImage(namespace: string): string {
    return runKubectl(this.cluster.kubeconfig, ['get', 'deployment', 'web', '-n', namespace, '--ignore-not-found', '-o', 'jsonpath={.spec.template.spec.containers[0].image}']);
  }

  /** What `status` says about the application in an environment. */
  public status(environment: keyof typeof NAMESPACES): ReleaseState {
    const KUBECONFIG = join(this.folder, `${environment}.kubeconfig`);
    const variables = { PATH: process.env.PATH, KUBECONFIG, CI_PROJECT_ID: '42', CI_ENVIRONMENT_NAME: environment };
    return JSON.parse(spawnSync(process.execPath, [MAIN, 'status', '--app', 'web', '--output', 'json'], { env: variables, encoding: 'utf8' }).stdout);
  }

  /** The files with a credential that the runner has left on its disk. */
  public leftCredentials(): string[] {
    const entries = readdirSync(this.project.builds, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && entry.parentPath.endsWith('.tmp')).map(({ parentPath, name }) => join(parentPath, name));
    return files.filter((file) => this.tokens().some((token) => readFileSync(file, 'utf8').includes(token)));
  }

  /** The tokens of the credentials, which must appear in no log. */
  public tokens(): string[] {
    return this.credentials.map(({ value }) => Kubeconfig.parse(value).token ?? '');
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private grant(): ProjectVariable[] {
    const site = new ExampleSite(join(this.folder, 'access'));
    site.run('access.ts');
    return Object.keys(NAMESPACES).map((environment) => {
      const file = join(this.folder, `${environment}.kubeconfig`);
      const options = ['--kubeconfig', this.cluster.kubeconfig, '--file', file, '--format', 'json', '--yes'];
      execFileSync(process.execPath, [MAIN, 'grant', site.manifest(`access-${environment}.yaml`), ...options], { env: { PATH: process.env.PATH }, stdio: 'pipe' });
      return { key: 'KUBECONFIG', value: readFileSync(file, 'utf8').trim(), variableType: 'file', environmentScope: environment, masked: true, raw: true, protected: true };
    });
  }
}
