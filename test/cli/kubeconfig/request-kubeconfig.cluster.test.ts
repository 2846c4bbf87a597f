import { Kubeconfig } from '../../../src/index';
import { tokenClaims } from '../../../src/kubernetes/token-claims';
import { fileMode, fileNames } from '../../support/cli';
import { eachInScene, expectCode, scene } from '../../support/credential-case';

eachInScene('of-account');

/** A ServiceAccount that was created by hand. */
beforeEach(() => {
  scene.asAdmin('create', 'namespace', scene.namespace);
  scene.asAdmin('create', 'serviceaccount', scene.account, '-n', scene.namespace);
  scene.asAdmin('create', 'rolebinding', 'deployer', '-n', scene.namespace, '--clusterrole=admin', `--serviceaccount=${scene.namespace}:${scene.account}`);
});

const kubeconfig = (...options: string[]) => scene.run(['kubeconfig', '--service-account', scene.account, '--namespace', scene.namespace, ...options]);

describe('the kubeconfig of a ServiceAccount in the cluster', () => {
  test('goes to a file that only its owner can read, and kubectl works with it', async () => {
    const made = await kubeconfig('--file', 'ci.conf');
    expectCode(made, 0);
    expect(fileMode('ci.conf')).toBe(0o600);
    expect(scene.with('ci.conf', 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}').stdout).toBe(`system:serviceaccount:${scene.namespace}:${scene.account}`);
    expect(scene.with('ci.conf', 'get', 'pods').status).toBe(0);
    expect(made.stdout).toMatch(/^server +https:\/\/127\.0\.0\.1:\d+ \(certificates: embedded\)\n/);
    expect(made.stderr).toMatch(/token created, expires in 90 days .*\nci\.conf: written as yaml, readable only by you\n/);
  });

  test('goes to standard output alone with --output -', async () => {
    const made = await kubeconfig('--output', '-', '--format', 'json', '--duration', '30d', '--user', 'somebody');
    expectCode(made, 0);
    const { namespace, user, token = '' } = Kubeconfig.parse(made.stdout);
    expect([namespace, user, scene.status(token)]).toEqual([scene.namespace, 'somebody', 200]);
    expect(Math.round(((tokenClaims(token)?.expires ?? 0) - Date.now() / 1000) / 86_400)).toBe(30);
    expect(made.stderr).not.toContain(token);
  });

  test('is revoked by the command revoke', async () => {
    expectCode(await kubeconfig('--file', 'ci.conf'), 0);
    const { token = '' } = scene.fromFile('ci.conf');
    expectCode(await scene.run(['revoke', 'access.yaml', '--credential', tokenClaims(token)?.secret ?? '']), 0);
    expect([scene.status(token), scene.ledger()]).toEqual([401, []]);
  });

  test('is not created for a missing ServiceAccount, with the server\'s message', async () => {
    const refused = await scene.run(['kubeconfig', '--service-account', 'nobody', '--namespace', scene.namespace, '--file', 'ci.conf']);
    expectCode(refused, 1);
    expect(refused.stderr).toMatch(/the API server says 404 NotFound: serviceaccounts "nobody" not found\nnothing was changed\n$/);
    expect(fileNames()).not.toContain('ci.conf');
  });

  test('is not created in a dry run', async () => {
    const dry = await kubeconfig('--file', 'ci.conf', '--dry-run');
    expectCode(dry, 0);
    expect(dry.stderr).toMatch(/Nothing was changed \(--dry-run\)\.\n$/);
    expect([fileNames().includes('ci.conf'), scene.ledger(), dry.stdout]).toEqual([false, [], '']);
  });

  test('replaces the credential of an interrupted run', async () => {
    expectCode(await kubeconfig('--file', 'first.conf'), 0);
    const secret = tokenClaims(scene.fromFile('first.conf').token ?? '')?.secret ?? '';
    scene.asAdmin('annotate', 'secret', secret, '-n', scene.namespace, '--overwrite', 'cdk8s-ci-deploy/state=pending');
    const made = await kubeconfig('--file', 'second.conf');
    expectCode(made, 0);
    expect(made.stderr).toContain(`- ${secret}: revoked, since an interrupted run had created it\n`);
    expect(scene.ledger()).toEqual(['stored kubeconfig']);
  });
});

describe('the command sends no request', () => {
  test.each<[string, string[], RegExp]>([
    ['without a namespace', ['--service-account', 'x'], /^cdk8s-ci-deploy: --namespace: it is missing/],
    ['for an invalid name', ['--service-account', 'X/y', '--namespace', 'ns1'], /^cdk8s-ci-deploy: --service-account: "X\/y"/],
    ['for a protected namespace', ['--service-account', 'x', '--namespace', 'kube-system'], /^cdk8s-ci-deploy: --namespace: .*kube-system/],
    ['for a file that exists', ['--service-account', 'x', '--namespace', 'ns1', '--file', 'access.yaml'], /file exists: access\.yaml/],
    ['for an invalid server', ['--service-account', 'x', '--namespace', 'ns1', '--server', 'nowhere'], /^cdk8s-ci-deploy: server: it is "nowhere"/],
    ['with a FILE', ['--service-account', 'x', '--namespace', 'ns1', 'some.conf'], /--kubeconfig/],
  ])('%s', async (_, options, message) => {
    const refused = await scene.run(['kubeconfig', ...options]);
    expectCode(refused, 2);
    expect(refused.stderr).toMatch(message);
    expect(refused.stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
