import { tokenClaims } from '../../../src/kubernetes/token-claims';
import { Cluster, runKubectl, tryKubectl } from '../../cluster/cluster';
import { COMPILE_TIMEOUT } from '../../cluster/programs';
import { shareCluster } from '../../cluster/shared-cluster';
import { CredentialCase, expectCode } from '../../support/credential-case';
import { FETCH_TIMEOUT, kubectl } from '../../support/kubectl';
import { until } from '../../support/until';

let cluster: Cluster;
let scene: CredentialCase;

beforeAll(async () => {
  kubectl();
  cluster = await shareCluster();
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(() => cluster?.stop());

beforeEach(async () => {
  scene = await CredentialCase.start(cluster, 'untrusted');
  expectCode(await scene.grant(...scene.inGitlab()), 0);
});

afterEach(() => scene.stop());

const stolen = () => scene.credential().token ?? '';

test('a forged token never causes the deletion of the Secret that it names', async () => {
  scene.asAdmin('create', 'secret', 'generic', 'password', '-n', scene.namespace);
  const claims = { 'kubernetes.io': { namespace: scene.namespace, serviceaccount: { name: scene.account }, secret: { name: 'password' } } };
  const forged = ['{"alg":"RS256"}', JSON.stringify(claims), 'forged'].map((part) => Buffer.from(part).toString('base64url')).join('.');
  const refused = await scene.run(['revoke', 'access.yaml', '--token-file', '-', '--yes'], { stdin: forged });
  expectCode(refused, 1);
  expect(refused.stderr).toMatch(/the API server already answers 401 to the token: .*nothing is deleted\nnothing was changed\n$/);
  expect(scene.asAdmin('get', 'secret', 'password', '-n', scene.namespace, '-o', 'name')).toBe('secret/password\n');
});

test('control characters in a name are escaped in the review', async () => {
  const name = 'harmless\u001b[2K\u001b[1A';
  scene.applyWithToken(stolen(), { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules: [] });
  const ended = await scene.run(['revoke', 'access.yaml', '--compromised']);
  expectCode(ended, 0);
  expect(ended.stdout).toContain('Role harmless\\u001b[2K\\u001b[1A ');
  expect(ended.stdout).not.toContain('\u001b');
});

test('a recreated RoleBinding does not hide older objects from the review', async () => {
  scene.withToken(stolen(), 'create', 'serviceaccount', 'helper');
  const binding = `${scene.account}-admin`;
  const { metadata: { name, labels, annotations }, ...rest } = JSON.parse(scene.asAdmin('get', 'rolebinding', binding, '-n', scene.namespace, '-o', 'json'));
  await new Promise((resolve) => setTimeout(resolve, 1100));
  scene.asAdmin('delete', 'rolebinding', binding, '-n', scene.namespace);
  runKubectl(cluster.kubeconfig, ['apply', '-n', scene.namespace, '-f', '-'], JSON.stringify({ ...rest, metadata: { name, labels, annotations } }));
  const ended = await scene.run(['revoke', 'access.yaml', '--compromised', '--dry-run']);
  expectCode(ended, 0);
  expect(ended.stdout).toContain('ServiceAccount helper ');
});

describe('what uses the account', () => {
  const podSpec = (serviceAccountName: string) => ({ serviceAccountName, containers: [{ name: 'app', image: 'registry.example.com/app:1' }] });
  const template = (account: string) => ({ metadata: { labels: { app: 'x' } }, spec: podSpec(account) });
  const selector = { matchLabels: { app: 'x' } };
  const apply = (apiVersion: string, kind: string, name: string, spec: object) =>
    scene.applyWithToken(stolen(), { apiVersion, kind, metadata: { name }, spec });

  test('is listed, whatever its kind and age, and other workloads are not', async () => {
    const metadata = { name: 'older', namespace: scene.namespace };
    const old = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { selector, template: template(scene.account) } };
    runKubectl(cluster.kubeconfig, ['apply', '-f', '-'], JSON.stringify(old));
    apply('apps/v1', 'Deployment', 'miner', { selector, template: template(scene.account) });
    apply('apps/v1', 'StatefulSet', 'honest', { selector, serviceName: 'x', template: template('default') });
    apply('batch/v1', 'CronJob', 'nightly', { schedule: '0 1 * * *', jobTemplate: { spec: { template: { spec: { ...podSpec(scene.account), restartPolicy: 'Never' } } } } });
    apply('v1', 'Pod', 'alone', podSpec(scene.account));
    const ended = await scene.run(['revoke', 'access.yaml', '--compromised', '--output', 'json']);
    expectCode(ended, 0);
    const { review, unchecked, unfinished } = JSON.parse(ended.stdout);
    const users = review.filter(({ says }: { says: string }) => says.startsWith('runs as')).map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`);
    expect(users).toEqual(expect.arrayContaining(['DaemonSet older', 'Deployment miner', 'CronJob nightly', 'Pod alone']));
    expect(users.join()).not.toContain('honest');
    expect([unchecked, unfinished]).toEqual([[], []]);
    expect(ended.stderr).toContain(`the API server lists no rights of ServiceAccount ${scene.account} in ${scene.namespace}\n`);
    expect(ended.stderr).toContain('get its new tokens: delete them before `grant`');
  });

  test('is listed when it is a custom resource', async () => {
    const group = `${scene.namespace}.example.com`;
    const schema = { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `rollouts.${group}` },
      spec: { group, scope: 'Namespaced', names: { kind: 'Rollout', plural: 'rollouts' }, versions: [{ name: 'v1', served: true, storage: true, schema }] },
    };
    runKubectl(cluster.kubeconfig, ['apply', '-f', '-'], JSON.stringify(crd));
    scene.asAdmin('wait', '--for=condition=Established', 'crd', `rollouts.${group}`, '--timeout=30s');
    const rollout = { apiVersion: `${group}/v1`, kind: 'Rollout', metadata: { name: 'hidden', namespace: scene.namespace }, spec: { template: template(scene.account) } };
    await until(() => tryKubectl(cluster.kubeconfig, ['apply', '-f', '-'], JSON.stringify(rollout)).status === 0);
    const ended = await scene.run(['revoke', 'access.yaml', '--compromised']);
    scene.asAdmin('delete', 'crd', `rollouts.${group}`);
    expectCode(ended, 0);
    expect(ended.stdout).toMatch(new RegExp(`Rollout hidden .* runs as ServiceAccount ${scene.account}\n`));
  });
});

test.each([
  ['RoleBinding of the namespace', () => ['create', 'rolebinding', 'second', '--clusterrole=view', '-n', scene.namespace], /RoleBinding second /],
  ['ClusterRoleBinding', () => ['create', 'clusterrolebinding', scene.namespace, '--clusterrole=edit'], /ClusterRoleBinding untrusted-\d+ /],
])('the command does not say that the account has no rights while a %s gives it some', async (_, binding, listed) => {
  scene.asAdmin(...binding(), `--serviceaccount=${scene.namespace}:${scene.account}`);
  const ended = await scene.run(['revoke', 'access.yaml', '--compromised']);
  scene.asAdmin('delete', 'clusterrolebinding', scene.namespace, '--ignore-not-found');
  expectCode(ended, 1);
  expect(ended.stderr).toContain(`ServiceAccount ${scene.account} still has rights in ${scene.namespace}: `);
  expect(ended.stderr).not.toContain('no rights');
  expect(ended.stdout).toMatch(listed);
  expect(scene.status(stolen())).toBe(401);
});

test('rights that every account of the namespace has are no rights of the account', async () => {
  scene.asAdmin('create', 'rolebinding', 'everybody', '--clusterrole=view', `--group=system:serviceaccounts:${scene.namespace}`, '-n', scene.namespace);
  expectCode(await scene.run(['revoke', 'access.yaml', '--compromised']), 0);
});

describe('a finalizer', () => {
  const hold = (kind: string, name: string) => scene.asAdmin('patch', kind, name, '-n', scene.namespace, '--type=merge', '-p', '{"metadata":{"finalizers":["example.com/mine"]}}');
  const letGo = (kind: string, name: string) => scene.asAdmin('patch', kind, name, '-n', scene.namespace, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');

  test('on the RoleBinding is named, and the binding gives no rights any more', async () => {
    const binding = `${scene.account}-admin`;
    hold('rolebinding', binding);
    const ended = await scene.run(['revoke', 'access.yaml', '--compromised']);
    expectCode(ended, 1);
    expect(ended.stderr).toMatch(/RoleBinding \S+ is not deleted after 10 s: its finalizers keep it: "example\.com\/mine"\. It has no subjects any more\./);
    expect(ended.stderr).toContain(`lists no rights of ServiceAccount ${scene.account}`);
    expect(scene.status(scene.asAdmin('create', 'token', scene.account, '-n', scene.namespace).trim())).toBe(403);
    letGo('rolebinding', binding);
    expectCode(await scene.run(['revoke', 'access.yaml', '--compromised']), 0);
  });

  test('on the ServiceAccount is named, the review is printed, and a second run completes the revocation', async () => {
    hold('serviceaccount', scene.account);
    const ended = await scene.run(['revoke', 'access.yaml', '--compromised']);
    expectCode(ended, 1);
    expect(ended.stderr).toMatch(/ServiceAccount \S+ is not deleted after 10 s: its finalizers keep it: "example\.com\/mine"/);
    expect(ended.stderr).not.toMatch(/created again|answers 401/);
    expect(ended.stdout).toMatch(/review/i);
    letGo('serviceaccount', scene.account);
    expectCode(await scene.run(['revoke', 'access.yaml', '--compromised']), 0);
    expect(scene.status(stolen())).toBe(401);
  });

  test('on the Secret of a credential is named when the credential is revoked alone', async () => {
    const secret = tokenClaims(stolen())?.secret ?? '';
    hold('secret', secret);
    const ended = await scene.run(['revoke', 'access.yaml']);
    letGo('secret', secret);
    expectCode(ended, 1);
    expect(ended.stderr).toContain(`Secret ${secret} is not deleted after 10 s: its finalizers keep it: "example.com/mine". The API server may accept its token`);
    expect(ended.stdout).toBe('');
  });
});

test('the rotation of an unbound token by itself warns that the old token stays valid', async () => {
  const byHand = scene.asAdmin('create', 'token', scene.account, '-n', scene.namespace);
  const kubeconfig = (scene.variable('KUBECONFIG')?.value ?? '').replace(stolen(), byHand);
  const rotated = await scene.run(['rotate', '--itself', ...scene.inGitlab(), '--now'], { variables: { KUBECONFIG: kubeconfig, CI: 'true' } });
  expectCode(rotated, 0);
  expect(rotated.stderr).toContain('warning: this command did not create the old token, so the old token stays valid');
  expect([scene.status(byHand), scene.status(stolen()), scene.ledger().length]).toEqual([200, 200, 1]);
});
