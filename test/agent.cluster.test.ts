import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeployerIdentity, NamespaceDeployer } from '../src';
import { Agent, agentKubeconfig, IMPERSONATED_EXTRAS, Job, Kas, startKas } from './agent/kas';
import { askCommand, askKubectl } from './cluster/ask-kubectl';
import { Outcome } from './cluster/cluster';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { plainChart, synth } from './support/synth';
import { connectCluster } from '../src/cli/cluster/connect';
import { credentialConnection, jobCredential } from '../src/cli/cluster/credential';
import { KubernetesClient } from '../src/cli/cluster/kubernetes-client';
import { collectionPath, objectPath } from '../src/cli/cluster/paths';
import { ApiError } from '../src/cli/cluster/status';
import { systemClock } from '../src/cli/io/clock';
import { Files } from '../src/cli/io/files';

const PODS = ['get', 'pods'];
const FREE = 'my-group/agents:free';
const PREMIUM = 'my-group/agents:premium';

/** The namespaces, and the identity that each of them gives rights to. */
const NAMESPACES = {
  'shared': DeployerIdentity.gitlabAgent({ serviceAccountName: 'agent', serviceAccountNamespace: 'gitlab-agent' }),
  'example': DeployerIdentity.gitlabAgent({ projectId: 42 }),
  'example-production': DeployerIdentity.gitlabAgent({ projectId: 42, environmentSlug: 'production' }),
};

const JOB: Job = { id: 302, token: 'job-token-302', projectId: 42, groupIds: [7], pipelineId: 574 };
const PRODUCTION: Job = { ...JOB, id: 303, token: 'job-token-303', environment: { slug: 'production', tier: 'production' } };
const STAGING: Job = { ...JOB, id: 304, token: 'job-token-304', environment: { slug: 'staging', tier: 'staging' } };
const STRANGER: Job = { ...PRODUCTION, id: 305, token: 'job-token-305', projectId: 43 };

let controlPlane: ControlPlane;
let agents: Agent[];
let kas: Kas;
const accessFiles: Record<string, string> = {};

beforeAll(async () => {
  kubectl();
  controlPlane = await startControlPlane(controlPlanePrograms());
  await asAdmin(['apply', '-f', '-'], agentInstallation());
  for (const [namespace, identity] of Object.entries(NAMESPACES)) {
    const chart = plainChart('access');
    new NamespaceDeployer(chart, 'gitlab', { namespace, identity, createNamespace: true });
    const file = accessFiles[namespace] = join(controlPlane.folder, `access-${namespace}.yaml`);
    writeFileSync(file, synth(chart).map((object) => JSON.stringify(object)).join('\n---\n'));
    await asAdmin(['apply', '-f', file]);
  }
  const agent = async (id: number, context: string, account: string, accessAsJob: boolean): Promise<Agent> =>
    ({ id, context, cluster: controlPlane, token: await asAdmin(['create', 'token', account, '-n', 'gitlab-agent']), accessAsJob });
  agents = [await agent(1, FREE, 'agent', false), await agent(2, PREMIUM, 'impersonator', true)];
  kas = await startKas(agents, [JOB, PRODUCTION, STAGING, STRANGER]);
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  await kas?.close();
  await controlPlane?.stop();
});

async function asAdmin(args: readonly string[], stdin?: string): Promise<string> {
  const { status, stdout, stderr } = await askKubectl(controlPlane.kubeconfig, args, { stdin });
  if (status !== 0) throw new Error(stderr);
  return stdout.trimEnd();
}

/** Installs two agents: one without rights, and one that may only impersonate others. */
function agentInstallation(): string {
  const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
  const account = (name: string) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'gitlab-agent' } });
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gitlab-agent' } },
      account('agent'),
      account('impersonator'),
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'impersonator' },
        rules: [
          { apiGroups: [''], resources: ['users', 'groups'], verbs: ['impersonate'] },
          { apiGroups: ['authentication.k8s.io'], resources: IMPERSONATED_EXTRAS.map((name) => `userextras/${name}`), verbs: ['impersonate'] },
        ],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'impersonator' },
        roleRef: { ...rbac, kind: 'ClusterRole', name: 'impersonator' },
        subjects: [{ kind: 'ServiceAccount', name: 'impersonator', namespace: 'gitlab-agent' }],
      },
    ],
  });
}

