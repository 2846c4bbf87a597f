import { configMap, deployment, secret } from './cluster/application';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deployAs, release, writesOf } from './cluster/deploying';
import { asOfFormat1 } from './cluster/format-1';
import { cluster, onKwok } from './cluster/on-kwok';
import { CliResult } from './support/cli';
import { FIELD_MANAGER, releaseName } from '../src/release/release-names';

onKwok();

const FROM_SHOP = ['--take-over-from', 'local/production/shop'];
const SHOP = { project: 'local', environment: 'production', app: 'shop' };
const WEB = { project: 'local', environment: 'production', app: 'web' };

const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
const first = [configMap('settings', { kept: '1', dropped: '1' }), configMap('old'), secret('key', { value: 's' }), deployment('web')];
const second = [configMap('settings', { kept: '2' }), secret('key', { value: 's' }), deployment('web')];

const shop = async (deployer: Deployer, objects: object[], ...options: string[]) => deployAs(deployer, { app: 'shop' }, objects, ...options);
const web = async (deployer: Deployer, objects: object[], ...options: string[]) => deployAs(deployer, { app: 'web' }, objects, ...options);
const status = async (deployer: Deployer, app: string) => JSON.parse((await release(deployer, { app }, 'status', '--output', 'json')).stdout);
const settings = ({ admin }: Deployer) => JSON.parse(admin('get', 'configmap', 'settings', '-o', 'jsonpath={.data}'));
const uids = ({ admin }: Deployer) => admin('get', 'configmap/settings', 'secret/key', 'deployment/web', '-o', 'jsonpath={.items[*].metadata.uid}');
const pods = ({ admin }: Deployer) => admin('get', 'pods', '-o', 'name');
const traces = ({ admin }: Deployer, app: object) => admin('get', 'leases,secrets', '-o', 'name').split('\n').filter((name) => name.includes(releaseName({ ...WEB, ...app })));

const managersOf = ({ admin }: Deployer, what: string): string[] => {
  const { metadata } = JSON.parse(admin('get', what, '-o', 'json', '--show-managed-fields'));
  return metadata.managedFields.map(({ manager }: { manager: string }) => manager);
};

describe('an application with another name', () => {
  let deployer: Deployer;
  let before: string;
  let podsBefore: string;

  test('is deployed twice under its former name', async () => {
    deployer = makeDeployer(cluster, 'take-over-renamed');
    expect(await shop(deployer, [...first, configMap('in-record')])).toMatchObject({ code: 0 });
    expect(await shop(deployer, first)).toMatchObject({ code: 0 });
    [before, podsBefore] = [uids(deployer), pods(deployer)];
  });

  test('is rejected without the option', async () => {
    const { code, stderr } = await web(deployer, second);
    expect({ code, refused: stderr.match(/it belongs to application shop, environment production, project local/g)?.length }).toEqual({ code: 1, refused: 3 });
  });

  test('is planned by a dry run, which writes nothing', async () => {
    const written = writesOf(cluster, deployer.namespace).length;
    const { code, stdout, stderr } = await web(deployer, second, ...FROM_SHOP, '--dry-run');
    expect(code).toBe(0);
    expect(stderr).toContain('this takes the application over from application shop, environment production, project local\n');
    expect(stdout).toMatch(/nothing was written: 3 changed, 1 removed\n$/);
    expect(writesOf(cluster, deployer.namespace)).toHaveLength(written);
    expect(traces(deployer, WEB)).toEqual([]);
  });

  test('keeps its objects and pods, and loses fields that the manifests lack', async () => {
    const { code, stderr } = await web(deployer, second, ...FROM_SHOP);
    expect(code).toBe(0);
    expect(stderr).toContain('application web, environment production, project local has taken over from application shop, environment production, project local (releases: 2, objects: 4)\n');
    expect(uids(deployer)).toBe(before);
    expect(settings(deployer)).toEqual({ kept: '2' });
    expect(deployer.admin('get', 'configmap', 'old', '--ignore-not-found')).toBe('');
    expect(pods(deployer)).toBe(podsBefore);
    expect(managersOf(deployer, 'configmap/settings')).not.toContain(releaseName(SHOP));
    expect(traces(deployer, SHOP)).toEqual([]);
  });

  test('keeps its history, and can be rolled back to a release of the former name', async () => {
    expect(await status(deployer, 'web')).toMatchObject({ ok: true, deployed: 3 });
    expect(await release(deployer, {}, 'rollback')).toMatchObject({ code: 0 });
    expect(settings(deployer)).toEqual({ kept: '1', dropped: '1' });
  });

  test('is deployed as usual when the option is still given', async () => {
    expect(await web(deployer, second, ...FROM_SHOP)).toMatchObject({ code: 0, stderr: expect.not.stringContaining('taken over') });
    expect(await web(deployer, second)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^3 unchanged in/m) });
  });
});

