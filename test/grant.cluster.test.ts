import { DeployerIdentity, DeployerRole, DeployerToken, Kubeconfig } from '../src';
import { serviceAccountUser, untilAllowed } from './cluster/access-reviews';
import { fileMode, fileNames, fileText } from './support/cli';
import { cluster, CredentialCase, eachInScene, expectCode, GITLAB_TOKEN, scene } from './support/credential-case';
import { FakeClock } from './support/fake-clock';
import { tokenClaims } from '../src/kubernetes/token-claims';

eachInScene('grant');

/** A check in the JSON report of `verify`. */
interface Check {
  readonly place: string;
  readonly namespace: string;
  readonly verb: string;
  readonly target: string;
  readonly means: string;
  readonly answer: string;
}

describe('grant --file', () => {
  test('writes a credential that works with kubectl in its namespace, and is Forbidden elsewhere', async () => {
    expectCode(await scene.grant('--file', 'ci.conf'), 0);

    expect(fileMode('ci.conf')).toBe(0o600);
    expect(scene.with('ci.conf', 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'))
      .toEqual({ status: 0, stdout: `system:serviceaccount:${scene.namespace}:${scene.account}`, stderr: '' });
    expect(scene.with('ci.conf', 'get', 'pods').status).toBe(0);
    expect(scene.with('ci.conf', 'get', 'pods', '-n', 'kube-system').stderr).toMatch(/^Error from server \(Forbidden\): pods is forbidden/);
  });

  test('writes a credential for which kubectl and verify agree', async () => {
    expectCode(await scene.grant('--file', 'ci.conf'), 0);
    const verified = await scene.run(['verify', '--kubeconfig', 'ci.conf', '--output', 'json']);
    expectCode(verified, 0);
    const checks: Check[] = JSON.parse(verified.stdout).checks;
    const asked = checks.filter(({ means, place, target }) => means === 'access review' && place !== 'cluster' && !target.includes('"')).filter((_, index) => index % 5 === 0);
    const answers = asked.map(({ verb, target, namespace }) => scene.with('ci.conf', 'auth', 'can-i', verb, target, '-n', namespace).stdout.trim());
    expect(answers).toEqual(asked.map(({ answer }) => (answer === 'allowed' ? 'yes' : 'no')));
    expect(new Set(answers)).toEqual(new Set(['yes', 'no']));
  });

  test.each(['json', 'base64'])('writes the credential as %s', async (format) => {
    expectCode(await scene.grant('--file', 'ci.conf', '--format', format), 0);
    const text = fileText('ci.conf') ?? '';
    expect(Kubeconfig.parse(format === 'base64' ? Buffer.from(text, 'base64').toString() : text).namespace).toBe(scene.namespace);
  });

  test('fails before the first request when the file exists', async () => {
    const refused = await scene.run(['grant', 'access.yaml', '--file', 'ci.conf'], { files: { 'ci.conf': 'kept' }, variables: { KUBECONFIG: '/nowhere' } });
    expectCode(refused, 2);
    expect(refused.stderr).toContain('file exists: ci.conf');
    expect(fileText('ci.conf')).toBe('kept');
  });
});

test('grant --output - prints only the credential', async () => {
  const granted = await scene.grant('--output', '-');
  expectCode(granted, 0);
  expect(Kubeconfig.parse(granted.stdout).namespace).toBe(scene.namespace);
  expect(scene.ledger()).toEqual(['stored standard output']);
});

test('grant verifies the credential at --server, or at the administrator\'s address with --prove-here', async () => {
  const options = ['--file', 'ci.conf', '--server', 'https://localhost:1'];
  expectCode(await scene.run(['grant', 'access.yaml', ...options], { clock: new FakeClock(Date.now()) }), 4);
  expect([fileNames().includes('ci.conf'), scene.ledger()]).toEqual([false, []]);
  expectCode(await scene.grant(...options, '--prove-here'), 0);
  expect(scene.fromFile('ci.conf').server).toBe('https://localhost:1');
});

test('grant prints the objects and rights before it changes anything', async () => {
  const { stderr, stdout } = await scene.grant('--file', 'ci.conf', '--server', 'https://10.0.0.1:6443', '--dry-run');
  expect(stderr).toMatch(/^The command applies access\.yaml to the cluster of .*:$/m);
  expect(stderr).toContain(`:\n  Namespace ${scene.namespace}\n  ServiceAccount ${scene.namespace}/${scene.account}\n  RoleBinding ${scene.namespace}/${scene.account}-admin\n`);
  expect(stderr).toContain(`ServiceAccount "${scene.namespace}/${scene.account}" gets ClusterRole "admin" in namespace "${scene.namespace}", and nothing outside it.`);
  expect(stderr).toContain('\n  may      read every Secret\n');
  expect(stderr).toContain('warning: 10.0.0.1 is a private address');
  expect(stderr).toMatch(/Nothing was changed \(--dry-run\)\.\n$/);
  expect(stdout).toBe('');
  expect(scene.asAdmin('get', 'namespace', scene.namespace, '--ignore-not-found', '-o', 'name')).toBe('');
});

describe('grant into GitLab', () => {
  test('stores the kubeconfig as a file and the token alone, both masked, hidden and protected, for one environment', async () => {
    const granted = await scene.grant(...scene.inGitlab(), '--output', 'json');
    expectCode(granted, 0);

    expect(scene.variable('KUBECONFIG')).toMatchObject({ variable_type: 'file', raw: true, masked: true, hidden: true, protected: true });
    expect(scene.variable('KUBECONFIG_TOKEN')).toMatchObject({ value: scene.credential().token, masked: true, hidden: true, protected: true });
    expect(scene.status(scene.credential().token ?? '')).toBe(200);
    expect(JSON.parse(granted.stdout)).toEqual({
      namespace: scene.namespace,
      subject: `ServiceAccount "${scene.namespace}/${scene.account}"`,
      role: 'ClusterRole admin',
      keptIn: expect.stringContaining('variable KUBECONFIG of project group/site'),
      secret: tokenClaims(scene.credential().token ?? '')?.secret,
      expires: expect.stringMatching(/^20\d\d-/),
    });
  });

  test('stores base64 with --variable-type env_var', async () => {
    expectCode(await scene.grant(...scene.inGitlab(), '--variable-type', 'env_var'), 0);
    const { value = '', variable_type: type } = scene.variable('KUBECONFIG') ?? {};
    expect(type).toBe('env_var');
    expect(Kubeconfig.parse(Buffer.from(value, 'base64').toString()).namespace).toBe(scene.namespace);
  });

  test('stores a different credential for each environment', async () => {
    expectCode(await scene.grant(...scene.inGitlab('staging')), 0);
    const staging = scene.credential('staging').token;
    expectCode(await scene.grant(...scene.inGitlab('production')), 0);
    expect(scene.credential('staging').token).toBe(staging);
    expect(scene.credential('production').token).not.toBe(staging);
    expect(scene.ledger()).toHaveLength(2);
  });

  test('changes nothing in a second run, and names the command rotate', async () => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    const before = structuredClone(scene.project.variables);
    const again = await scene.grant(...scene.inGitlab());
    expectCode(again, 0);
    expect(again.stderr).toContain('already holds a credential of this ServiceAccount; `cdk8s-ci-deploy rotate` replaces it');
    expect(again.stderr).toContain(`RoleBinding ${scene.namespace}/${scene.account}-admin: unchanged`);
    expect(scene.project.variables).toEqual(before);
    expect(scene.ledger()).toHaveLength(1);
  });

  test('replaces a variable that was created by hand, and warns before', async () => {
    scene.project.variables.push({
      key: 'KUBECONFIG',
      value: 'by-hand',
      variable_type: 'env_var',
      protected: false,
      masked: false,
      hidden: false,
      raw: false,
      environment_scope: 'production',
      description: null,
    });
    const granted = await scene.grant(...scene.inGitlab());
    expectCode(granted, 0);
    expect(granted.stderr).toMatch(/warning: variable KUBECONFIG .* holds no valid credential of this ServiceAccount: the command replaces its value\n[^]*Namespace .*: created/);
    expect(scene.status(scene.credential().token ?? '')).toBe(200);
  });

  test('changes nothing when the GitLab token may not write variables', async () => {
    scene.gitlab.addToken('glpat-reads-only-or-so', { 'group/site': 'maintainer' }, { scopes: ['read_api'] });
    const refused = await scene.run(['grant', 'access.yaml', ...scene.inGitlab()], { variables: { GITLAB_TOKEN: 'glpat-reads-only-or-so' } });
    expectCode(refused, 3);
    expect(refused.stderr).toMatch(/has the scopes "read_api", but needs the scope api to write variables\nnothing was changed\n$/);
    expect(scene.asAdmin('get', 'namespace', scene.namespace, '--ignore-not-found', '-o', 'name')).toBe('');
  });

  test('revokes the credential when GitLab rejects the second variable, and lists what was done', async () => {
    scene.gitlab.fail({ method: 'POST', path: /variables$/, from: 2 } as never, { status: 403, body: { message: '403 Forbidden' } } as never);
    const refused = await scene.grant(...scene.inGitlab());
    expectCode(refused, 3);
    expect(refused.stderr).toMatch(/revoked, since it is not stored\n.*403 Forbidden.*\nthe steps listed above are done; run the same command again to continue\n$/s);
    expect([scene.project.variables, scene.ledger()]).toEqual([[], []]);

    expectCode(await scene.grant(...scene.inGitlab()), 0);
    expect(scene.status(scene.credential().token ?? '')).toBe(200);
  });
});

describe('the token', () => {
  test('is bound to a Secret without data', async () => {
    expectCode(await scene.grant('--file', 'ci.conf'), 0);
    const { secret, expires = 0 } = tokenClaims(scene.fromFile('ci.conf').token ?? '') ?? {};
    expect(Math.round((expires - Date.now() / 1000) / 86_400)).toBe(90);
    expect(JSON.parse(scene.asAdmin('get', 'secret', `${secret}`, '-n', scene.namespace, '-o', 'json'))).toMatchObject({ type: 'Opaque' });
    scene.asAdmin('delete', 'secret', `${secret}`, '-n', scene.namespace);
  });

  test('comes from the token Secret in the manifests, and never expires', async () => {
    const identity = DeployerIdentity.serviceAccount({ token: DeployerToken.tokenSecret() });
    const granted = await scene.run(['grant', 'access.yaml', '--file', 'ci.conf'], { files: { 'access.yaml': scene.access({ identity }) } });
    expectCode(granted, 0);
    expect(granted.stdout).toContain('validity   never expires\n');
    expect(tokenClaims(scene.fromFile('ci.conf').token ?? '')).toMatchObject({ secret: `${scene.account}-token`, expires: undefined });
  });

  test('comes from another token Secret for a second destination', async () => {
    const identity = DeployerIdentity.serviceAccount({ token: DeployerToken.tokenSecret() });
    const files = { 'access.yaml': scene.access({ identity }) };
    expectCode(await scene.run(['grant', 'access.yaml', '--file', 'ci.conf'], { files }), 0);
    expectCode(await scene.run(['grant', 'access.yaml', ...scene.inGitlab()], { files }), 0);
    expect(tokenClaims(scene.credential().token ?? '')?.secret).not.toBe(`${scene.account}-token`);
  });
});

describe('the verification', () => {
  test('rejects a credential with more rights than the manifests give', async () => {
    expectCode(await scene.grant('--file', 'first.conf'), 0);
    scene.asAdmin('create', 'rolebinding', 'more', '-n', 'default', '--clusterrole=view', `--serviceaccount=${scene.namespace}:${scene.account}`);
    try {
      const refused = await scene.grant('--file', 'ci.conf');
      expectCode(refused, 1);
      expect(refused.stderr).toMatch(/the new credential is not stored:\n- in default: allowed, must be denied/);
      expect(fileNames()).not.toContain('ci.conf');
      expect(scene.ledger()).toHaveLength(1);
    } finally {
      scene.asAdmin('delete', 'rolebinding', 'more', '-n', 'default');
    }
  });
});

describe('the confirmation on a terminal', () => {
  const answering = (stdin: string) => scene.run(['grant', 'access.yaml', '--file', 'ci.conf'], { stdin, stdinIsTerminal: true });

  test.each(['n\n', '\n', 'nope\n'])('changes nothing after the answer %j', async (answer) => {
    const refused = await answering(answer);
    expectCode(refused, 1);
    expect(refused.stderr).toContain('Apply this? [y/N] ');
    expect(refused.stderr).toMatch(/not confirmed\nnothing was changed\n$/);
    expect(scene.asAdmin('get', 'namespace', scene.namespace, '--ignore-not-found', '-o', 'name')).toBe('');
  });

  test('continues after the answer yes', async () => {
    expectCode(await answering('y\n'), 0);
    expect(scene.with('ci.conf', 'get', 'pods').status).toBe(0);
  });
});

describe('an administrator', () => {
  test('without the right to bind the role gets the server\'s message, and nothing changes', async () => {
    scene.asAdmin('create', 'namespace', scene.namespace);
    scene.asAdmin('create', 'serviceaccount', 'helper', '-n', scene.namespace);
    scene.asAdmin('create', 'role', 'helper', '-n', scene.namespace, '--verb=get,list,create,patch', '--resource=serviceaccounts,rolebindings.rbac.authorization.k8s.io');
    scene.asAdmin('create', 'rolebinding', 'helper', '-n', scene.namespace, '--role=helper', `--serviceaccount=${scene.namespace}:helper`);
    const request = { verb: 'patch', group: 'rbac.authorization.k8s.io', resource: 'rolebindings' };
    await untilAllowed(cluster.kubeconfig, { ...serviceAccountUser(scene.namespace, 'helper'), namespace: scene.namespace, request });
    const token = scene.asAdmin('create', 'token', 'helper', '-n', scene.namespace);
    const reference = Kubeconfig.parse(scene.asAdmin('config', 'view', '--raw', '-o', 'json').replace(/"user": \{[^}]*\}/, `"user": {"token": "${token}"}`)
      .replace('"user": "admin"', `"user": "admin", "namespace": "${scene.namespace}"`));
    const files = { 'helper.conf': reference.toYaml(), 'access.yaml': scene.access({ createNamespace: false }) };
    const refused = await scene.run(['grant', 'access.yaml', '--file', 'ci.conf', '--kubeconfig', 'helper.conf'], { files });
    expectCode(refused, 3);
    expect(refused.stderr).toMatch(/apply rolebindings .* 403 Forbidden: .*attempting to grant RBAC permissions not currently held.*\nnothing was changed\n$/s);
    expect(scene.asAdmin('get', 'serviceaccount', scene.account, '-n', scene.namespace, '--ignore-not-found', '-o', 'name')).toBe('');
  });

  test('without a connection to the cluster gets exit code 4, and nothing changes', async () => {
    const reference = scene.asAdmin('config', 'view', '--raw').replace(/server: .*/, 'server: https://127.0.0.1:1');
    const refused = await scene.run(['grant', 'access.yaml', '--file', 'ci.conf', '--kubeconfig', 'admin.conf'], { files: { 'admin.conf': reference }, clock: new FakeClock(Date.now()) });
    expectCode(refused, 4);
    expect(refused.stderr).toMatch(/^cdk8s-ci-deploy: cannot connect to https:\/\/127\.0\.0\.1:1 after \d+ tries .*\nnothing was changed\n$/m);
  });
});

