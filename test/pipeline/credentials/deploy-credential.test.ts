import { DeployCredential, DeployTarget, DeployJob, GitlabAgentOptions, IdTokenOptions, Kubeconfig, KubeconfigPolicy } from '../../../src';
import { CA_DATA, SERVER } from '../../support/kubeconfigs';
import { fileOf } from '../../support/pipelines';
import { messageOf } from '../../support/synth';

jest.mock('../../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const SHA256 = 'ab'.repeat(32);
const PINS = { server: SERVER, clusterCaSha256: [SHA256, 'CD:'.repeat(31) + 'CD'] };

const byCommand = (credential: DeployCredential) => fileOf({ credential })['deploy-staging'];
const byKubectl = (credential: DeployCredential) => fileOf({ credential, deployJob: DeployJob.kubectl() })['deploy-staging'];
const lastLine = ({ script }: { script: string[] }) => script.at(-1);
const idToken = (options: Partial<IdTokenOptions> = {}) => DeployCredential.idToken({ audience: 'cluster-1', server: SERVER, ...options });

describe('a kubeconfig in a variable', () => {
  test('is read by the command, so the script writes no file', () => {
    const { script, after_script: after } = byCommand(DeployCredential.kubeconfigVariable());

    expect(script.join('\n')).not.toContain('KUBECONFIG');
    expect(after).toBeUndefined();
  });

  test('is copied to KUBECONFIG for the command', () => {
    expect(byCommand(DeployCredential.kubeconfigVariable({ variable: 'KUBECONFIG_WEB' })).script).toContain('export KUBECONFIG="$KUBECONFIG_WEB"');
  });

  test('is written for kubectl to a file that only the job can read', () => {
    const { script, after_script: after } = byKubectl(DeployCredential.kubeconfigVariable());

    expect(script.slice(0, 4)).toEqual([
      'mkdir -m 0700 "/tmp/cdk8s-ci-deploy-$CI_JOB_ID"',
      expect.stringContaining('umask 077'),
      'export KUBECONFIG="/tmp/cdk8s-ci-deploy-$CI_JOB_ID/config"',
      'kubectl config current-context > /dev/null < /dev/null',
    ]);
    expect(after).toEqual(['rm -rf "/tmp/cdk8s-ci-deploy-$CI_JOB_ID"']);
  });

  test('is compared with the pinned cluster', () => {
    const credential = DeployCredential.kubeconfigVariable(PINS);

    expect(lastLine(byCommand(credential))).toContain(` --server ${SERVER} --cluster-ca-sha256 ${SHA256} --cluster-ca-sha256 ${'cd'.repeat(32)}`);
    expect(byKubectl(credential).script.join('\n')).toContain(`= '${SERVER}' ||`);
    expect(byKubectl(credential).script.join('\n')).toContain(`'^(${SHA256}|${'cd'.repeat(32)}) '`);
  });

  test.each([
    ['a name that is no variable of a shell', { variable: 'KUBE-CONFIG' }, 'variable: it is "KUBE-CONFIG", expected letters, digits and "_", and no digit in front; use a name such as KUBE_CONFIG'],
    ['a server without TLS', { server: 'http://203.0.113.7' }, 'server: it is "http://203.0.113.7"'],
    ['a fingerprint that is no SHA-256', { clusterCaSha256: ['abc'] }, 'clusterCaSha256: it is "abc", expected a SHA-256'],
  ])('rejects %s', (_, options, message) => {
    expect(messageOf(() => DeployCredential.kubeconfigVariable(options))).toContain(message);
  });
});

describe('the context of an agent', () => {
  const agent = (options: Partial<GitlabAgentOptions> = {}) => DeployCredential.gitlabAgent({ agent: 'group/infra:prod', ...options });

  test('is selected by name, together with the namespace', () => {
    expect(lastLine(byCommand(agent(PINS)))).toContain(` --context group/infra:prod --namespace example-staging --server ${SERVER} --cluster-ca-sha256`);
    expect(byKubectl(agent()).script.every((line: string) => !line.startsWith('kubectl') || line.startsWith('kubectl --context group/infra:prod --namespace example-staging'))).toBe(true);
  });

  test('is compared with the pinned cluster', () => {
    expect(byKubectl(agent(PINS)).script[0]).toContain('$(kubectl --context group/infra:prod config view --raw --minify');
  });

  test.each([['infra'], ['group/infra:prod; id'], ['--x:y'], ['']])('rejects %p', (name) => {
    expect(messageOf(() => agent({ agent: name }))).toContain('expected the path of the agent\'s project and its name');
  });
});

describe('a token of the job', () => {
  test.each([['the command', byCommand, '45 minutes'], ['kubectl', byKubectl, '40 minutes']] as const)('is written for %s beside a kubeconfig without a secret', (_, jobOf, longest) => {
    const { id_tokens: tokens, timeout, script, after_script: after } = jobOf(idToken({ certificateAuthorityData: CA_DATA }));
    const [, json = ''] = /printf '%s' '(\{.*\})' > /.exec(script.join('\n')) ?? [];
    const kubeconfig = Kubeconfig.parse(json, KubeconfigPolicy.stored({ allowTokenFile: true }));

    expect(tokens).toEqual({ KUBE_ID_TOKEN: { aud: 'cluster-1' } });
    expect(timeout).toBe(longest);
    expect(kubeconfig).toMatchObject({ server: SERVER, certificateAuthorityData: CA_DATA, namespace: 'example-staging', tokenFile: 'token', token: undefined });
    expect(script).toContain('mkdir -m 0700 "/tmp/cdk8s-ci-deploy-$CI_JOB_ID"');
    expect(script.join('\n')).toContain(' --kubeconfig "/tmp/cdk8s-ci-deploy-$CI_JOB_ID/config"');
    expect(after).toEqual(['rm -rf "/tmp/cdk8s-ci-deploy-$CI_JOB_ID"']);
  });

  test('can be in another variable', () => {
    const { id_tokens: tokens, script } = byCommand(idToken({ variable: 'CLUSTER_TOKEN' }));

    expect(Object.keys(tokens)).toEqual(['CLUSTER_TOKEN']);
    expect(script.join('\n')).toContain('printf \'%s\' "$CLUSTER_TOKEN" > ');
  });

  test.each<[string, Partial<IdTokenOptions>, string]>([
    ['a server without TLS', { server: 'http://203.0.113.7' }, 'server: it is "http://203.0.113.7"'],
    ['a certificate that is none', { certificateAuthorityData: 'abc' }, 'certificateAuthorityData'],
    ['an empty audience', { audience: '' }, 'audience: it is "", expected the audience'],
  ])('rejects %s when the credential is created', (_, options, message) => {
    expect(messageOf(() => idToken(options))).toContain(message);
  });
});

test('a target can have its own credential', () => {
  const target = DeployTarget.of({ environment: 'staging', namespace: 'example-staging', credential: idToken() });

  expect(fileOf({ targets: [target], credential: DeployCredential.kubeconfigVariable() })['deploy-staging'].id_tokens).toBeDefined();
});
