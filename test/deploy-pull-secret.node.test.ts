import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configMap } from './cluster/application';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deployAs, release } from './cluster/deploying';
import { LOCKED, startLockedRegistry } from './cluster/locked-registry';
import { Processes } from './cluster/processes';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { FOR_EVER, pushShell } from './cluster/shell-image';
import { CliResult } from './support/cli';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { workload } from './support/rollouts';

const SECRET = ['--pull-secret', 'gitlab'];

let controlPlane: ControlPlane;
let processes: Processes;
let folder: string;
/** A registry that wants a password. */
let locked: string;
let deployer: Deployer;

beforeAll(async () => {
  kubectl();
  controlPlane = await startControlPlane(controlPlanePrograms(), { nodes: 'real' });
  processes = new Processes();
  folder = mkdtempSync(join(tmpdir(), 'pull-secret-'));
  locked = await startLockedRegistry(processes);
  for (const tag of [1, 2, 3, 4, 5]) pushShell(folder, image(tag), LOCKED);
  deployer = makeDeployer(controlPlane, 'pull');
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  await processes?.stop();
  await controlPlane?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Each is pulled in one test alone: the node keeps what it has once pulled. */
function image(tag: number): string {
  return `${locked}/group/shell:${tag}`;
}

/** A job of the project that has the registry. */
const job = (password: string = LOCKED.password) => ({
  CI: 'true', CI_PROJECT_ID: '7', CI_REGISTRY: locked, CI_REGISTRY_IMAGE: `${locked}/group`, CI_DEPLOY_USER: LOCKED.username, CI_DEPLOY_PASSWORD: password,
});

async function deploy(app: string, tag: number, { password, options = SECRET }: { password?: string; options?: string[] } = {}): Promise<CliResult> {
  return deployAs(deployer, { app, variables: job(password) }, [pulling(app, tag, 'gitlab')], ...options);
}

function pulling(app: string, tag: number, secret: string): object {
  return workload('Deployment', app, image(tag), { pod: { imagePullSecrets: [{ name: secret }] }, container: { args: FOR_EVER } });
}

const running = (app: string) => deployer.admin(
  'get', 'pods', '-l', `app=${app}`, '--field-selector', 'status.phase=Running', '-o', 'jsonpath={range .items[*]}{.spec.containers[0].image}{end}',
);

function storedPassword(): string {
  const config = deployer.admin('get', 'secret', 'gitlab', '-o', 'jsonpath={.data.\\.dockerconfigjson}');
  return JSON.parse(Buffer.from(config, 'base64').toString()).auths[locked].password;
}

test('a release without the Secret cannot pull its image, and is removed', async () => {
  const { code, stderr } = await deploy('web', 1, { options: [] });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/container app, image 127\.0\.0\.1:\d+\/group\/shell:1: .*(?:401 Unauthorized|authorization failed)/) });
  expect(deployer.admin('get', 'deployments', '-o', 'name')).toBe('');
});

test('a release with the Secret runs', async () => {
  expect(await deploy('web', 1)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^created +Secret gitlab/m) });
  expect(running('web')).toBe(image(1));
});

test('a wrong password is named as the cause, and the previous release is restored with its password', async () => {
  const { code, stdout, stderr } = await deploy('web', 2, { password: 'wrong-password' });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/container app, image 127\.0\.0\.1:\d+\/group\/shell:2: .*(?:401 Unauthorized|authorization failed)[^]*rolled back: release 2 is restored/) });
  expect(stdout + stderr).not.toContain('wrong-password');
  expect(running('web')).toBe(image(1));
  expect(storedPassword()).toBe(LOCKED.password);
});

test('another application of the project uses the same Secret', async () => {
  expect(await deploy('shop', 3)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^changed +Secret gitlab/m) });
  expect(running('shop')).toBe(image(3));
  expect(running('web')).toBe(image(1));
  expect(storedPassword()).toBe(LOCKED.password);
});

test('an application of another project has its own credentials for its images, beside those for the whole registry', async () => {
  const theirs = { app: 'theirs', variables: job('wrong-password') };
  expect(await deployAs(deployer, theirs, [configMap('theirs')], '--pull-secret', 'shared')).toMatchObject({ code: 0 });
  const ours = { app: 'ours', variables: { ...job(), CI_PROJECT_ID: '8' } };
  const options = ['--pull-secret', 'shared', '--pull-secret-registry', `${locked}/group/shell`];
  expect(await deployAs(deployer, ours, [pulling('ours', 5, 'shared')], ...options)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^changed +Secret shared/m) });
  expect(running('ours')).toBe(image(5));
});

test('the Secret still works for one application after the other is destroyed', async () => {
  expect(await release(deployer, { app: 'web', variables: job() }, 'destroy')).toMatchObject({ code: 0 });
  deployer.admin('set', 'image', 'deployment/shop', `app=${image(4)}`);
  deployer.admin('rollout', 'status', 'deployment/shop', '--timeout=60s');
  expect(await release(deployer, { app: 'shop', variables: job() }, 'destroy')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^removed +Secret gitlab$/m) });
});