function kubeconfigOf(job: Pick<Job, 'token'>): string {
  const file = join(controlPlane.folder, 'agent-kubeconfig');
  writeFileSync(file, agentKubeconfig(kas, agents, job));
  return file;
}

/** Runs kubectl as a job does, on a machine that trusts GitLab's certificate. */
function kubectlOf(job: Pick<Job, 'token'>, context: string, namespace: string, args: readonly string[]): Promise<Outcome> {
  const variables = { SSL_CERT_FILE: kas.certificateAuthorityFile };
  return askKubectl(kubeconfigOf(job), [...args, '--context', context, '--namespace', namespace], { variables });
}

function forbidden(user: string, namespace: string): object {
  const stderr = `Error from server (Forbidden): pods is forbidden: User "${user}" cannot list resource "pods" in API group "" in the namespace "${namespace}"\n`;
  return { status: 1, stdout: '', stderr };
}

describe('the agent\'s own ServiceAccount', () => {
  const user = 'system:serviceaccount:gitlab-agent:agent';

  test('is the user of every job of every project', async () => {
    for (const job of [JOB, PRODUCTION, STRANGER]) {
      expect((await kubectlOf(job, FREE, 'shared', ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'])).stdout).toBe(user);
      expect(await kubectlOf(job, FREE, 'shared', PODS)).toMatchObject({ status: 0 });
    }
  });

  test.each(['kube-system', 'default', 'example', 'example-production', 'gitlab-agent'])('is Forbidden in %s', async (namespace) => {
    expect(await kubectlOf(PRODUCTION, FREE, namespace, PODS)).toEqual(forbidden(user, namespace));
  });
});

describe('the groups that an agent gives to a job', () => {
  test('are those of its project and its environment', async () => {
    const { stdout } = await kubectlOf(PRODUCTION, PREMIUM, 'example', ['auth', 'whoami', '-o', 'json']);
    expect(JSON.parse(stdout).status.userInfo).toMatchObject({
      username: 'gitlab:ci_job:303',
      groups: [
        'gitlab:ci_job', 'gitlab:group:7', 'gitlab:project:42', 'gitlab:project_env:42:production', 'gitlab:project_env_tier:42:production', 'system:authenticated',
      ],
    });
  });

  test.each<[string, 'allowed in' | 'Forbidden in', string, Job]>([
    ['a job of the project', 'allowed in', 'example', JOB],
    ['a job of the project for an environment', 'allowed in', 'example', PRODUCTION],
    ['a job of another project', 'Forbidden in', 'example', STRANGER],
    ['a job for the environment', 'allowed in', 'example-production', PRODUCTION],
    ['a job for no environment', 'Forbidden in', 'example-production', JOB],
    ['a job for another environment', 'Forbidden in', 'example-production', STAGING],
    ['a job of another project for an environment of that name', 'Forbidden in', 'example-production', STRANGER],
    ['a job for the environment', 'Forbidden in', 'shared', PRODUCTION],
    ['a job for the environment', 'Forbidden in', 'kube-system', PRODUCTION],
  ])('%s is %s %s', async (_, answer, namespace, job) => {
    const outcome = await kubectlOf(job, PREMIUM, namespace, PODS);
    if (answer === 'allowed in') expect(outcome).toMatchObject({ status: 0, stderr: `No resources found in ${namespace} namespace.\n` });
    else expect(outcome).toEqual(forbidden(`gitlab:ci_job:${job.id}`, namespace));
  });

  test('cannot be overridden by the job', async () => {
    const asOther = await kubectlOf(STAGING, PREMIUM, 'example-production', [...PODS, '--as', 'admin', '--as-group', 'system:masters']);
    expect(asOther).toEqual(forbidden('gitlab:ci_job:304', 'example-production'));
  });
});

test('a job that GitLab does not know gets no access', async () => {
  expect((await kubectlOf({ token: 'job-token-gone' }, FREE, 'shared', PODS)).stderr).toMatch(/^error: You must be logged in to the server/m);
});

describe('verify, on a machine that trusts GitLab\'s certificate', () => {
  const verify = (job: Job, context: string, namespace: string, expected: string, trusted = kas.certificateAuthorityFile) => askCommand(
    ['verify', '--context', context, '--namespace', namespace, '--expect', accessFiles[expected] ?? '', '--output', 'json'],
    { variables: { KUBECONFIG: kubeconfigOf(job), NODE_EXTRA_CA_CERTS: trusted } },
  );

  test.each([[FREE, 'shared', JOB], [PREMIUM, 'example', JOB], [PREMIUM, 'example-production', PRODUCTION]])('proves the rights that %s gives in %s', async (context, namespace, job) => {
    const { status, stdout, stderr } = await verify(job, context, namespace, namespace);
    expect({ status, verdict: JSON.parse(stdout).verdict }).toEqual({ status: 0, verdict: 'as expected' });
    expect(`${stdout}${stderr}`).not.toContain(job.token);
  });

  test('fails when the job is for another environment than the deployer', async () => {
    expect(await verify(STAGING, PREMIUM, 'example-production', 'example-production')).toMatchObject({ status: 1 });
  });

  test('sends no token when the certificate is not trusted', async () => {
    const { status, stderr } = await verify(JOB, PREMIUM, 'example', 'example', '');
    expect(status).toBe(4);
    expect(stderr).not.toContain(JOB.token);
    expect(stderr).toMatch(/certificate/);
  });
});

describe('the client of the command', () => {
  let cluster: KubernetesClient | undefined;

  afterEach(() => cluster?.close());

  /** Reads the kubeconfig by the policy for agents. The machine would trust the certificate. */
  async function clientOf(job: Job, agentContext: string, namespace: string): Promise<KubernetesClient> {
    const cwd = controlPlane.folder;
    const files = new Files({ cwd, stdin: process.stdin });
    const { kubeconfig } = await jobCredential({ files, variables: { KUBECONFIG: kubeconfigOf(job) }, cwd }, { context: agentContext, namespace });
    expect(kubeconfig).toMatchObject({ namespace, context: agentContext, certificateAuthorityData: undefined });
    const connection = { ...credentialConnection(kubeconfig, files), certificateAuthority: kas.certificateAuthority };
    cluster = connectCluster(connection, { variables: {}, clock: systemClock, signal: new AbortController().signal });
    return cluster;
  }

  const configMaps = (namespace: string) => ({ group: '', version: 'v1', resource: 'configmaps', namespace });

  test.each([[FREE, 'shared', JOB], [PREMIUM, 'example', JOB], [PREMIUM, 'example-production', PRODUCTION]])('deploys by %s in %s, and nowhere else', async (context, namespace, job) => {
    const client = await clientOf(job, context, namespace);
    const path = objectPath({ ...configMaps(namespace), name: 'web' });

    expect(await client.apply(path, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { from: 'job' } })).toMatchObject({ data: { from: 'job' } });
    expect(await client.get(path)).toMatchObject({ data: { from: 'job' } });
    expect((await client.resources()).map(({ kind }) => kind)).toContain('Deployment');
    await expect(client.get(collectionPath(configMaps('kube-system')))).rejects.toThrow(ApiError);
    await expect(client.get(collectionPath(configMaps('kube-system')))).rejects.toThrow(/^list configmaps in kube-system: the API server says 403 Forbidden/);
  });

  test('needs a namespace', async () => {
    const options = { kubeconfig: kubeconfigOf(JOB), context: FREE };
    const context = { files: new Files({ cwd: controlPlane.folder, stdin: process.stdin }), variables: {}, cwd: controlPlane.folder };
    await expect(jobCredential(context, options)).rejects.toThrow('--namespace: it is missing');
  });

  test('needs a context, because the file is not a stored credential', async () => {
    const context = { files: new Files({ cwd: controlPlane.folder, stdin: process.stdin }), variables: {}, cwd: controlPlane.folder };
    await expect(jobCredential(context, { kubeconfig: kubeconfigOf(JOB), namespace: 'example' })).rejects.toThrow('contexts: it has 2 entries');
  });
});