test.each<[string, () => string[], string, RegExp]>([
  ['an empty file', () => ['--file', 'ci.conf'], '', /^cdk8s-ci-deploy: access\.yaml:1:1: no document/],
  ['a Deployment', () => ['--file', 'ci.conf'], 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x, namespace: y }', /expected only objects that give access/],
  ['a protected namespace', () => ['--file', 'ci.conf'], 'PROTECTED', /namespace is "kube-system"/],
  ['two destinations', () => ['--file', 'ci.conf', ...scene.inGitlab()], 'ACCESS', /^cdk8s-ci-deploy: --project: .*, expected one destination; remove --project, or --file/],
  ['a GitLab without https', () => ['--gitlab-url', 'http://gitlab.example.com', '--project', '42', '--environment', 'x'], 'ACCESS', /https/],
  ['an invalid duration', () => ['--file', 'ci.conf', '--duration', 'long'], 'ACCESS', /^cdk8s-ci-deploy: --duration: "long"/],
  ['a duration below --shortest', () => ['--file', 'ci.conf', '--duration', '1d'], 'ACCESS', /less than --shortest/],
  ['a kubeconfig without TLS verification', () => ['--file', 'ci.conf', '--kubeconfig', 'unsafe.conf'], 'ACCESS', /insecure-skip-tls-verify/],
])('grant fails for %s before the first request', async (_, options, text, message) => {
  const manifest = text === 'ACCESS' ? scene.access() : text === 'PROTECTED' ? scene.access().replaceAll(scene.namespace, 'kube-system') : text;
  const unsafe = 'apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n'
    + 'clusters: [{name: c, cluster: {server: "https://x", insecure-skip-tls-verify: true}}]\nusers: [{name: u, user: {token: t}}]\n';
  const refused = await scene.run(['grant', 'access.yaml', ...options()], { files: { 'access.yaml': manifest, 'unsafe.conf': unsafe } });
  expectCode(refused, 2);
  expect(refused.stderr).toMatch(message);
  expect(refused.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(scene.gitlab.requests).toEqual([]);
  expect(fileNames()).not.toContain('ci.conf');
});

test('grant stores nothing for a deployer with id_tokens, and prints the configuration of the API server', async () => {
  const identity = DeployerIdentity.oidc({ projectId: 42, issuer: 'https://gitlab.example.com', audience: 'https://cluster.example.com' });
  const files = { 'access.yaml': scene.access({ identity }) };
  const granted = await scene.run(['grant', 'access.yaml', '--output', 'json'], { files });
  expectCode(granted, 0);
  expect(JSON.parse(granted.stdout)).toEqual({
    namespace: scene.namespace, subject: 'User "gitlab:project:42"', role: 'ClusterRole admin', instructions: expect.stringContaining('kind: AuthenticationConfiguration'),
  });
  expect(scene.asAdmin('get', 'rolebindings', '-n', scene.namespace, '-o', 'jsonpath={.items[*].subjects[*].name}')).toBe('gitlab:project:42');
  expectCode(await scene.run(['grant', 'access.yaml', '--file', 'ci.conf'], { files }), 2);
});

test('grant verifies ClusterRole edit against the rules of edit', async () => {
  const granted = await scene.run(['grant', 'access.yaml', '--file', 'ci.conf'], { files: { 'access.yaml': scene.access({ role: DeployerRole.edit() }) } });
  expectCode(granted, 0);
  expect(scene.with('ci.conf', 'get', 'roles').stderr).toContain('Forbidden');
});

test('no command of this file printed a token', () => {
  const everything = CredentialCase.written.join('\n');
  expect(everything).toContain('token created');
  expect(everything).not.toMatch(/eyJ[\w-]{10,}/);
  expect(everything).not.toContain(GITLAB_TOKEN);
});
