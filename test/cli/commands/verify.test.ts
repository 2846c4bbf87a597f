import { CliOptions, CliResult, fileNames, runCli } from '../../support/cli';
import { AGENT_FILE, kubeconfigFile, TOKEN } from '../../support/kubeconfigs';

// Nothing listens on this port, and nothing is to ask there.
const CREDENTIAL = kubeconfigFile({ cluster: { server: 'https://127.0.0.1:1' } });
const ACCESS = `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: gitlab, namespace: ns1 }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin }
subjects: [{ kind: ServiceAccount, name: gitlab, namespace: ns1 }]
`;
const FILES = { 'ci.conf': CREDENTIAL, 'agent.conf': AGENT_FILE, 'access.yaml': ACCESS, 'empty.yaml': '', 'two.yaml': `${ACCESS}---${ACCESS}` };

async function run(argv: string[], options: CliOptions = {}): Promise<CliResult> {
  return runCli(['verify', ...argv], { files: FILES, ...options });
}

test.each<[string, string[], RegExp]>([
  ['no credential', [], /^cdk8s-ci-deploy: KUBECONFIG: it is not set, /],
  ['a file that is not there', ['--kubeconfig', 'nowhere'], /file not found: nowhere/],
  ['a file that is no kubeconfig', ['--kubeconfig', 'access.yaml'], /access\.yaml/],
  ['an agent\'s kubeconfig without its context', ['--kubeconfig', 'agent.conf'], /agent\.conf/],
  ['a context without a namespace', ['--kubeconfig', 'agent.conf', '--context', 'group/agents:production'], /--namespace: it is missing/],
  ['a namespace without a context', ['--kubeconfig', 'ci.conf', '--namespace', 'ns1'], /--namespace: there is no --context/],
  ['access manifests that are not there', ['--kubeconfig', 'ci.conf', '--expect', 'nowhere'], /file not found: nowhere/],
  ['access manifests that are empty', ['--kubeconfig', 'ci.conf', '--expect', 'empty.yaml'], /empty\.yaml/],
  ['access manifests of two deployers', ['--kubeconfig', 'ci.conf', '--expect', 'two.yaml'], /two\.yaml/],
  ['no name of another namespace', ['--kubeconfig', 'ci.conf', '--other-namespace', 'NS2'], /--other-namespace: "NS2", expected a DNS label/],
  ['its own as another namespace', ['--kubeconfig', 'ci.conf', '--other-namespace', 'ns1'], /--other-namespace: "ns1", which is the credential's own/],
  ['standard input twice', ['--kubeconfig', '-', '--expect', '-'], /--expect: it is standard input, as --kubeconfig is/],
  ['standard output as the page', ['--kubeconfig', 'ci.conf', '--html', '-'], /--html: it is "-"/],
  ['standard output as the JUnit report', ['--kubeconfig', 'ci.conf', '--junit', '-'], /--junit: it is "-"/],
  ['one file for two reports', ['--kubeconfig', 'ci.conf', '--junit', 'report', '--html', 'report'], /--html: it is the file of --junit/],
  ['a token among the arguments', ['--token', TOKEN], /--token: there is no such option on purpose/],
  ['a form that there is not', ['--kubeconfig', 'ci.conf', '--output', 'yaml'], /--output: "yaml", expected text, json/],
])('refuses %s, and asks nobody', async (_, argv, message) => {
  const { code, stdout, stderr } = await run(argv);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
  expect(stderr).not.toMatch(/asking|\n.*\n/);
  expect(stderr).not.toContain(TOKEN);
  expect(fileNames()).toEqual(Object.keys(FILES).sort());
});

test('says in its help what the JSON is made of', async () => {
  const { code, stdout } = await run(['--help']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/- checks: place [^-]+,\s+title, verb, target/)]);
});
