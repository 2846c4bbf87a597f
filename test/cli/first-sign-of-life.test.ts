import { runCli } from '../support/cli';
import { FakeClock } from '../support/fake-clock';
import { kubeconfigFile } from '../support/kubeconfigs';
import { answerJson, httpServer, httpsServer } from '../support/loopback';
import { TestAuthority } from '../support/x509';

const CA = new TestAuthority();
const SERVING = CA.issue();
const ACCESS = `
apiVersion: v1
kind: Namespace
metadata: { name: ns1 }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: gitlab, namespace: ns1 }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: gitlab, namespace: ns1 }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin }
subjects: [{ kind: ServiceAccount, name: gitlab, namespace: ns1 }]
`;
const APP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: b }\n';

const COMMANDS: readonly string[][] = [
  ['deploy', 'app.yaml', '--app', 'web', '--environment', 'production'],
  ['destroy', '--app', 'web', '--environment', 'production'],
  ['rollback', '--app', 'web', '--environment', 'production'],
  ['status', '--app', 'web', '--environment', 'production'],
  ['history', '--app', 'web', '--environment', 'production'],
  ['verify', '--kubeconfig', 'ci.conf'],
  ['grant', 'access.yaml', '--kubeconfig', 'ci.conf', '--yes', '--file', 'new.conf'],
  ['rotate', 'access.yaml', '--kubeconfig', 'ci.conf', '--yes', '--file', 'new.conf'],
  ['revoke', 'access.yaml', '--kubeconfig', 'ci.conf', '--yes'],
];

async function run(argv: readonly string[], kubeconfig: string, clock: FakeClock): Promise<{ readonly code: number; readonly stderr: string }> {
  const variables = { KUBECONFIG: Buffer.from(kubeconfig).toString('base64'), CI_PROJECT_ID: '42' };
  return runCli([...argv], { clock, variables, files: { 'ci.conf': kubeconfig, 'access.yaml': ACCESS, 'app.yaml': APP } });
}

function kubeconfigFor(port: number): string {
  return kubeconfigFile({ cluster: { 'server': `https://127.0.0.1:${port}`, 'certificate-authority-data': Buffer.from(CA.certificate).toString('base64') } });
}

describe.each(COMMANDS.map((argv) => [argv[0] ?? '', argv] as const))('%s', (_, argv) => {
  test('says that it waits for a server that is not ready', async () => {
    const { port } = await httpsServer(SERVING, (_request, response) => answerJson(response, 503, { kind: 'Status', message: 'starting' }));

    const { code, stderr } = await run(argv, kubeconfigFor(port), new FakeClock());

    const line = new RegExp(`^waiting for https://127\\.0\\.0\\.1:${port} \\(\\d+ s\\): it answers 503, trying again$`, 'm');
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringMatching(line) });
  });

  test('says after 2 s that it waits for a server that does not answer', async () => {
    const clock = new FakeClock();
    const { port } = await httpsServer(SERVING, () => {
      for (let second = 0; second < 40; second += 1) clock.pass(1_000);
    });

    const { code, stderr } = await run(argv, kubeconfigFor(port), clock);

    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining(`waiting for https://127.0.0.1:${port} (2 s): no answer yet\n`) });
  });
});

test('a command that asks GitLab says that it waits for GitLab', async () => {
  const { port } = await httpServer((_, response) => answerJson(response, 502, {}));
  const variables = { GITLAB_TOKEN: 'glpat-token-of-nobody', KUBECONFIG: Buffer.from(kubeconfigFor(1)).toString('base64') };
  const argv = ['grant', 'access.yaml', '--kubeconfig', 'ci.conf', '--yes', '--gitlab-url', `http://127.0.0.1:${port}`, '--project', '42', '--environment', 'production'];

  const { stderr } = await runCli(argv, { clock: new FakeClock(), variables, files: { 'ci.conf': kubeconfigFor(1), 'access.yaml': ACCESS } });

  expect(stderr).toMatch(new RegExp(`waiting for http://127\\.0\\.0\\.1:${port} \\(\\d+ s\\): it answers 502, trying again`));
});
