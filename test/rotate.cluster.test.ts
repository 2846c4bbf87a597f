import { DeployerIdentity, DeployerToken } from '../src';
import { CliResult, fileText } from './support/cli';
import { CredentialCase, eachInScene, expectCode, GITLAB_TOKEN, scene } from './support/credential-case';
import { until } from './support/until';
import { tokenClaims } from '../src/kubernetes/token-claims';

eachInScene('rotate');

/** The token that GitLab keeps. */
const kept = () => scene.credential().token ?? '';

/** As a job that has read the variable runs it, without an administrator. */
async function rotateItself(...options: string[]): Promise<CliResult> {
  const { value = '' } = scene.variable('KUBECONFIG') ?? {};
  return scene.run(['rotate', '--itself', ...scene.inGitlab(), ...options], { variables: { KUBECONFIG: value, CI: 'true' } });
}

async function rotate(...options: string[]): Promise<CliResult> {
  return scene.run(['rotate', 'access.yaml', ...scene.inGitlab(), ...options]);
}

/** The API server goes on accepting for some seconds what it has accepted. */
async function untilRefused(token: string): Promise<void> {
  await until(() => scene.status(token) === 401);
}

describe.each<[string, (...options: string[]) => Promise<CliResult>]>([['an administrator', rotate], ['the credential itself', rotateItself]])('by %s', (_, command) => {
  test('the new one is in its place before the old one ends', async () => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    const old = kept();
    const rotated = await command('--grace', '3s', '--output', 'json');
    expectCode(rotated, 0);

    expect(kept()).not.toBe(old);
    expect(scene.status(kept())).toBe(200);
    expect(scene.variable('KUBECONFIG_TOKEN')?.value).toBe(kept());
    expect(JSON.parse(rotated.stdout)).toMatchObject({ secret: tokenClaims(kept())?.secret, replaces: [tokenClaims(old)?.secret] });
    expect(rotated.stderr).toMatch(/verified: .*\n- variable KUBECONFIG_TOKEN: updated.*\n- variable KUBECONFIG: updated.*\nwaiting 3 s for jobs that have read .*\n- .*: ended\n/);
    await untilRefused(old);
    expect(scene.ledger()).toHaveLength(1);
  });

  test('a hidden variable stays hidden', async () => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    expectCode(await command('--now'), 0);
    expect(scene.variable('KUBECONFIG')).toMatchObject({ hidden: true, masked: true, protected: true });
  });

  test('without waiting, the old one is ended by the next run, or by one that only finishes', async () => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    const first = kept();
    expectCode(await command('--grace', '1s', '--no-wait'), 0);
    const second = kept();
    expect(scene.status(first)).toBe(200);
    expect(scene.ledger()).toHaveLength(2);

    await new Promise((resolve) => setTimeout(resolve, 1100));
    expectCode(await command('--grace', '1h', '--no-wait'), 0);
    await untilRefused(first);
    expect(scene.status(second)).toBe(200);

    const finished = await command('--finish');
    expectCode(finished, 0);
    expect(finished.stderr).toMatch(new RegExp(`^${tokenClaims(second)?.secret}: not before 20`, 'm'));
    expect(scene.ledger()).toHaveLength(2);
  });

  test('a dry run changes nothing', async () => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    const before = kept();
    const dry = await command('--dry-run');
    expectCode(dry, 0);
    expect(dry.stderr).toContain(`${tokenClaims(before)?.secret} ends 1 hour later.\nNothing was changed (--dry-run).`);
    expect([kept(), scene.ledger().length]).toEqual([before, 1]);
  });
});

test('the credential sees its own end through', async () => {
  expectCode(await scene.grant(...scene.inGitlab()), 0);
  const rotated = await rotateItself('--now');
  expectCode(rotated, 0);
  expect(rotated.stderr).toMatch(/the API server answers 401 to the old token, \d+ s after its end/);
});

