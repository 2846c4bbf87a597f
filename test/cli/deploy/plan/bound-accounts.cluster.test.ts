import { configMap, deployment, serviceAccount } from '../../../cluster/application';
import { makeDeployer } from '../../../cluster/deployer';
import { deploy, release } from '../../../cluster/deploying';
import { makeLeastDeployer } from '../../../cluster/least-deployer';
import { cluster, onKwok } from '../../../cluster/on-kwok';

onKwok();

/** A Deployment whose pods run as an account. */
function running(account: string): object {
  const web = JSON.parse(JSON.stringify(deployment('web', { image: 'registry.example.com/web:1', replicas: 1 })));
  web.spec.template.spec.serviceAccountName = account;
  return web;
}

const TOKEN_SECRET = {
  apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name: 'mine', annotations: { 'kubernetes.io/service-account.name': 'ci' } },
};

describe('the account of the credential', () => {
  test('is refused in a pod and in a token Secret, and nothing is contacted', async () => {
    const deployer = makeDeployer(cluster, 'account-refused');
    const { code, stderr } = await deploy(deployer, [running('ci'), TOKEN_SECRET, configMap('web')]);
    expect({ code, problems: stderr.match(/is "ci", the ServiceAccount that deploys/g)?.length }).toEqual({ code: 2, problems: 2 });
    expect(stderr).toContain('(--allow-service-account ci)');
    expect(deployer.admin('get', 'secret,configmap,lease', '-o', 'name')).not.toMatch(/mine|web|cdk8s/);
  });

  test('is deployed, and rolled back, when it is allowed by name', async () => {
    const deployer = makeDeployer(cluster, 'account-allowed');
    const allowed = ['--allow-service-account', 'ci'];
    expect((await deploy(deployer, [running('ci'), configMap('web')], ...allowed)).code).toBe(0);
    expect((await deploy(deployer, [configMap('web')])).code).toBe(0);
    const refused = await release(deployer, {}, 'rollback', '--to', '1', '--dry-run');
    expect({ code: refused.code, stderr: refused.stderr }).toEqual({ code: 2, stderr: expect.stringContaining('the ServiceAccount that deploys') });
    expect((await release(deployer, {}, 'rollback', '--to', '1', ...allowed)).code).toBe(0);
  });
});

describe('another account of the namespace', () => {
  test('is refused when a RoleBinding gives it more rights than a workload needs, together with the problems of other objects', async () => {
    const deployer = makeDeployer(cluster, 'account-bound');
    deployer.admin('create', 'serviceaccount', 'operator');
    deployer.admin('create', 'role', 'operate', '--verb=create', '--resource=deployments.apps');
    deployer.admin('create', 'rolebinding', 'operate', '--role=operate', `--serviceaccount=${deployer.namespace}:operator`);
    const broken = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'broken' }, spec: { ports: [] } };
    const { code, stderr } = await deploy(deployer, [running('operator'), broken]);
    expect(code).toBe(1);
    expect(stderr).toContain('spec.template.spec.serviceAccountName is "operator", which Role operate gives more rights in account-bound than a workload needs');
    expect(stderr).toContain('Service broken: ');
    expect((await deploy(deployer, [running('operator')], '--allow-service-account', 'operator')).code).toBe(0);
  });

  test('is accepted with the rights that the release itself gives it', async () => {
    const deployer = makeDeployer(cluster, 'account-own');
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['create'] }];
    const role = { apiVersion, kind: 'Role', metadata: { name: 'web' }, rules };
    const subjects = [{ kind: 'ServiceAccount', name: 'web', namespace: deployer.namespace }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'web' };
    const binding = { apiVersion, kind: 'RoleBinding', metadata: { name: 'web' }, roleRef, subjects };
    expect((await deploy(deployer, [serviceAccount('web'), role, binding, running('web')])).code).toBe(0);
  });

  test('is accepted with a line for the user when the credential may not read RoleBindings', async () => {
    const least = makeLeastDeployer(cluster, { namespace: 'account-least', app: 'web', objects: [running('operator')] });
    least.admin('create', 'serviceaccount', 'operator');
    const around = { files: { 'app.json': JSON.stringify(running('operator')) }, variables: { CI_PROJECT_ID: '7' } };
    const { code, stderr } = await release(least, around, 'deploy', 'app.json', '--dry-run');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('not checked whether ServiceAccount operator has more rights than a workload: the credential may not list RoleBindings in account-least'),
    });
  });
});
