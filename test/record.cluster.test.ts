import { App, Chart, Yaml } from 'cdk8s';
import { DeployerRole, Kubeconfig, NamespaceDeployer } from '../src';
import { serviceAccountUser, untilAllowed } from './cluster/access-reviews';
import { jobClient } from './cluster/clients';
import { runKubectl } from './cluster/cluster';
import { ControlPlane } from './cluster/control-plane';
import { COMPILE_TIMEOUT } from './cluster/programs';
import { shareControlPlane } from './cluster/shared-cluster';
import { CliResult, runCli } from './support/cli';
import { FakeClock } from './support/fake-clock';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { KubernetesClient } from '../src/cli/cluster/kubernetes-client';
import { NextObject } from '../src/cli/deploy/history/history';
import { ReleaseStore } from '../src/cli/deploy/history/release-store';
import { acquireLock } from '../src/cli/deploy/lock/acquire-lock';
import { DeployLock } from '../src/cli/deploy/lock/deploy-lock';
import { OwnedObject } from '../src/cli/deploy/objects/release';
import { systemClock } from '../src/cli/io/clock';
import { OWNER_LABEL, ownerId } from '../src/release/release-names';

const NAMESPACE = 'status-test';
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const CI = {
  CI_PROJECT_ID: '42',
  CI_ENVIRONMENT_NAME: 'production',
};

let controlPlane: ControlPlane;
let kubeconfig: Kubeconfig;
let cluster: KubernetesClient;

beforeAll(async () => {
  kubectl();
  controlPlane = await shareControlPlane();
  const access = new Chart(new App(), 'access');
  new NamespaceDeployer(access, 'gitlab', { namespace: NAMESPACE, role: DeployerRole.edit(), createNamespace: true });
  asAdmin(['apply', '--server-side', '-f', '-'], Yaml.stringify(...access.toJson()));
  const request = { verb: 'list', group: '', resource: 'pods' };
  await untilAllowed(controlPlane.kubeconfig, { ...serviceAccountUser(NAMESPACE, `gitlab-${NAMESPACE}`), namespace: NAMESPACE, request });
  const { server, certificateAuthority } = controlPlane;
  kubeconfig = new Kubeconfig({
    server,
    certificateAuthorityData: Buffer.from(certificateAuthority).toString('base64'),
    namespace: NAMESPACE,
    token: asAdmin(['create', 'token', `gitlab-${NAMESPACE}`, '-n', NAMESPACE]).trim(),
  });
  cluster = jobClient(kubeconfig);
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  cluster?.close();
  await controlPlane?.stop();
});

function asAdmin(args: string[], stdin?: string): string {
  return runKubectl(controlPlane.kubeconfig, args, stdin);
}

const identity = (app: string) => ({ project: '42', environment: 'production', app });

async function run(command: string, app: string, ...options: string[]): Promise<CliResult> {
  const result = await runCli([command, '--app', app, ...options], { variables: { ...CI, KUBECONFIG: kubeconfig.toBase64() } });
  expect(result.stdout + result.stderr).not.toContain(kubeconfig.token);
  return result;
}

function configMap(name: string, app: string): NextObject {
  const metadata = { name, labels: { [OWNER_LABEL]: ownerId(identity(app), NAMESPACE) } };
  return { at: 'web.yaml:1:1', apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', name, value: { apiVersion: 'v1', kind: 'ConfigMap', metadata } };
}

async function apply({ apiVersion, kind, resource, name, value }: NextObject): Promise<OwnedObject> {
  const { metadata } = await cluster.apply(`${CONFIG_MAPS}/${name}`, value) as { metadata: { uid: string } };
  return { apiVersion, kind, resource, name, uid: metadata.uid };
}

/** A release of two ConfigMaps. */
async function release(app: string, pipelineIid: number): Promise<ReleaseStore> {
  const objects = [configMap(`${app}-one`, app), configMap(`${app}-two`, app)];
  const store = new ReleaseStore(cluster, NAMESPACE, identity(app), new FakeClock(Date.UTC(2026, 0, pipelineIid)));
  await store.begin({ objects, job: { pipelineIid, jobId: pipelineIid * 10, commit: '0123456789', jobUrl: `https://gitlab.example.com/-/jobs/${pipelineIid * 10}` } });
  await store.applied(await Promise.all(objects.map(apply)));
  return store;
}

test('status and history report an application without a release', async () => {
  expect(await run('status', 'nothing')).toMatchObject({
    code: 1, stdout: 'application nothing, environment production, project 42, namespace status-test\nnothing is deployed\n',
  });
  expect(await run('history', 'nothing')).toEqual({
    code: 0, stdout: '', stderr: 'application nothing, environment production, project 42: no release is recorded in namespace status-test\n',
  });
  expect(JSON.parse((await run('history', 'nothing', '--output', 'json')).stdout)).toEqual({ identity: identity('nothing'), namespace: NAMESPACE, releases: [] });
});

test('status shows the deployed release and that all its objects exist', async () => {
  await (await release('whole', 1)).finish('deployed');
  expect(await run('status', 'whole')).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      'application whole, environment production, project 42, namespace status-test',
      'release 1: deployed, 2026-01-01T00:00:00.000Z, pipeline 1, job 10, commit 01234567, https://gitlab.example.com/-/jobs/10',
      '  there  ConfigMap whole-one',
      '  there  ConfigMap whole-two',
      '',
    ].join('\n'),
  });
});

