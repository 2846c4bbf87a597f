import { DeployerIdentity, DeployerToken } from '../src';
import { CliResult, fileText } from './support/cli';
import { CredentialCase, eachInScene, expectCode, GITLAB_TOKEN, scene } from './support/credential-case';
import { until } from './support/until';
import { tokenClaims } from '../src/kubernetes/token-claims';

eachInScene('rotate');

/** The token that GitLab stores. */
const storedToken = () => scene.credential().token ?? '';

/** Runs the rotation in a job that has the variable, without an administrator. */
async function rotateItself(...options: string[]): Promise<CliResult> {
  const { value = '' } = scene.variable('KUBECONFIG') ?? {};
  return scene.run(['rotate', '--itself', ...scene.inGitlab(), ...options], { variables: { KUBECONFIG: value, CI: 'true' } });
}

async function rotate(...options: string[]): Promise<CliResult> {
  return scene.run(['rotate', 'access.yaml', ...scene.inGitlab(), ...options]);
}

/** --finish concerns all credentials of the ServiceAccount, so it accepts no destination. */
async function finish(command: typeof rotate): Promise<CliResult> {
  if (command === rotate) return scene.run(['rotate', 'access.yaml', '--finish']);
  return scene.run(['rotate', '--itself', '--finish'], { variables: { KUBECONFIG: scene.variable('KUBECONFIG')?.value ?? '', CI: 'true' } });
}

/** The API server caches an accepted token for some seconds. */
async function untilRefused(token: string): Promise<void> {
  await until(() => scene.status(token) === 401);
}

describe.each<[string, (...options: string[]) => Promise<CliResult>]>([['an administrator', rotate], ['the credential itself', rotateItself]])('rotate by %s', (_, command) => {
  test('stores the new credential before it revokes the old one', async () => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    const old = storedToken();
    const rotated = await command('--grace', '3s', '--output', 'json');
    expectCode(rotated, 0);

    expect(storedToken()).not.toBe(old);
    expect(scene.status(storedToken())).toBe(200);
    expect(scene.variable('KUBECONFIG_TOKEN')?.value).toBe(storedToken());
    expect(JSON.parse(rotated.stdout)).toMatchObject({ secret: tokenClaims(storedToken())?.secret, replaces: [tokenClaims(old)?.secret] });
    expect(rotated.stderr).toMatch(/verified: .*\n- variable KUBECONFIG_TOKEN: updated.*\n- variable KUBECONFIG: updated.*\nwaiting 3 s for jobs that use .*\n- .*: revoked\n/);
    await untilRefused(old);
    expect(scene.ledger()).toHaveLength(1);
  });

  test('keeps a hidden variable hidden', async () => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    expectCode(await command('--now'), 0);
    expect(scene.variable('KUBECONFIG')).toMatchObject({ hidden: true, masked: true, protected: true });
  });

  test('leaves the old credential to the next run, or to --finish, with --no-wait', async () => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    const first = storedToken();
    expectCode(await command('--grace', '1s', '--no-wait'), 0);
    const second = storedToken();
    expect(scene.status(first)).toBe(200);
    expect(scene.ledger()).toHaveLength(2);

    await new Promise((resolve) => setTimeout(resolve, 1100));
    expectCode(await command('--grace', '1h', '--no-wait'), 0);
    await untilRefused(first);
    expect(scene.status(second)).toBe(200);

    expect(await command('--finish')).toMatchObject({ code: 2, stderr: expect.stringContaining('it cannot be combined with --finish') });
    const finished = await finish(command);
    expectCode(finished, 0);
    expect(finished.stderr).toMatch(new RegExp(`^${tokenClaims(second)?.secret}: not before 20`, 'm'));
    expect(scene.ledger()).toHaveLength(2);
  });

  test('changes nothing in a dry run', async () => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    const before = storedToken();
    const dry = await command('--dry-run');
    expectCode(dry, 0);
    expect(dry.stderr).toContain(`It revokes ${tokenClaims(before)?.secret} 1 hour later.\nNothing was changed (--dry-run).`);
    expect([storedToken(), scene.ledger().length]).toEqual([before, 1]);
  });
});

test('rotate --itself waits until the API server rejects the old token', async () => {
  expectCode(await scene.grant(...scene.inGitlab()), 0);
  const rotated = await rotateItself('--now');
  expectCode(rotated, 0);
  expect(rotated.stderr).toMatch(/the API server answers 401 to the old token, \d+ s after its revocation/);
});

