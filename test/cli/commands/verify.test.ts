import { CliOptions, CliResult, fileNames, runCli } from '../../support/cli';
import { AGENT_FILE, kubeconfigFile, TOKEN } from '../../support/kubeconfigs';

// Nothing listens on this port, so no test may send a request.
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
  ['a missing credential', [], /^cdk8s-ci-deploy: KUBECONFIG: it is not set, /],
  ['a missing kubeconfig', ['--kubeconfig', 'nowhere'], /file not found: .*nowhere/],
  ['a file that is no kubeconfig', ['--kubeconfig', 'access.yaml'], /access\.yaml/],
  ['an agent\'s kubeconfig without its context', ['--kubeconfig', 'agent.conf'], /agent\.conf/],
  ['a context without a namespace', ['--kubeconfig', 'agent.conf', '--context', 'group/project:production'], /--namespace: it is missing, and context "group\/project:production" names none/],
  ['a credential of another namespace', ['--kubeconfig', 'ci.conf', '-n', 'ns2'], /--namespace: "ns2", expected "ns1", the namespace of the credential/],
  ['missing access manifests', ['--kubeconfig', 'ci.conf', '--expect', 'nowhere'], /file not found: .*nowhere/],
  ['empty access manifests', ['--kubeconfig', 'ci.conf', '--expect', 'empty.yaml'], /empty\.yaml/],
  ['access manifests of two deployers', ['--kubeconfig', 'ci.conf', '--expect', 'two.yaml'], /two\.yaml/],
  ['an invalid name of another namespace', ['--kubeconfig', 'ci.conf', '--other-namespace', 'NS2'], /--other-namespace: "NS2", expected a DNS label/],
  ['its own namespace as another namespace', ['--kubeconfig', 'ci.conf', '--other-namespace', 'ns1'], /--other-namespace: "ns1" is the namespace of the credential/],
  ['standard input twice', ['--kubeconfig', '-', '--expect', '-'], /--expect: --kubeconfig reads standard input already/],
  ['standard output as the page', ['--kubeconfig', 'ci.conf', '--html', '-'], /--html: "-" is no file/],
  ['standard output as the JUnit report', ['--kubeconfig', 'ci.conf', '--junit', '-'], /--junit: "-" is no file/],
  ['the same file for two reports', ['--kubeconfig', 'ci.conf', '--junit', 'report', '--html', 'report'], /--html: --junit writes the same file/],
  ['a token among the arguments', ['--token', TOKEN], /--token: there is no such option on purpose/],
  ['an unknown format', ['--kubeconfig', 'ci.conf', '--output', 'yaml'], /--output: "yaml", expected text, json/],
])('it rejects %s without a request', async (_, argv, message) => {
  const { code, stdout, stderr } = await run(argv);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
  expect(stderr).not.toMatch(/verifying|\n.*\n/);
  expect(stderr).not.toContain(TOKEN);
  expect(fileNames()).toEqual(Object.keys(FILES).sort());
});

test('the help lists the fields of the JSON report', async () => {
  const { code, stdout } = await run(['--help']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/- checks: place .+\n +title, verb, target/)]);
});
