import { join } from 'node:path';
import { UserError } from '../../../src/base/user-error';
import { credentialConnection, jobCredential, JobCredentialOptions } from '../../../src/cli/cluster/credential';
import { cliFolder } from '../../support/cli';
import { commandContext, TestContextOptions } from '../../support/command-context';
import { AGENT_FILE, CA_PEM, kubeconfigFile, SERVER, TOKEN } from '../../support/kubeconfigs';

const STORED = kubeconfigFile();
const ONE_LINE = JSON.stringify(JSON.parse(STORED));

const inLines = (bytes: Buffer, lineBreak: string) => (bytes.toString('base64').match(/.{1,76}/g) ?? []).join(lineBreak);

async function credential(options: JobCredentialOptions, context: TestContextOptions) {
  return jobCredential(commandContext(context), options);
}

describe('the credential of a job', () => {
  test.each<[string, JobCredentialOptions, TestContextOptions, string]>([
    ['the file of --kubeconfig', { kubeconfig: 'a' }, { files: { a: STORED }, variables: { KUBECONFIG: 'b' } }, 'a'],
    ['the file of a variable of type File', {}, { files: { 'x.tmp/KUBECONFIG': STORED }, variables: { KUBECONFIG: 'x.tmp/KUBECONFIG' } }, 'KUBECONFIG (file x.tmp/KUBECONFIG)'],
    ['a file whose name could be base64', {}, { files: { KUBECONFIG: STORED }, variables: { KUBECONFIG: 'KUBECONFIG' } }, 'KUBECONFIG (file KUBECONFIG)'],
    ['the JSON in the variable', {}, { variables: { KUBECONFIG: ONE_LINE } }, 'KUBECONFIG (the text itself)'],
    ['the base64 in the variable', {}, { variables: { KUBECONFIG: Buffer.from(ONE_LINE).toString('base64') } }, 'KUBECONFIG (base64)'],
    ['the base64 in the variable, with a line break', {}, { variables: { KUBECONFIG: `${Buffer.from(STORED).toString('base64')}\n` } }, 'KUBECONFIG (base64)'],
    ['the base64 in the variable, in lines of 76 characters', {}, { variables: { KUBECONFIG: inLines(Buffer.from(STORED), '\n') } }, 'KUBECONFIG (base64)'],
    ['the base64 in the variable, in lines of Windows', {}, { variables: { KUBECONFIG: inLines(Buffer.from(ONE_LINE), '\r\n') } }, 'KUBECONFIG (base64)'],
    ['the base64 of a file in UTF-16', {}, { variables: { KUBECONFIG: inLines(Buffer.from(`\ufeff${STORED}`, 'utf16le'), '\n') } }, 'KUBECONFIG (base64)'],
    ['the base64 of a file with a byte order mark', {}, { variables: { KUBECONFIG: Buffer.from(`\ufeff${STORED}`).toString('base64') } }, 'KUBECONFIG (base64)'],
    ['the YAML in the variable', {}, { variables: { KUBECONFIG: STORED } }, 'KUBECONFIG (the text itself)'],
    ['a file with a byte order mark', { kubeconfig: 'a' }, { files: { a: `\ufeff${STORED}` } }, 'a'],
  ])('is read from %s', async (_, options, context, source) => {
    const found = await credential(options, context);

    expect(found.source).toBe(source);
    expect(found.kubeconfig.token).toBe(TOKEN);
    expect(found.kubeconfig.namespace).toBe('ns1');
  });

  test('is the named context of the agent\'s file', async () => {
    const context = { files: { agent: AGENT_FILE }, variables: { KUBECONFIG: 'agent' } };
    const found = await credential({ context: 'group/project:production', namespace: 'ns2' }, context);

    expect(found.kubeconfig).toMatchObject({ server: 'https://kas.gitlab.example.com/k8s-proxy/', token: 'ci:2:job-token', namespace: 'ns2' });
  });

  test.each<[string, JobCredentialOptions, string]>([
    ['the only context, by its name', { context: 'x' }, 'ns1'],
    ['the only context, with its own namespace', { namespace: 'ns1' }, 'ns1'],
    ['the named context, in another namespace', { context: 'x', namespace: 'ns2' }, 'ns2'],
  ])('is %s', async (_, options, namespace) => {
    const { kubeconfig } = await credential({ kubeconfig: 'a', ...options }, { files: { a: STORED } });

    expect(kubeconfig).toMatchObject({ server: SERVER, token: TOKEN, namespace });
  });

  test('is a context of a kubeconfig with several contexts, with the namespace of the context', async () => {
    const { clusters, users, contexts } = JSON.parse(STORED);
    const others = { contexts: [...contexts, { name: 'y', context: { cluster: 'c', user: 'v', namespace: 'ns3' } }], users: [...users, { name: 'v', user: { token: 'second-token' } }], clusters };
    const { kubeconfig } = await credential({ kubeconfig: 'a', context: 'y' }, { files: { a: kubeconfigFile({ root: others }) } });

    expect(kubeconfig).toMatchObject({ token: 'second-token', namespace: 'ns3' });
  });

  test('is in the namespace of the option when its context names none', async () => {
    const { kubeconfig } = await credential({ kubeconfig: 'a', namespace: 'ns4' }, { files: { a: kubeconfigFile({ context: { namespace: undefined } }) } });

    expect(kubeconfig.namespace).toBe('ns4');
  });

  test.each<[string, JobCredentialOptions, TestContextOptions, string]>([
    ['of another namespace than the option', { kubeconfig: 'a', namespace: 'ns2' }, { files: { a: STORED } }, 'a: --namespace: "ns2", expected "ns1", the namespace of the credential'],
    ['of another namespace than the option, in the variable', { namespace: 'other' }, { variables: { KUBECONFIG: ONE_LINE } }, '--namespace: "other", expected "ns1"'],
    ['a context of the file that does not exist', { kubeconfig: 'a', context: 'z' }, { files: { a: STORED } }, 'a: context: "z" is not in the file, expected one of "x"'],
    ['missing', {}, {}, 'KUBECONFIG: it is not set, expected the credential of this job; name a file with --kubeconfig FILE'],
    ['a missing file', {}, { variables: { KUBECONFIG: '/absent' } }, 'KUBECONFIG: it is neither an existing file nor a kubeconfig'],
    ['a bare token', {}, { variables: { KUBECONFIG: TOKEN } }, 'KUBECONFIG: it is neither an existing file nor a kubeconfig'],
    ['two files', {}, { files: { a: STORED, b: STORED }, variables: { KUBECONFIG: 'a:b' } }, 'KUBECONFIG: it is neither an existing file nor a kubeconfig'],
    ['an exec plugin', { kubeconfig: 'a' }, { files: { a: kubeconfigFile({ user: { token: undefined, exec: { command: 'aws' } } }) } },
      'a: users[0].user: it has exec, expected a token, since an exec plugin runs a program that the file names'],
    ['the agent\'s file without a context', { kubeconfig: 'a' }, { files: { a: AGENT_FILE } }, 'a: contexts: it has 2 entries'],
    ['the agent\'s context without a namespace', { kubeconfig: 'a', context: 'group/project:staging' }, { files: { a: AGENT_FILE } }, '--namespace: it is missing'],
    ['a protected namespace', { kubeconfig: 'a' }, { files: { a: kubeconfigFile({ context: { namespace: 'kube-system' } }) } }, 'kube-system'],
    ['truncated', {}, { variables: { KUBECONFIG: ONE_LINE.slice(0, -9) } }, 'KUBECONFIG (the text itself): line 1, column'],
  ])('is rejected when it is %s', async (_, options, context, expected) => {
    const failure = await credential(options, context).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(UserError);
    expect(`${failure}`).toContain(expected);
    expect(`${failure}`).not.toContain(TOKEN.slice(0, 20));
  });
});