describe('a take-over is refused', () => {
  const none = ({ admin }: Deployer) => admin('get', 'leases', '-o', 'name');

  test('from an identity without a record, and leaves nothing behind', async () => {
    const deployer = makeDeployer(cluster, 'take-over-from-nothing');
    const { code, stderr } = await web(deployer, second, ...FROM_SHOP);
    expect(code).toBe(1);
    expect(stderr).toContain('--take-over-from: application shop, environment production, project local: it has no record in this namespace');
    expect(none(deployer)).toBe('');
  });

  test('when both identities have releases', async () => {
    const deployer = makeDeployer(cluster, 'take-over-both');
    expect(await shop(deployer, first)).toMatchObject({ code: 0 });
    expect(await web(deployer, [configMap('other')])).toMatchObject({ code: 0 });
    expect(await web(deployer, second, ...FROM_SHOP)).toMatchObject({ code: 1, stderr: expect.stringContaining('have releases in this namespace') });
    expect(await status(deployer, 'shop')).toMatchObject({ ok: true });
    expect(await status(deployer, 'web')).toMatchObject({ ok: true });
  });

  test('while another job deploys the former identity', async () => {
    const deployer = makeDeployer(cluster, 'take-over-held');
    expect(await shop(deployer, first)).toMatchObject({ code: 0 });
    const renewTime = new Date(Date.now() + 1e9).toISOString().replace('Z', '000Z');
    const held = { metadata: { annotations: { 'cdk8s-ci-deploy/holder-id': 'x' } }, spec: { holderIdentity: 'a job', leaseDurationSeconds: 3600, renewTime } };
    deployer.admin('patch', 'lease', releaseName(SHOP), '--type=merge', '-p', JSON.stringify(held));
    const { code, stderr } = await web(deployer, second, ...FROM_SHOP, '--lock-wait', '1s');
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('"a job" still holds the lock') });
    expect(await status(deployer, 'shop')).toMatchObject({ ok: true });
    expect(traces(deployer, WEB)).toEqual([]);
  });

  test.each([
    ['that is the present one', 'local/production/web', 'is the present identity'],
    ['of two parts', 'production/shop', 'expected PROJECT/ENVIRONMENT/APP; write the former identity like the present one, "local/production/web"'],
  ])('from an identity %s', async (_, text, message) => {
    const deployer = { kubeconfig: '' } as Deployer;
    expect(await web({ ...deployer, kubeconfig: makeDeployer(cluster, `take-over-usage-${text.length}`).kubeconfig }, second, '--take-over-from', text)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});

test('one of two take-overs at the same time succeeds, and the other finds nothing to take over', async () => {
  const deployer = makeDeployer(cluster, 'take-over-two-at-once');
  expect(await shop(deployer, first)).toMatchObject({ code: 0 });
  const results = await Promise.all(['web', 'blog'].map(async (app): Promise<CliResult> => deployAs(deployer, { app }, second, ...FROM_SHOP)));
  expect(results.map(({ code }) => code).sort()).toEqual([0, 1]);
  expect(results.find(({ code }) => code === 1)?.stderr).toContain('it has no record in this namespace');
  const [winner, loser] = results[0]?.code === 0 ? ['web', 'blog'] : ['blog', 'web'];
  expect(await status(deployer, winner)).toMatchObject({ ok: true, objects: [{ presence: 'there' }, { presence: 'there' }, { presence: 'there' }] });
  expect(await status(deployer, loser)).toMatchObject({ ok: false, objects: [] });
});

describe('an application of record format 1', () => {
  test('keeps its objects and pods, and loses fields that the manifests lack', async () => {
    const deployer = makeDeployer(cluster, 'take-over-format-1');
    expect(await web(deployer, first)).toMatchObject({ code: 0 });
    asOfFormat1(deployer, 'web');
    const before = [uids(deployer), pods(deployer)];
    expect(await web(deployer, second, '--dry-run', '--diff')).toMatchObject({ code: 0, stdout: expect.stringMatching(/data\.dropped[^]*nothing was written: 3 changed, 1 removed/) });
    expect(await web(deployer, second)).toMatchObject({ code: 0 });
    expect(settings(deployer)).toEqual({ kept: '2' });
    expect([uids(deployer), pods(deployer)]).toEqual(before);
    for (const what of ['configmap/settings', 'secret/key', 'deployment/web']) expect(managersOf(deployer, what)).not.toContain(FIELD_MANAGER);
    expect(await web(deployer, second)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^3 unchanged in/m) });
  });

  test('gets all its fields back from a rollback on failure and from `rollback`', async () => {
    const deployer = makeDeployer(cluster, 'take-over-format-1-failing');
    expect(await web(deployer, first)).toMatchObject({ code: 0 });
    asOfFormat1(deployer, 'web');
    const broken = [configMap('settings', { kept: '2' }), secret('key', { value: 'other' }), deployment('web', { image: 'registry.example.com/web:missing', annotations: { 'e2e/fault': 'image-pull' } })];
    expect(await web(deployer, broken, '--rollback-on-failure', '--timeout', '20s')).toMatchObject({ code: 1, stderr: expect.stringContaining('rolled back: release 1 is restored\n') });
    expect(settings(deployer)).toEqual({ kept: '1', dropped: '1' });
    expect(await web(deployer, second)).toMatchObject({ code: 0 });
    expect(settings(deployer)).toEqual({ kept: '2' });
    expect(await release(deployer, {}, 'rollback')).toMatchObject({ code: 0 });
    expect(settings(deployer)).toEqual({ kept: '1', dropped: '1' });
    expect(await release(deployer, {}, 'destroy')).toMatchObject({ code: 0 });
    expect(deployer.admin('get', 'configmaps', '-o', 'name')).not.toContain('settings');
  });

  test('is taken over from another name', async () => {
    const deployer = makeDeployer(cluster, 'take-over-format-1-renamed');
    expect(await shop(deployer, first)).toMatchObject({ code: 0 });
    asOfFormat1(deployer, 'shop');
    expect(await web(deployer, second, ...FROM_SHOP)).toMatchObject({ code: 0 });
    expect(settings(deployer)).toEqual({ kept: '2' });
    expect(traces(deployer, SHOP)).toEqual([]);
  });
});

