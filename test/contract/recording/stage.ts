import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { App, Chart } from 'cdk8s';
import { parse, stringify } from 'yaml';
import { Administrator, until } from './administrator';
import { Exchange, RecordingProxy } from './proxy';
import { Rest } from './rest';
import { Asked, Turns } from './turns';
import { DeployerIdentity, DeployerRole, Kubeconfig, NamespaceDeployer } from '../../../src';
import { Interrupted } from '../../../src/cli/base/failure';
import { runCommandLine } from '../../../src/cli/cli';
import { manifests } from '../../cluster/application';
import { ControlPlane } from '../../cluster/control-plane';
import { Gitlab } from '../../gitlab/gitlab-server';
import { Run } from '../scenario';

/** The token of the administrator of the GitLab on each stage. */
export const GITLAB_TOKEN = 'glpat-the-administrators-own';

/** The result of a run of the command. */
export interface Result {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The requests, in groups that waited at the same time. */
  readonly exchanges: ReadonlyArray<readonly Exchange[]>;
  /** The new and changed files, by name. */
  readonly files: ReadonlyMap<string, WrittenFile>;
}

export interface WrittenFile {
  readonly text: string;
  /** The permission bits. */
  readonly mode: number;
}

/**
 * The surroundings of a scenario: a namespace, a GitLab with one project, a folder, and proxies in front of both servers.
 */
export class Stage {
  public static async set(cluster: ControlPlane, namespace: string): Promise<Stage> {
    const [turns, administrator, gitlab] = [new Turns(), new Administrator(cluster), await Gitlab.start()];
    gitlab.addGroup(7, 'group');
    gitlab.addProject(42, 'group/site', gitlab.group(7));
    gitlab.addToken(GITLAB_TOKEN, { 'group/site': 'maintainer', 'group': 'maintainer' });
    const kubernetes = { name: 'kubernetes', server: cluster.server, ca: cluster.certificateAuthority, client: administrator.client, turns } as const;
    const proxies = await Promise.all([RecordingProxy.start(kubernetes), RecordingProxy.start({ name: 'gitlab', server: gitlab.url, turns })]);
    return new Stage(cluster, namespace, { turns, administrator, gitlab, proxies });
  }

  public readonly folder = mkdtempSync(join(tmpdir(), 'contract-'));
  public readonly administrator: Administrator;
  public readonly gitlab: Gitlab;
  /** The proxy in front of the API server. */
  public readonly kubernetesProxy: RecordingProxy;
  public readonly gitlabProxy: RecordingProxy;

  private readonly elsewhere: string[] = [];
  private readonly turns: Turns;
  private readonly rest: Rest;

  private constructor(private readonly cluster: ControlPlane, public readonly namespace: string, parts: StageParts) {
    const { turns, administrator, gitlab, proxies: [kubernetesProxy, gitlabProxy] } = parts;
    [this.turns, this.administrator, this.gitlab] = [turns, administrator, gitlab];
    [this.kubernetesProxy, this.gitlabProxy] = [kubernetesProxy, gitlabProxy];
    this.rest = new Rest(administrator);
  }

