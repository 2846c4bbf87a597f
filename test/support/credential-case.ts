import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart, Yaml } from 'cdk8s';
import { cliFolder, CliOptions, CliResult, fileText, runCli } from './cli';
import { FETCH_TIMEOUT, kubectl } from './kubectl';
import { until } from './until';
import { NamespaceDeployer, NamespaceDeployerProps } from '../../src';
import { Kubeconfig } from '../../src/kubeconfig/kubeconfig';
import { Cluster, runKubectl, tryKubectl } from '../cluster/cluster';
import { COMPILE_TIMEOUT } from '../cluster/programs';
import { shareCluster } from '../cluster/shared-cluster';
import { Gitlab } from '../gitlab/gitlab-server';
import { Owner } from '../gitlab/owner';

export const GITLAB_TOKEN = 'glpat-the-administrators-own';

/**
 * A namespace, a stand-in for GitLab with one project, and the commands that work on both.
 */
export class CredentialCase {
  /** The messages and logs of all commands of all cases. */
  public static readonly written: string[] = [];

  public static async start(cluster: Pick<Cluster, 'kubeconfig' | 'kubectl'>, label: string): Promise<CredentialCase> {
    const gitlab = await Gitlab.start();
    gitlab.addGroup(7, 'group');
    gitlab.addProject(42, 'group/site', gitlab.group(7));
    gitlab.addToken(GITLAB_TOKEN, { 'group/site': 'maintainer', 'group': 'maintainer' });
    return new CredentialCase(cluster, gitlab, `${label}-${++CredentialCase.count}`);
  }

  private static count = 0;

  private constructor(private readonly cluster: Pick<Cluster, 'kubeconfig' | 'kubectl'>, public readonly gitlab: Gitlab, public readonly namespace: string) {}

  public get project(): Owner {
    return this.gitlab.project(42);
  }

  /** The name of the ServiceAccount. */
  public get account(): string {
    return `gitlab-${this.namespace}`;
  }

  public access(props: Partial<NamespaceDeployerProps> = {}): string {
    const chart = new Chart(new App(), 'access');
    new NamespaceDeployer(chart, 'gitlab', { namespace: this.namespace, createNamespace: true, ...props });
    return Yaml.stringify(...chart.toJson());
  }

  /** Runs a command in a folder with access.yaml, as an administrator of the cluster and of GitLab. */
  public async run(argv: string[], { files, variables, ...options }: CliOptions = {}): Promise<CliResult> {
    const result = await runCli(argv, {
      ...options,
      files: { 'access.yaml': this.access(), ...files },
      variables: { GITLAB_TOKEN, KUBECONFIG: this.cluster.kubeconfig, ...variables },
    });
    CredentialCase.written.push(result.stderr, argv.at(-1) === '-' ? '' : result.stdout);
    return result;
  }

  public async grant(...options: string[]): Promise<CliResult> {
    return this.run(['grant', 'access.yaml', ...options]);
  }

  /** The options that name the project's variables of an environment. */
  public inGitlab(environment = 'production'): string[] {
    return ['--gitlab-url', this.gitlab.url, '--project', '42', '--environment', environment];
  }

  /** The CI/CD variable in the data of the stand-in. GitLab's API would not show the value of a hidden one. */
  public variable(key: string, scope = 'production') {
    return this.project.variables.find((variable) => variable.key === key && variable.environment_scope === scope);
  }

  public credential(scope?: string): Kubeconfig {
    return Kubeconfig.parse(this.variable('KUBECONFIG', scope)?.value ?? '');
  }

  public asAdmin(...args: string[]): string {
    return runKubectl(this.cluster.kubeconfig, args);
  }

  /** Runs the kubectl of the cluster's version with a kubeconfig in the folder of the test. */
  public with(file: string, ...args: string[]) {
    return tryKubectl(join(cliFolder(), file), args, '', this.cluster.kubectl);
  }

  public fromFile(file: string): Kubeconfig {
    return Kubeconfig.parse(fileText(file) ?? '');
  }

  /** The status of a request with this token: 200, 401 or 403. */
  public status(token: string): number {
    const { status, stderr } = tryKubectl(this.kubeconfigWith(token), ['get', '--raw', `/api/v1/namespaces/${this.namespace}/pods`]);
    return status === 0 ? 200 : /Unauthorized|must be logged in/.test(stderr) ? 401 : 403;
  }

  /** Runs kubectl with a token. */
  public withToken(token: string, ...args: string[]) {
    return tryKubectl(this.kubeconfigWith(token), [...args, '-n', this.namespace]);
  }

  public applyWithToken(token: string, object: object): void {
    runKubectl(this.kubeconfigWith(token), ['apply', '-n', this.namespace, '-f', '-'], JSON.stringify(object));
  }

  /** The token that the cluster has written into a Secret. */
  public async tokenIn(secret: string): Promise<string> {
    let data = '';
    await until(() => (data = this.asAdmin('get', 'secret', secret, '-n', this.namespace, '-o', 'jsonpath={.data.token}')) !== '');
    return Buffer.from(data, 'base64').toString();
  }

  /** The Secrets of credentials, each as `state place`. */
  public ledger(): string[] {
    const line = '{.metadata.annotations.cdk8s-ci-deploy/state} {.metadata.annotations.cdk8s-ci-deploy/kept-in}{"\\n"}';
    const text = this.asAdmin('get', 'secrets', '-n', this.namespace, '-l', 'cdk8s-ci-deploy/credential', '--sort-by', '.metadata.creationTimestamp', '-o', `jsonpath={range .items[*]}${line}{end}`);
    return text.split('\n').filter((each) => each !== '');
  }

  private kubeconfigWith(token: string): string {
    const { clusters: [{ cluster }] } = JSON.parse(this.asAdmin('config', 'view', '--raw', '--minify', '-o', 'json'));
    const file = join(cliFolder(), 'token.conf');
    const kubeconfig = new Kubeconfig({ server: cluster.server, certificateAuthorityData: cluster['certificate-authority-data'], namespace: this.namespace, token });
    writeFileSync(file, kubeconfig.toYaml(), { mode: 0o600 });
    return file;
  }

  public async stop(): Promise<void> {
    await this.gitlab.stop();
    this.asAdmin('delete', 'namespace', this.namespace, '--wait=false', '--ignore-not-found');
  }
}

/** The cluster of the running test file. */
export let cluster: Cluster;

/** The case of the running test. */
export let scene: CredentialCase;

/**
 * Starts a cluster for the tests of a file, and a new case for each test.
 *
 * @param label The prefix of the namespaces.
 */
export function eachInScene(label: string): void {
  beforeAll(async () => {
    kubectl();
    cluster = await shareCluster();
  }, FETCH_TIMEOUT + COMPILE_TIMEOUT);
  afterAll(() => cluster?.stop());
  beforeEach(async () => {
    scene = await CredentialCase.start(cluster, label);
  });
  afterEach(() => scene.stop());
}

/** Fails with the messages of the command when the exit code differs. */
export function expectCode({ code, stdout, stderr }: CliResult, expected: number): void {
  expect({ code, said: code === expected ? '' : `${stdout}\n${stderr}` }).toEqual({ code: expected, said: '' });
}
