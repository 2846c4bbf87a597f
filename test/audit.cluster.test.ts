import { AuditEvent, ControlPlane } from './cluster/control-plane';
import { COMPILE_TIMEOUT } from './cluster/programs';
import { settledAuditEvents } from './cluster/settled-audit';
import { shareControlPlane } from './cluster/shared-cluster';
import { CliResult } from './support/cli';
import { CredentialCase, expectCode } from './support/credential-case';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { tokenClaims } from '../src/kubernetes/token-claims';

let controlPlane: ControlPlane;
let scene: CredentialCase;

beforeAll(async () => {
  kubectl();
  controlPlane = await shareControlPlane();
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(() => controlPlane?.stop());

beforeEach(async () => {
  scene = await CredentialCase.start(controlPlane, 'audit');
});

afterEach(() => scene.stop());

/** The writes of a command in the API server's audit log, without duplicates. */
async function writesOf(command: () => Promise<CliResult>): Promise<string[]> {
  const before = (await settledAuditEvents(controlPlane)).length;
  expectCode(await command(), 0);
  const events = (await settledAuditEvents(controlPlane)).slice(before).filter(({ user, userAgent = '' }) => isOurs(user.username) && !/^kube/.test(userAgent));
  return [...new Set(events.filter(isWrite).map(inWords))].sort();
}

/** Whether a command of this test made the request, and no controller of the cluster. A request without a credential has no username. */
function isOurs(username = ''): boolean {
  return username === 'admin' || username.startsWith(`system:serviceaccount:${scene.namespace}:`);
}

function isWrite({ verb, requestURI }: AuditEvent): boolean {
  return !['get', 'list', 'watch'].includes(verb) && !/[?&]dryRun=All(?:&|$)/.test(requestURI);
}

function inWords({ verb, objectRef: { resource, subresource, namespace, name } = {} }: AuditEvent): string {
  const path = [namespace, name].filter((part) => part !== undefined).join('/');
  return [verb, [resource, subresource].filter((part) => part !== undefined).join('/'), path].filter((part) => part !== '').join(' ').replaceAll(scene.namespace, 'NS');
}

const REVIEWS = ['create selfsubjectaccessreviews', 'create selfsubjectreviews', 'create selfsubjectrulesreviews'];
const TOKEN = 'create serviceaccounts/token NS/gitlab-NS';

const kept = () => scene.credential().token ?? '';
const secret = () => `NS/${tokenClaims(kept())?.secret?.replaceAll(scene.namespace, 'NS')}`;

describe('the audit log shows that', () => {
  test('grant writes the objects of the manifests, the Secret of the credential and its token, and requests access reviews', async () => {
    const writes = await writesOf(() => scene.grant(...scene.inGitlab()));
    expect(writes).toEqual([
      ...REVIEWS, TOKEN,
      'patch namespaces NS/NS', 'patch rolebindings NS/gitlab-NS-admin', `patch secrets ${secret()}`, 'patch serviceaccounts NS/gitlab-NS',
    ].sort());
  });

  test.each<[string, () => Promise<CliResult>]>([
    ['an administrator', () => scene.run(['rotate', 'access.yaml', ...scene.inGitlab(), '--now'])],
    ['itself', () => scene.run(['rotate', '--itself', ...scene.inGitlab(), '--now'], { variables: { KUBECONFIG: scene.variable('KUBECONFIG')?.value } })],
  ])('rotate by %s writes the Secrets of the old and the new credential and a token, and requests access reviews', async (_, rotate) => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    const old = secret();
    const writes = await writesOf(rotate);
    expect(writes.filter((write) => !REVIEWS.includes(write))).toEqual([TOKEN, `delete secrets ${old}`, `patch secrets ${old}`, `patch secrets ${secret()}`].sort());
  });

  test('revoke deletes the Secret, and creates one token bound to it to see that the deletion takes effect', async () => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    const writes = await writesOf(() => scene.run(['revoke', 'access.yaml']));
    expect(writes).toEqual(['create selfsubjectreviews', TOKEN, `delete secrets ${secret()}`].sort());
  });

  test('revoke --compromised deletes the objects of the manifests, and creates the ServiceAccount again', async () => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    const writes = await writesOf(() => scene.run(['revoke', 'access.yaml', '--compromised']));
    expect(writes).toEqual([
      'create selfsubjectreviews', 'create selfsubjectrulesreviews', TOKEN,
      'delete rolebindings NS/gitlab-NS-admin', `delete secrets ${secret()}`, 'delete serviceaccounts NS/gitlab-NS', 'patch serviceaccounts NS/gitlab-NS',
    ].sort());
  });

  test.each<[string, () => string[]]>([
    ['grant', () => ['grant', 'access.yaml', '--file', 'ci.conf']],
    ['rotate', () => ['rotate', 'access.yaml', ...scene.inGitlab()]],
    ['revoke', () => ['revoke', 'access.yaml']],
    ['revoke --compromised', () => ['revoke', 'access.yaml', '--compromised']],
    ['kubeconfig --service-account', () => ['kubeconfig', '--service-account', scene.account, '--namespace', scene.namespace]],
  ])('%s --dry-run writes nothing', async (_, argv) => {
    expectCode(await scene.grant(...scene.inGitlab()), 0);
    expect(await writesOf(() => scene.run([...argv(), '--dry-run']))).toEqual([]);
  });
});