test('the credential of one environment leaves that of another alone', async () => {
  expectCode(await scene.grant(...scene.inGitlab('staging')), 0);
  expectCode(await scene.grant(...scene.inGitlab()), 0);
  const staging = scene.credential('staging').token ?? '';
  expectCode(await rotate('--now'), 0);
  expect(scene.credential('staging').token).toBe(staging);
  expect(scene.status(staging)).toBe(200);
});

test('a credential that GitLab does not take is ended, and the old one stays', async () => {
  expectCode(await scene.grant(...scene.inGitlab()), 0);
  const old = kept();
  scene.gitlab.fail({ method: 'PUT', path: /KUBECONFIG\?/ }, { status: 403, body: { message: '403 Forbidden' } });
  const refused = await rotate('--now');
  expectCode(refused, 3);
  expect([kept(), scene.status(old), scene.ledger().length]).toEqual([old, 200, 1]);
  expectCode(await rotate('--now'), 0);
  expect(scene.variable('KUBECONFIG_TOKEN')?.value).toBe(kept());
});

test('when GitLab\'s answer is lost, the credential that may be in use is not ended, and the next run goes on', async () => {
  expectCode(await scene.grant(...scene.inGitlab()), 0);
  const old = kept();
  scene.gitlab.fail({ method: 'PUT', path: /KUBECONFIG\?/, times: 1000 }, 'cut after');
  const ended = new AbortController();
  const running = scene.run(['rotate', 'access.yaml', ...scene.inGitlab(), '--now'], { signal: ended.signal });
  await until(() => kept() !== old);
  ended.abort(new Error('enough'));
  await running;
  expect([scene.status(kept()), scene.status(old), scene.ledger().length]).toEqual([200, 200, 2]);
});

test('a token Secret is replaced by another', async () => {
  const files = { 'access.yaml': scene.access({ identity: DeployerIdentity.serviceAccount({ token: DeployerToken.tokenSecret() }) }) };
  expectCode(await scene.run(['grant', 'access.yaml', ...scene.inGitlab()], { files }), 0);
  expectCode(await scene.run(['rotate', 'access.yaml', ...scene.inGitlab(), '--now'], { files }), 0);
  expect(tokenClaims(kept())).toMatchObject({ expires: undefined, secret: expect.not.stringMatching(/-token$/) });
  expect(scene.asAdmin('get', 'secrets', '-n', scene.namespace, '-o', 'name').trim().split('\n')).toHaveLength(1);
});

test('a file is replaced', async () => {
  expectCode(await scene.grant('--file', 'ci.conf'), 0);
  const before = fileText('ci.conf');
  expectCode(await scene.run(['rotate', 'access.yaml', '--file', 'ci.conf', '--now']), 0);
  expect(fileText('ci.conf')).not.toBe(before);
  expect(scene.with('ci.conf', 'get', 'pods').status).toBe(0);
});

test('where nothing was granted there is nothing to replace', async () => {
  expectCode(await scene.grant('--file', 'ci.conf'), 0);
  const refused = await rotate('--now');
  expectCode(refused, 1);
  expect(refused.stderr).toMatch(/no credential of this account was made for variable KUBECONFIG .*; `cdk8s-ci-deploy grant` makes one\nnothing was changed\n$/);
});

test.each<[string, string[], RegExp]>([
  ['no manifest and not itself', ['rotate', '--file', 'x'], /^cdk8s-ci-deploy: ACCESS\.yaml: there is none, expected the access manifests, or --itself/],
  ['a grace that is none', ['rotate', 'access.yaml', '--file', 'x', '--grace', 'soon'], /--grace: "soon"/],
  ['itself without a credential', ['rotate', '--itself', '--file', 'x'], /KUBECONFIG/],
])('with %s, nothing is contacted', async (_, argv, message) => {
  const refused = await scene.run(argv, { variables: { KUBECONFIG: '' } });
  expectCode(refused, 2);
  expect(refused.stderr).toMatch(message);
});

test('none of all this wrote a token', () => {
  const everything = CredentialCase.written.join('\n');
  expect(everything).toContain('ended');
  expect(everything).not.toMatch(/eyJ[\w-]{10,}/);
  expect(everything).not.toContain(GITLAB_TOKEN);
});