test('rotate leaves the credential of another environment unchanged', async () => {
  expectCode(await scene.grant(...scene.inGitlab('staging')), 0);
  expectCode(await scene.grant(...scene.inGitlab()), 0);
  const staging = scene.credential('staging').token ?? '';
  expectCode(await rotate('--now'), 0);
  expect(scene.credential('staging').token).toBe(staging);
  expect(scene.status(staging)).toBe(200);
});

test('rotate revokes the new credential and keeps the old one when GitLab rejects the variable', async () => {
  expectCode(await scene.grant(...scene.inGitlab()), 0);
  const old = storedToken();
  scene.gitlab.fail({ method: 'PUT', path: /KUBECONFIG\?/ }, { status: 403, body: { message: '403 Forbidden' } });
  const refused = await rotate('--now');
  expectCode(refused, 3);
  expect([storedToken(), scene.status(old), scene.ledger().length]).toEqual([old, 200, 1]);
  expectCode(await rotate('--now'), 0);
  expect(scene.variable('KUBECONFIG_TOKEN')?.value).toBe(storedToken());
});

test('rotate keeps both credentials when the answer of GitLab is lost', async () => {
  expectCode(await scene.grant(...scene.inGitlab()), 0);
  const old = storedToken();
  scene.gitlab.fail({ method: 'PUT', path: /KUBECONFIG\?/, times: 1000 }, 'cut after');
  const ended = new AbortController();
  const running = scene.run(['rotate', 'access.yaml', ...scene.inGitlab(), '--now'], { signal: ended.signal });
  await until(() => storedToken() !== old);
  ended.abort(new Error('enough'));
  await running;
  expect([scene.status(storedToken()), scene.status(old), scene.ledger().length]).toEqual([200, 200, 2]);
});

test('rotate replaces a token Secret by another', async () => {
  const files = { 'access.yaml': scene.access({ identity: DeployerIdentity.serviceAccount({ token: DeployerToken.tokenSecret() }) }) };
  expectCode(await scene.run(['grant', 'access.yaml', ...scene.inGitlab()], { files }), 0);
  expectCode(await scene.run(['rotate', 'access.yaml', ...scene.inGitlab(), '--now'], { files }), 0);
  expect(tokenClaims(storedToken())).toMatchObject({ expires: undefined, secret: expect.not.stringMatching(/-token$/) });
  expect(scene.asAdmin('get', 'secrets', '-n', scene.namespace, '-o', 'name').trim().split('\n')).toHaveLength(1);
});

test('rotate replaces the credential in a file', async () => {
  expectCode(await scene.grant('--file', 'ci.conf'), 0);
  const before = fileText('ci.conf');
  expectCode(await scene.run(['rotate', 'access.yaml', '--file', 'ci.conf', '--now']), 0);
  expect(fileText('ci.conf')).not.toBe(before);
  expect(scene.with('ci.conf', 'get', 'pods').status).toBe(0);
});

test('rotate fails without a credential to replace', async () => {
  expectCode(await scene.grant('--file', 'ci.conf'), 0);
  const refused = await rotate('--now');
  expectCode(refused, 1);
  expect(refused.stderr).toMatch(/this ServiceAccount has no credential for variable KUBECONFIG .*; `cdk8s-ci-deploy grant` creates one\nnothing was changed\n$/);
});

test.each<[string, string[], RegExp]>([
  ['neither manifests nor --itself', ['rotate', '--file', 'x'], /^cdk8s-ci-deploy: ACCESS\.yaml: the operand is missing, expected the access manifests, or --itself/],
  ['an invalid grace period', ['rotate', 'access.yaml', '--file', 'x', '--grace', 'soon'], /--grace: "soon"/],
  ['--itself without a credential', ['rotate', '--itself', '--file', 'x'], /KUBECONFIG/],
])('rotate fails for %s before the first request', async (_, argv, message) => {
  const refused = await scene.run(argv, { variables: { KUBECONFIG: '' } });
  expectCode(refused, 2);
  expect(refused.stderr).toMatch(message);
});

test('no command of this file printed a token', () => {
  const everything = CredentialCase.written.join('\n');
  expect(everything).toContain('revoked');
  expect(everything).not.toMatch(/eyJ[\w-]{10,}/);
  expect(everything).not.toContain(GITLAB_TOKEN);
});
