import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configMap } from './cluster/application';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { Deployer } from './cluster/deployer';
import { deployAs, release } from './cluster/deploying';
import { forbiddenOf, LeastOptions, makeLeastDeployer, requestsOf } from './cluster/least-deployer';
import { LOCKED, startLockedRegistry } from './cluster/locked-registry';
import { Processes } from './cluster/processes';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { FOR_EVER, pushShell } from './cluster/shell-image';
import { CliResult } from './support/cli';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { workload, WorkloadParts } from './support/rollouts';
import { until } from './support/until';
import { PolicyRule } from '../src/kubernetes/rbac';
import { DEPLOY_RIGHTS } from '../src/release/deploy-rights';

let controlPlane: ControlPlane;
let processes: Processes;
let folder: string;
/** A registry that wants a password. */
let locked: string;
let least: LeastOptions;
let deployer: Deployer;

beforeAll(async () => {
  kubectl();
  controlPlane = await startControlPlane(controlPlanePrograms(), { nodes: 'real' });
  processes = new Processes();
  folder = mkdtempSync(join(tmpdir(), 'least-'));
  locked = await startLockedRegistry(processes);
  for (const tag of [1, 2]) pushShell(folder, image(tag), LOCKED);
  least = { namespace: 'least-node', app: 'web', objects: [web(1), configMap('web')], pullSecret: 'gitlab' };
  deployer = makeLeastDeployer(controlPlane, least);
  // Without a quota, nobody asks for the limits that it counts.
  deployer.admin('create', 'quota', 'room', '--hard=pods=100');
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  await processes?.stop();
  await controlPlane?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function image(tag: number | string): string {
  return `${locked}/group/shell:${tag}`;
}

function web(tag: number | string, args = FOR_EVER, parts: WorkloadParts = {}): object {
  return workload('Deployment', 'web', image(tag), { ...parts, pod: { imagePullSecrets: [{ name: 'gitlab' }] }, container: { args, ...parts.container } });
}

const variables = () => ({
  CI: 'true', CI_PROJECT_ID: '7', CI_REGISTRY: locked, CI_REGISTRY_IMAGE: `${locked}/group`, CI_DEPLOY_USER: LOCKED.username, CI_DEPLOY_PASSWORD: LOCKED.password,
});

/** Without a probe, the container would be ready for as long as it runs. */
const NEVER_READY = { container: { readinessProbe: { exec: { command: ['/busybox', 'false'] } } } };

const crashing = () => web(2, ['echo cannot read the configuration >&2; exit 3'], NEVER_READY);

async function deploy(objects: object[], timeout = '4m'): Promise<CliResult> {
  return deployAs(deployer, { variables: variables() }, objects, '--pull-secret', 'gitlab', '--timeout', timeout);
}

const running = () => deployer.admin('get', 'pods', '--field-selector', 'status.phase=Running', '-o', 'jsonpath={.items[*].spec.containers[0].image}');

describe('with the rights of the table and no others', () => {
  test('a release pulls its image with its pull secret, and runs', async () => {
    expect(await deploy([web(1), configMap('web')])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^created +Secret gitlab/m) });
    expect(running()).toBe(image(1));
  });

  test('a missing image is named as the cause', async () => {
    const { code, stderr } = await deploy([web('missing')]);
    expect({ code, stderr }).toEqual({
      code: 1, stderr: expect.stringMatching(/pod web-\w+-\w+, container app, image 127\.0\.0\.1:\d+\/group\/shell:missing: ErrImagePull: not found\n[^]*rolled back: release 1 is restored[^]*Failed to pull image/),
    });
  });

  test('a crash is shown with the last lines of the log', async () => {
    const { code, stderr } = await deploy([crashing()]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/container app: CrashLoopBackOff: exit code 3[^]*rolled back: release 1 is restored[^]*\| cannot read the configuration/) });
    expect(running()).toBe(image(1));
  });

  test('an object that is deleted meanwhile is noticed', async () => {
    const deploying = deploy([web(2, FOR_EVER, NEVER_READY)]);
    await until(() => deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}') === image(2));
    deployer.admin('delete', 'deployment', 'web');
    expect(await deploying).toMatchObject({ code: 1, stderr: expect.stringContaining('rolled back: release 1 is restored') });
  });

  test('no request is denied, and every right is used', async () => {
    expect(forbiddenOf(controlPlane, least)).toEqual([]);
    const used = new Set(requestsOf(controlPlane, least).map(({ verb, objectRef }) => [verb, [objectRef?.resource, objectRef?.subresource].filter(Boolean).join('/')].join(' ')));
    const given = DEPLOY_RIGHTS.flatMap(({ rule }) => rule.verbs.flatMap((verb) => (rule.resources ?? []).map((resource) => `${verb} ${resource}`)));
    expect(given.filter((right) => !used.has(right))).toEqual([]);
  });
});

describe('without a right of the table', () => {
  const role = () => deployer.admin('get', 'role', '-o', 'name').trim();
  const rights = () => (JSON.parse(deployer.admin('get', role(), '-o', 'json')) as { rules: PolicyRule[] }).rules;
  const setRights = (rules: readonly PolicyRule[]) => void deployer.admin('patch', role(), '--type=merge', '-p', JSON.stringify({ rules }));
  let all: readonly PolicyRule[];

  beforeAll(() => {
    all = rights();
  });

  afterEach(() => setRights(all));

  const without = (resource: string, verb: string) =>
    setRights(all.filter(({ resources = [], verbs }) => !(resources.includes(resource) && verbs.includes(verb))));

  /** Without its pods, it fails when the time is up; else when the image was not there for a while. */
  const LONG_ENOUGH = '40s';

  test.each<[string, string, RegExp]>([
    ['pods', 'watch', /Deployment web: NotReady: [^]*the credential may not watch pods in least-node: this report leaves them out/],
    ['replicasets', 'watch', /the credential may not watch replicasets in least-node: this report leaves them out/],
    ['events', 'watch', /ErrImagePull: not found[^]*the credential may not watch events in least-node: this report leaves them out/],
    ['deployments', 'watch', /ErrImagePull: not found[^]*the credential may not watch deployments: they were read once a second instead/],
    ['resourcequotas', 'list', /ErrImagePull: not found/],
    ['namespaces', 'get', /ErrImagePull: not found/],
  ])('%s (%s), a release with a missing image is rolled back, and a note says what could not be read', async (resource, verb, said) => {
    without(resource, verb);
    const { code, stderr } = await deploy([web('missing'), configMap('web')], LONG_ENOUGH);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(said) });
    expect(stderr).toContain('rolled back: release 1 is restored\n');
  });

  test('pods/log (get), a release that crashes is rolled back, and a note says that the log could not be read', async () => {
    without('pods/log', 'get');
    const { code, stderr } = await deploy([crashing(), configMap('web')]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/CrashLoopBackOff: exit code 3[^]*the credential may not read the log of pod web-\w+-\w+/) });
    expect(stderr).toContain('rolled back: release 1 is restored\n');
  });

  test('all of them, a working release is deployed', async () => {
    setRights(all.filter(({ resourceNames = [] }) => resourceNames.length > 0));
    expect(await deploy([web(2), configMap('web')])).toMatchObject({ code: 0 });
    expect(running()).toContain(image(2));
  });
});

test('destroy deletes everything', async () => {
  expect(await release(deployer, { variables: variables() }, 'destroy')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^removed +Secret gitlab$/m) });
  expect(deployer.admin('get', 'deployments,configmaps', '-l', 'cdk8s-ci-deploy/part-of', '-o', 'name')).toBe('');
});
