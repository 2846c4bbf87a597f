import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { fileNames } from './support/cli';
import { CredentialCase, expectCode } from './support/credential-case';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { tokenClaims } from '../src/kubernetes/token-claims';

/** A cluster that limits the lifetime of every token to an hour. */
let controlPlane: ControlPlane;
let scene: CredentialCase;

beforeAll(async () => {
  kubectl();
  controlPlane = await startControlPlane(controlPlanePrograms(), { apiServerFlags: ['--service-account-max-token-expiration=1h'] });
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(() => controlPlane?.stop());

beforeEach(async () => {
  scene = await CredentialCase.start(controlPlane, 'short');
});

afterEach(() => scene.stop());

/** Milliseconds from now. */
const lifetime = (token = '') => (tokenClaims(token)?.expires ?? 0) * 1000 - Date.now();

describe('on a cluster that limits tokens to an hour', () => {
  test.each<[string, () => string[]]>([['GitLab', () => scene.inGitlab()], ['a file', () => ['--file', 'ci.conf']]])('grant stores no credential in %s, and names the alternatives', async (_, place) => {
    const refused = await scene.grant(...place());
    expectCode(refused, 1);
    expect(refused.stderr).toMatch(/: the API server limits the lifetime of the token to (?:1 hour|60 minutes) \(requested: 90 days\)\. It is not stored, /);
    for (const alternative of ['tokenSecret()', 'oidc()', 'gitlabAgent()', 'rotate --itself', '--shortest', '--service-account-max-token-expiration']) {
      expect(refused.stderr).toContain(alternative);
    }
    expect(refused.stderr).toMatch(/\n- .*: revoked, since it is not stored\n/);
    expect([scene.project.variables, scene.ledger(), fileNames()]).toEqual([[], [], ['access.yaml']]);
    expect(scene.asAdmin('get', 'secrets', '-n', scene.namespace, '-o', 'name')).toBe('');
  });

  test('grant rejects --duration 1h without --shortest before the first request', async () => {
    expectCode(await scene.grant('--file', 'ci.conf', '--duration', '1h'), 2);
    expect(scene.asAdmin('get', 'namespace', scene.namespace, '--ignore-not-found', '-o', 'name')).toBe('');
  });

  test('grant stores the token with --shortest, and rotate --itself replaces it', async () => {
    expectCode(await scene.grant(...scene.inGitlab(), '--shortest', '30m'), 0);
    const { token: first = '' } = scene.credential();
    expect(lifetime(first)).toBeGreaterThan(30 * 60_000);
    expect(lifetime(first)).toBeLessThanOrEqual(60 * 60_000);

    const variables = { KUBECONFIG: scene.variable('KUBECONFIG')?.value, CI: 'true' };
    const itself = ['rotate', '--itself', ...scene.inGitlab(), '--no-wait'];
    expectCode(await scene.run(itself, { variables }), 1);
    expect([scene.credential().token, scene.ledger().length]).toEqual([first, 1]);

    expectCode(await scene.run([...itself, '--shortest', '30m'], { variables }), 0);
    const { token: second = '' } = scene.credential();
    expect(second).not.toBe(first);
    expect([first, second].map((token) => scene.status(token))).toEqual([200, 200]);
  });
});
