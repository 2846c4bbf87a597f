import { DeployerIdentity, DeployerToken } from '../src';
import { CredentialCase, eachInScene, expectCode, GITLAB_TOKEN, scene } from './support/credential-case';
import { tokenClaims } from '../src/kubernetes/token-claims';

eachInScene('revoke');

const revoke = (...options: string[]) => scene.run(['revoke', 'access.yaml', ...options]);

describe('the only credential', () => {
  test('is revoked, and the API server answers 401 when the command ends', async () => {
    expectCode(await scene.grant('--file', 'ci.conf'), 0);
    const { token = '' } = scene.fromFile('ci.conf');
    expect(scene.status(token)).toBe(200);

    const revoked = await revoke();
    expectCode(revoked, 0);
    expect(scene.status(token)).toBe(401);
    expect(revoked.stdout).toMatch(new RegExp(`^${tokenClaims(token)?.secret}: revoked; the API server answers 401 after \\d+ s\\n$`));
    expect(revoked.stderr).toContain('Tokens that the credential requested itself, bound to nothing, stay valid until they expire');
    expect(scene.ledger()).toEqual([]);
  });

  test('is revoked when it comes from a token Secret', async () => {
    const files = { 'access.yaml': scene.access({ identity: DeployerIdentity.serviceAccount({ token: DeployerToken.tokenSecret() }) }) };
    expectCode(await scene.run(['grant', 'access.yaml', '--file', 'ci.conf'], { files }), 0);
    const { token = '' } = scene.fromFile('ci.conf');
    expectCode(await scene.run(['revoke', 'access.yaml'], { files }), 0);
    expect(scene.status(token)).toBe(401);
  });
});

describe('with several credentials', () => {
  beforeEach(async () => {
    expectCode(await scene.grant('--file', 'ci.conf'), 0);
    expectCode(await scene.grant(...scene.inGitlab()), 0);
  });

  test('revoke without a selection fails and lists them', async () => {
    const refused = await revoke();
    expectCode(refused, 1);
    expect(refused.stderr).toMatch(/has 2 recorded credentials; expected exactly one, or an option that selects one, such as --credential\n- .*\n- .*\nnothing was changed\n$/);
    // Both were created within one second, so either may be the first.
    expect(refused.stderr).toMatch(/\n- .*: stored for "file ci\.conf [0-9a-f]{8}", expires in 90 days .*\n/);
    expect(refused.stderr).toMatch(/\n- .*: stored for "[^"]*\/variables\/KUBECONFIG[^"]*", expires in 90 days .*\n/);
    expect((await revoke('--list')).stdout.trim().split('\n')).toHaveLength(2);
    expect(JSON.parse((await revoke('--list', '--output', 'json')).stdout)).toHaveLength(2);
  });

  test('revoke selects the one in GitLab, and removes its variables with --remove-variable', async () => {
    const { token = '' } = scene.credential();
    expectCode(await revoke(...scene.inGitlab(), '--remove-variable'), 0);
    expect([scene.status(token), scene.project.variables, scene.with('ci.conf', 'get', 'pods').status]).toEqual([401, [], 0]);
  });

  test('revoke warns about a variable that holds a revoked credential', async () => {
    const revoked = await revoke(...scene.inGitlab());
    expectCode(revoked, 0);
    expect(revoked.stderr).toMatch(/warning: variable KUBECONFIG .* holds a revoked credential/);
  });

  test('revoke --credential selects one by its Secret', async () => {
    const { token = '' } = scene.fromFile('ci.conf');
    expectCode(await revoke('--credential', tokenClaims(token)?.secret ?? ''), 0);
    expect([scene.status(token), scene.status(scene.credential().token ?? '')]).toEqual([401, 200]);
  });

  test('revoke --token-file selects one by its token', async () => {
    const { token = '' } = scene.fromFile('ci.conf');
    expectCode(await scene.run(['revoke', 'access.yaml', '--token-file', '-'], { stdin: `${token}\n` }), 0);
    expect(scene.status(token)).toBe(401);
  });

  test('a dry run revokes none', async () => {
    const dry = await revoke(...scene.inGitlab(), '--dry-run');
    expectCode(dry, 0);
    expect(dry.stderr).toContain('Nothing was changed (--dry-run).');
    expect(scene.ledger()).toHaveLength(2);
  });
});

test('revoke rejects an unbound token, and names --compromised', async () => {
  expectCode(await scene.grant('--file', 'ci.conf'), 0);
  const unbound = scene.asAdmin('create', 'token', scene.account, '-n', scene.namespace);
  const refused = await scene.run(['revoke', 'access.yaml', '--token-file', '-'], { stdin: unbound });
  expectCode(refused, 1);
  expect(refused.stderr).toContain('the token is bound to no Secret, so it cannot be revoked alone: --compromised revokes every token of the ServiceAccount');
});

