import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { runKubectl } from './cluster/cluster';
import { cluster, onKwokOfItsOwn } from './cluster/on-kwok';
import { CliResult, runCli } from './support/cli';
import { kubectl } from './support/kubectl';
import { releaseName } from '../src/release/release-names';

onKwokOfItsOwn();

/** The objects that an administrator applied by hand in the namespace. Kubernetes has since removed `rbac.authorization.k8s.io/v1beta1`. */
const INTEGRATION = `
apiVersion: v1
kind: ServiceAccount
metadata:
  name: gitlab-example
  namespace: example
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: gitlab-admin
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: admin
subjects:
- kind: ServiceAccount
  name: gitlab-example
  namespace: example
`;

/** The script of the deploy job. */
const SCRIPT = `
echo $KUBECONFIG | base64 --decode > kubeconfig
export KUBECONFIG=\`pwd\`/kubeconfig
sed -i -e "s|IMAGE|\${IMAGE}|g" deployment.yml
kubectl apply -f deployment.yml
`;

/** The team's deployment.yml. */
const deploymentYml = (...variables: string[]) => `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: nginx
          image: IMAGE
          ports:
            - containerPort: 8080
          env:
${variables.map((name) => `            - {name: ${name}, value: "of the recipe"}`).join('\n')}
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
    - {port: 80, targetPort: 8080}
`;

const IMAGE = 'registry.example.com/group/site:1ecfd275-4711-12345';
const NEW_IMAGE = 'registry.example.com/group/site:2ecfd275-4712-12346';

let folder: string;
/** The masked CI/CD variable, one line of base64. */
let variable: string;

const admin = (...args: string[]) => runKubectl(cluster.kubeconfig, ['-n', 'example', ...args]);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recipe-'));
  runKubectl(cluster.kubeconfig, ['create', 'namespace', 'example']);
  runKubectl(cluster.kubeconfig, ['apply', '-n', 'example', '-f', '-'], INTEGRATION);
  variable = Buffer.from(editedKubeconfig(admin('create', 'token', 'gitlab-example').trim())).toString('base64');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A hand-edited copy of the reference kubeconfig. */
function editedKubeconfig(token: string): string {
  return `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority-data: ${Buffer.from(cluster.certificateAuthority).toString('base64')}
    server: ${cluster.server}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    namespace: example
    user: gitlab-example
  name: kubernetes-ovh
current-context: kubernetes-ovh
users:
- name: gitlab-example
  user:
    token: ${token}
`;
}

/** Deploys with kubectl, as the job did. */
function recipe(image: string, manifests: string): string {
  const home = mkdtempSync(join(folder, 'job-'));
  writeFileSync(join(home, 'deployment.yml'), manifests);
  const env = { PATH: `${dirname(kubectl())}${delimiter}${process.env.PATH}`, HOME: home, KUBECONFIG: variable, IMAGE: image };
  return execFileSync('bash', ['-e', '-c', SCRIPT], { cwd: home, env, encoding: 'utf8' });
}

/** Deploys with the command, with the same variable and the same file. */
async function deploy(image: string, manifests: string, ...options: string[]): Promise<CliResult> {
  return runCli(['deploy', 'deployment.yml', '--app', 'web', ...options], {
    files: { 'deployment.yml': manifests.replaceAll('IMAGE', image) },
    variables: { KUBECONFIG: variable, CI: 'true', CI_PROJECT_ID: '42', CI_ENVIRONMENT_NAME: 'production', CI_REGISTRY_IMAGE: 'registry.example.com/group/site' },
  });
}

interface Managed {
  readonly metadata: { readonly managedFields: readonly Manager[] };
}

interface Manager {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
}

const APPLIED = `${releaseName({ project: '42', environment: 'production', app: 'web' })} Apply`;
const environment = () => admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].env[*].name}');
const managers = (what: string) => {
  const { metadata: { managedFields } } = JSON.parse(admin('get', what, '-o', 'json', '--show-managed-fields')) as Managed;
  return managedFields.filter(({ subresource }) => subresource === undefined).map(({ manager, operation }) => `${manager} ${operation}`);
};
const access = () => admin('get', 'serviceaccount/gitlab-example', 'rolebinding/gitlab-admin', '-o', 'jsonpath={.items[*].metadata.resourceVersion}');

test('the recipe deploys the application several times', () => {
  expect(recipe('registry.example.com/group/site:first', deploymentYml('KEPT', 'DROPPED'))).toBe('deployment.apps/web created\nservice/web created\n');
  expect(recipe(IMAGE, deploymentYml('KEPT', 'DROPPED'))).toBe('deployment.apps/web configured\nservice/web unchanged\n');
  admin('rollout', 'status', 'deployment/web', '--timeout=60s');
  expect(managers('deployment/web')).toContain('kubectl-client-side-apply Update');
});

test('deploy does not take over the application without --adopt', async () => {
  const { code, stderr } = await deploy(IMAGE, deploymentYml('KEPT', 'DROPPED'));
  expect(code).toBe(1);
  expect(stderr).toMatch(/2 of 2 objects cannot be applied, so nothing was written$/m);
  for (const name of ['Deployment web', 'Service web']) expect(stderr).toContain(`${name}: it exists already, and no release created it; adopt it (--adopt)`);
  expect(managers('deployment/web')).not.toContain(APPLIED);
});

test('deploy --adopt takes over the application without a restart', async () => {
  const [pods, before] = [admin('get', 'pods', '-o', 'name'), access()];
  expect(await deploy(IMAGE, deploymentYml('KEPT', 'DROPPED'), '--adopt')).toMatchObject({
    code: 0, stdout: expect.stringMatching(/^changed +Deployment web +adopted.*\nchanged +Service web +adopted/m),
  });
  expect([admin('get', 'pods', '-o', 'name'), access()]).toEqual([pods, before]);
  for (const what of ['deployment/web', 'service/web']) {
    expect(managers(what)).toContain(APPLIED);
    expect(managers(what)).not.toContain('kubectl-client-side-apply Update');
    expect(admin('get', what, '-o', 'jsonpath={.metadata.annotations}')).not.toContain('last-applied');
  }
});

test('deploy updates the application and removes a variable that is left out', async () => {
  expect(await deploy(NEW_IMAGE, deploymentYml('KEPT'))).toMatchObject({ code: 0 });
  expect(environment()).toBe('KEPT');
  expect(admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[*].image}')).toBe(NEW_IMAGE);
});

test('deploy removes an object that is left out', async () => {
  expect(await deploy(NEW_IMAGE, deploymentYml('KEPT').split('---')[0]!)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^removed +Service web$/m) });
  expect(admin('get', 'services', '-o', 'name')).toBe('');
});

test('deploy --adopt updates the application at once and removes a variable that is left out', async () => {
  admin('delete', 'deployment', 'web');
  recipe(IMAGE, deploymentYml('KEPT', 'DROPPED'));
  expect(await deploy(NEW_IMAGE, deploymentYml('KEPT'), '--adopt')).toMatchObject({ code: 0 });
  expect(environment()).toBe('KEPT');
});
