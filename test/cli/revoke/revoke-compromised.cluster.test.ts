import { Cluster, runKubectl } from '../../cluster/cluster';
import { COMPILE_TIMEOUT } from '../../cluster/programs';
import { shareCluster } from '../../cluster/shared-cluster';
import { CredentialCase, expectCode } from '../../support/credential-case';
import { FETCH_TIMEOUT, kubectl } from '../../support/kubectl';

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

test('the rotation of an unbound token by itself warns that the old token stays valid', async () => {
  const byHand = scene.asAdmin('create', 'token', scene.account, '-n', scene.namespace);
  const kubeconfig = (scene.variable('KUBECONFIG')?.value ?? '').replace(stolen(), byHand);
  const rotated = await scene.run(['rotate', '--itself', ...scene.inGitlab(), '--now'], { variables: { KUBECONFIG: kubeconfig, CI: 'true' } });
  expectCode(rotated, 0);
  expect(rotated.stderr).toContain('warning: this command did not create the old token, so the old token stays valid');
  expect([scene.status(byHand), scene.status(stolen()), scene.ledger().length]).toEqual([200, 200, 1]);
});