test('status shows missing objects, and other objects of the same name', async () => {
  await (await release('broken', 1)).finish('deployed');
  await cluster.delete(`${CONFIG_MAPS}/broken-one`);
  await cluster.delete(`${CONFIG_MAPS}/broken-two`);
  await apply(configMap('broken-two', 'broken'));
  const { code, stdout } = await run('status', 'broken');
  expect([code, stdout.split('\n').slice(2)]).toEqual([1, ['  missing  ConfigMap broken-one', '  another  ConfigMap broken-two', '']]);

  const report = JSON.parse((await run('status', 'broken', '--output', 'json')).stdout);
  expect(report).toMatchObject({ ok: false, deployed: 1, newest: { number: 1, outcome: 'deployed', job: { pipelineIid: 1 } }, lock: null });
  expect(report.objects.map(({ name, presence }: any) => [name, presence])).toEqual([['broken-one', 'missing'], ['broken-two', 'another']]);
});

test('status shows the job that is deploying', async () => {
  const store = await release('busy', 1);
  const lockOptions = {
    cluster,
    namespace: NAMESPACE,
    identity: identity('busy'),
    holder: 'https://gitlab.example.com/-/jobs/10',
    clock: systemClock,
    signal: new AbortController().signal,
    maximumWait: 0,
  };
  const lock = new DeployLock(lockOptions);
  await acquireLock(lock, lockOptions);
  const { code, stdout } = await run('status', 'busy');
  expect([code, stdout.split('\n')[1]]).toEqual([1, expect.stringMatching(/^"https:\/\/gitlab\.example\.com\/-\/jobs\/10" is deploying \(lock renewed at \d{4}-/)]);
  expect(stdout).toContain('release 1: not complete, ');
  await lock.release();
  await store.finish('deployed');
  expect((await run('status', 'busy')).code).toBe(0);
});

test('status shows the previous release after a rollback on failure', async () => {
  await (await release('undone', 1)).finish('deployed');
  await (await release('undone', 2)).finish('undone');
  const { code, stdout } = await run('status', 'undone');
  expect(code).toBe(0);
  expect(stdout.split('\n').slice(1, 3).map((line) => line.slice(0, 30))).toEqual(['release 2: failed, rolled back', 'release 1: deployed, 2026-01-0']);
});

test('history lists the releases, the newest first', async () => {
  await (await release('often', 1)).finish('deployed');
  await (await release('often', 2)).finish('failed');
  expect((await run('history', 'often')).stdout).toBe([
    'RELEASE  OUTCOME   BEGUN                     OBJECTS  JOB                                                                        IMAGES',
    '2        failed    2026-01-02T00:00:00.000Z  2        pipeline 2, job 20, commit 01234567, https://gitlab.example.com/-/jobs/20',
    '1        deployed  2026-01-01T00:00:00.000Z  2        pipeline 1, job 10, commit 01234567, https://gitlab.example.com/-/jobs/10',
    '',
  ].join('\n'));
  expect(JSON.parse((await run('history', 'often', '--output', 'json')).stdout).releases.map(({ number, outcome }: any) => [number, outcome]))
    .toEqual([[2, 'failed'], [1, 'deployed']]);
});

test.each<[string, string[], Record<string, string>, RegExp]>([
  ['no application', ['status'], CI, /^cdk8s-ci-deploy: --app: it is missing/],
  ['no environment', ['history', '--app', 'web'], {}, /^cdk8s-ci-deploy: --environment: it is missing/],
  ['no credential', ['status', '--app', 'web'], CI, /^cdk8s-ci-deploy: KUBECONFIG: it is not set/],
])('the commands fail with %s', async (_, argv, variables, message) => {
  const { code, stderr } = await runCli(argv, { variables });
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});
