import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { fileNames } from './support/cli';
import { CredentialCase, expectCode } from './support/credential-case';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { tokenClaims } from '../src/kubernetes/token-claims';

/** A cluster that lets no token live longer than an hour, whatever is asked for. */
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

describe('where tokens live for an hour', () => {
  test.each<[string, () => string[]]>([['GitLab', () => scene.inGitlab()], ['a file', () => ['--file', 'ci.conf']]])('%s is given none, and the ways out are named', async (_, place) => {
    const refused = await scene.grant(...place());
    expectCode(refused, 1);
    expect(refused.stderr).toMatch(/: the API server lets a token live for (?:1 hour|60 minutes) only \(90 days were asked for\), so it is not kept: /);
    for (const wayOut of ['tokenSecret()', 'oidc()', 'gitlabAgent()', 'rotate --itself', '--shortest', '--service-account-max-token-expiration']) {
      expect(refused.stderr).toContain(wayOut);
    }
    expect(refused.stderr).toMatch(/\n- .*: ended again\n/);
    expect([scene.project.variables, scene.ledger(), fileNames()]).toEqual([[], [], ['access.yaml']]);
    expect(scene.asAdmin('get', 'secrets', '-n', scene.namespace, '-o', 'name')).toBe('');
  });

  test('a requested hour is refused as well, without --shortest before anything is contacted', async () => {
    expectCode(await scene.grant('--file', 'ci.conf', '--duration', '1h'), 2);
    expect(scene.asAdmin('get', 'namespace', scene.namespace, '--ignore-not-found', '-o', 'name')).toBe('');
  });

  test('a token is kept for whoever says so, and replaces itself', async () => {
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
