import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { askKubectl } from './cluster/ask-kubectl';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { COMPILE_TIMEOUT, controlPlanePrograms, kubernetesVersion } from './cluster/programs';
import { AUDIENCE, Claims, Forgery, Issuer, startIssuer } from './oidc/issuer';
import { Jobs, oidcAccess, UNAUTHORIZED } from './oidc/jobs';
import { runCli } from './support/cli';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { OidcTrust } from '../src/cli/access/access';
import { authenticationConfiguration, configurationVersion, IssuerOptions } from '../src/cli/access/oidc/authentication-configuration';
import { readAccess } from '../src/cli/access/read-access';
import { connectCluster } from '../src/cli/cluster/connect';
import { credentialConnection, jobCredential } from '../src/cli/cluster/credential';
import { systemClock } from '../src/cli/io/clock';
import { Files } from '../src/cli/io/files';

const PODS = ['get', 'pods'];

let issuer: Issuer;
let folder: string;
let jobs: Jobs;
let controlPlane: ControlPlane;
let configuration: string;
let trust: OidcTrust;
let served: IssuerOptions;

beforeAll(async () => {
  kubectl();
  const programs = controlPlanePrograms();
  issuer = await startIssuer();
  folder = mkdtempSync(join(tmpdir(), 'oidc-'));
  const access = oidcAccess(issuer, 'example');
  trust = readAccess(access, 'access.yaml').oidc!;
  configuration = join(folder, 'authentication.yaml');
  served = { ...issuer, configurationVersion: configurationVersion(kubernetesVersion(programs)) };
  writeFileSync(configuration, authenticationConfiguration(trust, served));
  controlPlane = await startControlPlane(programs, { apiServerFlags: [`--authentication-config=${configuration}`] });
  const production = oidcAccess(issuer, 'example-production', { environment: 'production' });
  for (const [namespace, manifests] of Object.entries({ 'example': access, 'example-production': production })) {
    writeFileSync(accessFile(namespace), manifests);
    expect(await askKubectl(controlPlane.kubeconfig, ['apply', '-f', accessFile(namespace)])).toMatchObject({ status: 0 });
  }
  jobs = new Jobs(issuer, controlPlane);
  await jobs.untilKnown();
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  await controlPlane?.stop();
  await issuer?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function accessFile(namespace: string): string {
  return join(folder, `access-${namespace}.yaml`);
}

describe('a job of the project, on a protected branch', () => {
  const configMap = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { from: 'job' } });

  test('is the bound user, and the audit log shows the job', async () => {
    const { stdout } = await jobs.kubectl({}, ['auth', 'whoami', '-o', 'json']);
    expect(JSON.parse(stdout).status.userInfo).toMatchObject({
      username: 'gitlab:project:42', groups: ['system:authenticated'], extra: { 'cdk8s-ci-deploy/job-id': ['302'] },
    });
  });

  test('deploys in the namespace', async () => {
    expect(await jobs.kubectl({}, ['apply', '--server-side', '-f', '-'], { stdin: configMap })).toMatchObject({ status: 0, stdout: 'configmap/web serverside-applied\n' });
    expect((await jobs.kubectl({}, ['get', 'configmap', 'web', '-o', 'jsonpath={.data.from}'])).stdout).toBe('job');
  });

  test.each(['kube-system', 'default', 'example-production'])('is Forbidden in %s', async (namespace) => {
    expect(await jobs.kubectl({}, [...PODS, '-n', namespace])).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error from server (Forbidden): pods is forbidden: User "gitlab:project:42" cannot list resource "pods" in API group "" in the namespace "${namespace}"\n`,
    });
  });
});

test('the client of the command deploys as such a job, and reads the token file for each request', async () => {
  const cwd = controlPlane.folder;
  const files = new Files({ cwd, stdin: process.stdin });
  const { kubeconfig, folder: beside } = await jobCredential({ files, variables: { KUBECONFIG: await jobs.kubeconfig({}) }, cwd });
  const options = { variables: {}, clock: systemClock, signal: new AbortController().signal };
  const client = connectCluster(credentialConnection(kubeconfig, files, beside), options);
  const path = '/api/v1/namespaces/example/configmaps/client';

  expect(await client.apply(path, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'client' } })).toMatchObject({ kind: 'ConfigMap' });
  await jobs.kubeconfig({ ref_protected: 'false' });
  await expect(client.get(path)).rejects.toThrow('get configmaps client in example: the API server says 401 Unauthorized');
  client.close();
});

test.each([
  ['example', {}], ['example-production', { environment: 'production', environment_protected: 'true' }],
])('verify reports the rights of such a job as expected in %s', async (namespace, claims) => {
  const kubeconfig = await jobs.kubeconfig(claims, { namespace });
  expect(await runCli(['verify', '--kubeconfig', kubeconfig, '--expect', accessFile(namespace)])).toMatchObject({ code: 0, stdout: expect.not.stringContaining('warning') });
});

test('grant applies the manifests and prints the configuration of this API server', async () => {
  const files = { 'access.yaml': oidcAccess(issuer, 'example-staging', { environment: 'staging' }), 'issuer.crt': issuer.certificateAuthority };
  const { code, stdout } = await runCli(['grant', 'access.yaml', '--kubeconfig', controlPlane.kubeconfig, '--ca-file', 'issuer.crt', '--yes'], { files });

  expect(code).toBe(0);
  expect(stdout).toContain(authenticationConfiguration(trust, served));
  expect(await jobs.kubectl({ environment: 'staging', environment_protected: 'true' }, PODS, { namespace: 'example-staging' })).toMatchObject({ status: 0 });
});

describe('the API server rejects', () => {
  const now = Math.floor(Date.now() / 1000);

  const strangers: Array<[string, Claims, Forgery?]> = [
    ['another project', { project_id: '43' }],
    ['another project that took over the path', { project_id: '43', project_path: 'my-group/web', sub: 'project_path:my-group/web:ref_type:branch:ref:main' }],
    ['a project whose id is no text', { project_id: 42 }],
    ['a project whose id is a list', { project_id: ['42'] }],
    ['no project', { project_id: undefined }],
    ['another audience', { aud: 'https://other.example.com' }],
    ['an audience beside its own', { aud: [AUDIENCE, 'https://other.example.com'] }],
    ['no audience', { aud: undefined }],
    ['an unprotected branch', { ref: 'feature', ref_protected: 'false' }],
    ['a protected branch whose claim is no text', { ref_protected: true }],
    ['a branch without the claim ref_protected', { ref_protected: undefined }],
    ['a protected tag', { ref: 'v1', ref_type: 'tag' }],
    ['no job', { job_id: undefined }],
    ['another issuer', { iss: 'https://gitlab.example.com' }],
    ['a token that has expired', { iat: now - 600, nbf: now - 600, exp: now - 300 }],
    ['a token that is not valid yet', { nbf: now + 3000 }],
    ['a token of another key', {}, { key: 'another' }],
    ['a token of an unknown key', {}, { key: 'another', kid: 'another-key' }],
    ['a token without signature', {}, { key: 'none' }],
    ['a project with the name of a Kubernetes group', { project_id: 'system:masters' }],
  ];

  // A row without forgery is one short, which jest takes for a test with a callback.
  test.each(strangers.map(([who, claims, forgery]) => [who, { claims, forgery }] as const))('%s', async (_, { claims, forgery }) => {
    expect(await jobs.kubectl(claims, PODS, { forgery })).toEqual(UNAUTHORIZED);
  });

  test('no token whose audience is a list with only its own', async () => {
    expect(await jobs.kubectl({ aud: [AUDIENCE] }, PODS)).toMatchObject({ status: 0 });
  });
});

test('claims with names of Kubernetes groups and users give no rights', async () => {
  const forged = { sub: 'system:admin', username: 'system:admin', groups: ['system:masters'], group: 'system:masters', environment: 'system:masters', environment_protected: 'true' };
  expect((await jobs.kubectl(forged, ['get', 'nodes'])).stderr).toContain('nodes is forbidden: User "gitlab:project:42" cannot list resource "nodes"');
  expect(await jobs.review([forged])).toEqual([expect.objectContaining({
    user: expect.objectContaining({ username: 'gitlab:project:42', groups: ['gitlab:project:42:environment:system:masters', 'system:authenticated'] }),
  })]);
});

describe('a deployer of a protected environment', () => {
  const namespace = 'example-production';
  const production = { environment: 'production', environment_protected: 'true' };

  test('is a job for that environment', async () => {
    expect(await jobs.kubectl(production, PODS, { namespace })).toMatchObject({ status: 0, stderr: `No resources found in ${namespace} namespace.\n` });
    expect((await jobs.kubectl(production, ['auth', 'can-i', 'create', 'deployments'], { namespace })).stdout).toBe('yes\n');
  });

  test.each<[string, Claims]>([
    ['no environment', {}],
    ['that environment while it is unprotected', { ...production, environment_protected: 'false' }],
    ['that environment, with a claim that is no text', { ...production, environment_protected: true }],
    ['that environment, without the claim environment_protected', { environment: 'production' }],
    ['another environment', { ...production, environment: 'staging' }],
    ['an environment whose name begins with its name', { ...production, environment: 'production/eu' }],
  ])('is not a job for %s', async (_, claims) => {
    expect(await jobs.kubectl(claims, PODS, { namespace })).toMatchObject({ status: 1, stderr: expect.stringContaining('pods is forbidden: User "gitlab:project:42"') });
  });

  test('is no job of an unprotected branch, and no job of another project', async () => {
    expect(await jobs.kubectl({ ...production, ref_protected: 'false' }, PODS, { namespace })).toEqual(UNAUTHORIZED);
    expect(await jobs.kubectl({ ...production, project_id: '43' }, PODS, { namespace })).toEqual(UNAUTHORIZED);
  });

  test('needs the same configuration as one of any environment', () => {
    expect(authenticationConfiguration({ ...trust, environment: 'production' }, served)).toBe(readFileSync(configuration, 'utf8'));
  });
});

describe('for any claims', () => {
  const text = fc.oneof(fc.constantFrom('42', '43', 'true', 'branch', 'production', 'system:masters', '42:environment:production', ''), fc.string());
  const value = fc.oneof(text, fc.constantFrom<unknown>(42, true, null, ['42'], ['system:masters'], { a: '42' }));
  const claims = fc.record({
    project_id: fc.oneof({ weight: 3, arbitrary: fc.constant('42') }, value),
    ref_protected: fc.oneof({ weight: 5, arbitrary: fc.constant('true') }, value),
    ref_type: fc.oneof({ weight: 5, arbitrary: fc.constant('branch') }, value),
    environment: value,
    environment_protected: fc.oneof(fc.constant('true'), value),
    sub: text,
    groups: value,
    username: value,
  }, { requiredKeys: ['project_id', 'ref_protected', 'ref_type'] });

  test('an accepted user belongs to this project, and never has a name of Kubernetes itself', async () => {
    const all = fc.sample(claims, 300);
    const answers = await jobs.review(all);
    const inside = all.flatMap((given, index) => (answers[index]?.authenticated ? [{ given, user: answers[index]?.user }] : []));

    expect(answers).toHaveLength(all.length);
    expect(inside.length).toBeGreaterThan(30);
    expect(inside.length).toBeLessThan(all.length);
    for (const { given, user } of inside) {
      expect(given).toMatchObject({ project_id: '42', ref_protected: 'true', ref_type: 'branch' });
      expect(user?.username).toBe('gitlab:project:42');
      const groups = given.environment_protected === 'true' ? [`gitlab:project:42:environment:${given.environment}`] : [];
      expect(user?.groups).toEqual([...groups, 'system:authenticated']);
    }
  });
});

test('a second project in the list is accepted as another user', async () => {
  writeFileSync(configuration, readFileSync(configuration, 'utf8').replace('in ["42"]', 'in ["42", "43"]'));
  const other = { project_id: '43' };
  await jobs.untilKnown(other);

  expect(await jobs.kubectl({}, PODS)).toMatchObject({ status: 0 });
  expect((await jobs.kubectl(other, PODS)).stderr).toContain('User "gitlab:project:43" cannot list resource "pods" in API group "" in the namespace "example"');
});
