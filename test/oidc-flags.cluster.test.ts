import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askKubectl } from './cluster/ask-kubectl';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { AUDIENCE, Claims, Forgery, Issuer, startIssuer } from './oidc/issuer';
import { Jobs, oidcAccess, UNAUTHORIZED } from './oidc/jobs';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { apiServerFlags } from '../src/cli/access/oidc/oidc-instructions';
import { readAccess } from '../src/cli/access/read-access';

const PODS = ['get', 'pods'];
const PRODUCTION = { environment: 'production', environment_protected: 'true' };

let issuer: Issuer;
let folder: string;
let controlPlane: ControlPlane;
let jobs: Jobs;

beforeAll(async () => {
  kubectl();
  const programs = controlPlanePrograms();
  issuer = await startIssuer();
  folder = mkdtempSync(join(tmpdir(), 'oidc-flags-'));
  const access = oidcAccess(issuer, 'example', { environment: 'production' });
  const certificates = join(folder, 'issuer.crt');
  writeFileSync(certificates, issuer.certificateAuthority);
  const { settings } = apiServerFlags(readAccess(access, 'access.yaml').oidc!, certificates);
  controlPlane = await startControlPlane(programs, { apiServerFlags: settings });
  expect(await askKubectl(controlPlane.kubeconfig, ['apply', '-f', '-'], { stdin: access })).toMatchObject({ status: 0 });
  jobs = new Jobs(issuer, controlPlane);
  await jobs.untilKnown(PRODUCTION);
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  await controlPlane?.stop();
  await issuer?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('a job for the protected environment deploys in its namespace only', async () => {
  expect(await jobs.kubectl(PRODUCTION, PODS)).toMatchObject({ status: 0 });
  expect((await jobs.kubectl(PRODUCTION, [...PODS, '-n', 'default'])).stderr).toContain('pods is forbidden: User "gitlab:project:42"');
});

test('a job gets the same names as from the configuration file', async () => {
  expect(await jobs.review([PRODUCTION])).toEqual([expect.objectContaining({
    user: expect.objectContaining({ username: 'gitlab:project:42', groups: ['gitlab:project:42:environment:production', 'system:authenticated'] }),
  })]);
});

const strangers: Array<[string, Claims, Forgery?]> = [
  ['another project', { project_id: '43' }],
  ['another audience', { aud: 'https://other.example.com' }],
  ['an unprotected branch', { ref_protected: 'false' }],
  ['a protected tag', { ref_type: 'tag' }],
  ['no environment', { environment: undefined, environment_protected: undefined }],
  ['another environment', { environment: 'staging' }],
  ['the environment while it is not protected', { environment_protected: 'false' }],
  ['an expired token', { exp: 1_700_000_000 }],
  ['a token of another key', {}, { key: 'another' }],
];

// A row without forgery is one short, which jest takes for a test with a callback.
test.each(strangers.map(([who, claims, forgery]) => [who, { claims, forgery }] as const))('the API server rejects a job with %s', async (_, { claims, forgery }) => {
  expect(await jobs.kubectl({ ...PRODUCTION, ...claims }, PODS, { forgery })).toEqual(UNAUTHORIZED);
});

test('the API server accepts a token with another audience, too, as the instructions say', async () => {
  expect(await jobs.kubectl({ ...PRODUCTION, aud: [AUDIENCE, 'https://other.example.com'] }, PODS)).toMatchObject({ status: 0 });
});