test('a PersistentVolumeClaim that destroy keeps can be adopted by another application, or is used again by the same one', async () => {
  const deployer = makeDeployer(cluster, 'take-over-left-claim');
  expect(await shop(deployer, [claim])).toMatchObject({ code: 0 });
  expect(await release(deployer, { app: 'shop' }, 'destroy')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^left +PersistentVolumeClaim data/m) });
  expect(deployer.admin('get', 'pvc', 'data', '-o', 'jsonpath={.metadata.labels}')).toBe('');
  expect(await status(deployer, 'shop')).toMatchObject({ objects: [{ kind: 'PersistentVolumeClaim', presence: 'there' }] });
  expect(await shop(deployer, [claim])).toMatchObject({ code: 0, stdout: expect.not.stringContaining('adopted') });
  expect(await release(deployer, { app: 'shop' }, 'destroy')).toMatchObject({ code: 0 });
  expect(await web(deployer, [claim])).toMatchObject({ code: 1, stderr: expect.stringContaining('adopt it (--adopt)') });
  expect(await web(deployer, [claim], '--adopt')).toMatchObject({ code: 0 });
  // The record of the former application still names the claim.
  expect(await release(deployer, { app: 'shop' }, 'destroy', '--prune-data')).toMatchObject({ code: 0 });
  expect(await status(deployer, 'web')).toMatchObject({ ok: true, objects: [{ kind: 'PersistentVolumeClaim', presence: 'there' }] });
});