describe('after a compromise', () => {
  test('tokens that the credential requested stay valid, until --compromised revokes them', async () => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    const { token: stolen = '' } = scene.credential();
    const asThief = (...args: string[]) => {
      const { status, stdout, stderr } = scene.withToken(stolen, ...args);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return stdout;
    };
    const unbound = asThief('create', 'token', scene.account, '--duration', '48h');
    scene.applyWithToken(stolen, {
      apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hidden', annotations: { 'kubernetes.io/service-account.name': scene.account } }, type: 'kubernetes.io/service-account-token',
    });
    const fromSecret = await scene.tokenIn('hidden');
    asThief('create', 'serviceaccount', 'helper');
    asThief('create', 'rolebinding', 'back-door', '--clusterrole=admin', '--serviceaccount=other:thief');
    asThief('create', 'cronjob', 'wake', '--image=registry.example.com/x:1', '--schedule=* * * * *');

    const revoked = await revoke(...scene.inGitlab());
    expectCode(revoked, 0);
    expect([stolen, unbound, fromSecret].map((token) => scene.status(token))).toEqual([401, 200, 200]);
    expect(revoked.stderr).toContain('`cdk8s-ci-deploy revoke --compromised` revokes every token of the ServiceAccount.');

    const ended = await revoke('--compromised');
    expectCode(ended, 0);
    expect([stolen, unbound, fromSecret].map((token) => scene.status(token))).toEqual([401, 401, 401]);
    expect(ended.stdout).toMatch(/^Review what was created in .* since the grant \(20.*\), and what uses the ServiceAccount:\n/);
    for (const line of [/RoleBinding back-door +20\S+ +ClusterRole admin to ServiceAccount other\/thief\n/, /ServiceAccount helper /, /Secret hidden .*never expires\n/, /CronJob wake .*runs \* \* \* \* \*\n/]) {
      expect(ended.stdout).toMatch(line);
    }
    expect(ended.stdout).not.toContain(`RoleBinding ${scene.account}-admin`);
    expect(scene.asAdmin('get', 'rolebinding', `${scene.account}-admin`, '-n', scene.namespace, '--ignore-not-found')).toBe('');

    expectCode(await scene.grant(...scene.inGitlab('other')), 0);
    expect(scene.status(scene.credential('other').token ?? '')).toBe(200);
    expect(scene.status(unbound)).toBe(401);
  });

  test('a second run of --compromised completes an interrupted one', async () => {
    expectCode(await scene.grant('--file', 'ci.conf'), 0);
    const { token = '' } = scene.fromFile('ci.conf');
    scene.asAdmin('delete', 'rolebinding', `${scene.account}-admin`, '-n', scene.namespace);
    const ended = await revoke('--compromised', '--output', 'json');
    expectCode(ended, 0);
    expect(JSON.parse(ended.stdout)).toEqual({ since: null, review: [], unchecked: [], unfinished: [] });
    expect([scene.status(token), scene.ledger()]).toEqual([401, []]);
  });

  test('a dry run of --compromised revokes nothing', async () => {
    expectCode(await scene.grant('--file', 'ci.conf'), 0);
    expectCode(await revoke('--compromised', '--dry-run'), 0);
    expect(scene.with('ci.conf', 'get', 'pods').status).toBe(0);
  });
});

test.each<[string, string[], string, RegExp]>([
  ['the manifests of a GitLab agent', ['revoke', 'access.yaml'], 'AGENT', /has no token of the cluster, expected a ServiceAccount/],
  ['a token of another ServiceAccount', ['revoke', 'access.yaml', '--token-file', '-'], 'ACCESS', /^cdk8s-ci-deploy: standard input: it is no token of the ServiceAccount in the manifests/],
])('revoke fails for %s', async (_, argv, text, message) => {
  const agent = scene.access({ identity: DeployerIdentity.gitlabAgent({ serviceAccountName: 'agent', serviceAccountNamespace: 'agents' }) });
  const refused = await scene.run(argv, { stdin: 'x', files: text === 'AGENT' ? { 'access.yaml': agent } : {} });
  expectCode(refused, 2);
  expect(refused.stderr).toMatch(message);
});

test('no command of this file printed a token', () => {
  const everything = CredentialCase.written.join('\n');
  expect(everything).toContain('deleted');
  expect(everything).not.toMatch(/eyJ[\w-]{10,}/);
  expect(everything).not.toContain(GITLAB_TOKEN);
});