describe('the connection of a credential', () => {
  test('has the cluster and the token of the kubeconfig', async () => {
    const context = commandContext({ files: { a: kubeconfigFile({ cluster: { 'tls-server-name': 'kubernetes', 'proxy-url': 'http://proxy:1' } }) } });
    const { kubeconfig } = await jobCredential(context, { kubeconfig: 'a' });
    const connection = credentialConnection(kubeconfig, context.files);

    expect(connection).toMatchObject({ server: SERVER, certificateAuthority: CA_PEM, tlsServerName: 'kubernetes', proxyUrl: 'http://proxy:1' });
    expect(await connection.credentials.present()).toEqual({ token: TOKEN });
    expect(connection.credentials.description).toBe('a token');
  });

  test('reads a token file beside the kubeconfig for each request', async () => {
    const context = commandContext({ files: { 'there/a': kubeconfigFile({ user: { token: undefined, tokenFile: 'id_token' } }), 'there/id_token': 'one\n' } });
    const { kubeconfig, folder } = await jobCredential(context, { kubeconfig: join(cliFolder(), 'there/a') });
    const { credentials } = credentialConnection(kubeconfig, context.files, folder);

    expect(await credentials.present()).toEqual({ token: 'one' });
    commandContext({ files: { 'there/id_token': 'two' } });
    expect(await credentials.present(true)).toEqual({ token: 'two' });
  });
});