  /** Texts of this stage, and their names in a record. */
  public get names(): ReadonlyArray<readonly [string, string]> {
    const addresses = [[this.kubernetesProxy.url, '<server>'], [this.gitlabProxy.url, '<gitlab>'], [this.gitlab.url, '<gitlab>']] as const;
    return [...addresses, ...addresses.map(([url, name]) => [url.replace(/^https?:\/\//, ''), name] as const), [this.folder, '<folder>']];
  }

  /** The path of an object or a collection in the namespace: `apps/v1/deployments/web`, `v1/secrets`. */
  public path(resource: string): string {
    const [, version = '', names = ''] = /^((?:[a-z.0-9]+\/)?v\d\w*)\/(.*)$/.exec(resource) ?? [];
    return `/${version === 'v1' ? 'api' : 'apis'}/${version}/namespaces/${this.namespace}/${names}`;
  }

  /** Creates the namespace. */
  public async makeNamespace(): Promise<void> {
    await this.administrator.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } });
    for (const made of ['v1/serviceaccounts/default', 'v1/configmaps/kube-root-ca.crt']) {
      await until('the namespace is complete', async () => await this.administrator.find(this.path(made)) !== undefined);
    }
  }

  /** Creates the namespace, and the credential of a deploy job as `ci.kubeconfig`. */
  public async makeDeployer(role = 'admin'): Promise<void> {
    await this.makeNamespace();
    await this.administrator.create(this.path('rbac.authorization.k8s.io/v1/rolebindings'), {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'ci' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'ServiceAccount', name: 'ci', namespace: this.namespace }],
    });
    await this.administrator.create(this.path('v1/serviceaccounts'), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'ci' } });
    this.write('ci.kubeconfig', await this.kubeconfigOf('ci'));
    const binding = await this.administrator.get(this.path('rbac.authorization.k8s.io/v1/rolebindings/ci'));
    await until('the credential has its rights', async () => this.rest.isAllowed(binding));
  }

  /** Applies the access manifests of an application with least privilege, and creates its credential as `ci.kubeconfig`. Its project is 42. */
  public async makeLeastDeployer(app: string, objects: readonly object[]): Promise<void> {
    await this.makeNamespace();
    const chart = new Chart(new App(), 'access');
    const role = DeployerRole.leastPrivilege({ projectId: 42, environment: 'production', app, manifests: manifests(...objects), pullSecret: 'gitlab' });
    new NamespaceDeployer(chart, 'gitlab', { namespace: this.namespace, role, identity: DeployerIdentity.serviceAccount({ name: 'ci' }) });
    for (const object of chart.toJson()) {
      const [resource, name] = [`${object.kind.toLowerCase()}s`, object.metadata.name];
      await this.administrator.apply(this.path(`${object.apiVersion}/${resource}/${name}`), object, 'administrator');
    }
    this.write('ci.kubeconfig', await this.kubeconfigOf('ci'));
    const bindings = await this.administrator.list(this.path('rbac.authorization.k8s.io/v1/rolebindings'));
    await until('the credential has its rights', async () => (await Promise.all(bindings.map(async (binding) => this.rest.isAllowed(binding)))).every(Boolean));
  }

  /** Gives the job's account a role in another namespace, too. */
  public async bindElsewhere(namespace: string, role: string): Promise<void> {
    const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`;
    const binding = await this.administrator.create(path, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: this.namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'ServiceAccount', name: 'ci', namespace: this.namespace }],
    });
    this.elsewhere.push(`${path}/${this.namespace}`);
    await until('the role elsewhere has effect', async () => this.rest.isAllowed(binding));
  }

  /** Advances the clock between two runs. */
  public pass(milliseconds: number): void {
    this.turns.pass(milliseconds);
  }

  /** A kubeconfig of a ServiceAccount, with a new token. */
  public async kubeconfigOf(account: string): Promise<string> {
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 86_400 } };
    const { status: { token } } = await this.administrator.create(this.path(`v1/serviceaccounts/${account}/token`), request);
    const certificateAuthorityData = Buffer.from(this.kubernetesProxy.certificateAuthority).toString('base64');
    return new Kubeconfig({ server: this.kubernetesProxy.url, certificateAuthorityData, namespace: this.namespace, token }).toYaml();
  }

  /** Writes the administrator's kubeconfig as `admin.kubeconfig`. The proxy uses the client certificate. */
  public makeAdministrator(): void {
    const content = parse(readFileSync(this.cluster.kubeconfig, 'utf8'));
    content.clusters[0].cluster = { 'server': this.kubernetesProxy.url, 'certificate-authority-data': Buffer.from(this.kubernetesProxy.certificateAuthority).toString('base64') };
    this.write('admin.kubeconfig', stringify(content, { lineWidth: 0 }));
  }

  /** Creates the Lease of an application, held by another job. */
  public async holdLock(name: string, holder: string, seconds: number): Promise<void> {
    const identity = JSON.stringify({ project: 'local', environment: 'production', app: 'web' });
    const now = new Date().toISOString().replace('Z', '000Z');
    await this.administrator.create(this.path('coordination.k8s.io/v1/leases'), {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, annotations: { 'cdk8s-ci-deploy/release-of': identity, 'cdk8s-ci-deploy/holder-id': 'another-process' } },
      spec: { holderIdentity: holder, leaseDurationSeconds: seconds, acquireTime: now, renewTime: now, leaseTransitions: 0 },
    });
  }

  /** Changes the data of the record of `web`. */
  public async changeRecord(change: (record: Buffer) => Buffer): Promise<void> {
    const path = this.path('v1/secrets/cdk8s-ci-deploy-web-production-d4bd613d68');
    const { data: { record }, type } = await this.administrator.get(path);
    const data = { record: change(Buffer.from(record, 'base64')).toString('base64') };
    await this.administrator.apply(path, { apiVersion: 'v1', kind: 'Secret', type, data });
  }

  public async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    return until(what, isSo);
  }

  public write(name: string, content: string | readonly object[]): void {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : manifests(...content), { mode: 0o600 });
  }

  public read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** Runs the command. */
  public async run({ command, files = {}, variables = {}, stdin = '', before, endedAt }: Run): Promise<Result> {
    await before?.(this);
    for (const [name, content] of Object.entries(files)) this.write(name, typeof content === 'string' ? this.filled(content) : content);
    const filesBefore = this.files();
    const exchanges: Exchange[][] = [];
    const ending = new AbortController();
    this.kubernetesProxy.taken = this.gitlabProxy.taken = (exchange) => {
      exchanges.at(-1)?.push(exchange);
      if (endedAt?.method === exchange.method && endedAt.path.test(exchange.path)) ending.abort(new Interrupted('SIGTERM'));
    };
    this.turns.onGroup = async (group: readonly Asked[]) => {
      for (const exchange of exchanges.at(-1) ?? []) this.rest.note(exchange);
      await this.rest.come(new Set(group.flatMap(({ authorization = [] }) => authorization)));
      exchanges.push([]);
    };
    const [stdout, stderr] = [new Written(), new Written()];
    const exit = await withoutChance(async () => this.turns.during(async () => runCommandLine(this.filled(command).split(' '), {
      stdin: Object.assign(Readable.from([Buffer.from(this.filled(stdin))]), { isTTY: false }),
      stdout,
      stderr,
      cwd: this.folder,
      clock: this.turns,
      signal: ending.signal,
      variables: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, this.filled(value)])),
    })));
    for (const exchange of exchanges.at(-1) ?? []) this.rest.note(exchange);
    await this.rest.come(new Set());
    const written = [...this.files()].filter(([name, file]) => !isDeepStrictEqual(filesBefore.get(name), file));
    return { exit, stdout: stdout.text, stderr: stderr.text, exchanges, files: new Map(written) };
  }

  public async leave(): Promise<void> {
    await Promise.all([this.kubernetesProxy.stop(), this.gitlabProxy.stop(), this.gitlab.stop()]);
    for (const path of [...this.elsewhere, `/api/v1/namespaces/${this.namespace}`]) await this.administrator.delete(path);
    this.administrator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private filled(text: string): string {
    return text.replaceAll('{server}', this.kubernetesProxy.url).replaceAll('{gitlab}', this.gitlabProxy.url).replaceAll('{namespace}', this.namespace);
  }

  private files(): Map<string, WrittenFile> {
    const names = readdirSync(this.folder, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('node_modules')).sort();
    const found = names.map((name) => [name, statSync(join(this.folder, name))] as const).filter(([, stat]) => stat.isFile());
    return new Map(found.map(([name, { mode }]) => [name, { text: this.read(name), mode: mode % 0o1000 }]));
  }
}

interface StageParts {
  readonly turns: Turns;
  readonly administrator: Administrator;
  readonly gitlab: Gitlab;
  readonly proxies: readonly [RecordingProxy, RecordingProxy];
}

/** Replaces `Math.random`, because the pauses before retries have a random part. */
async function withoutChance<T>(action: () => Promise<T>): Promise<T> {
  const { random } = Math;
  Math.random = () => 0.5;
  try {
    return await action();
  } finally {
    Math.random = random;
  }
}

class Written {
  public text = '';

  public write(text: string): void {
    this.text += text;
  }
}
