import { delimiter, join } from 'node:path';
import { UserError } from '../../../src/base/user-error';
import { administratorConnection, AdministratorOptions } from '../../../src/cli/cluster/administrator';
import { cliFolder } from '../../support/cli';
import { commandContext, TestContextOptions } from '../../support/command-context';
import { CA_DATA, CA_PEM, FileParts, kubeconfigFile, SERVER, TOKEN } from '../../support/kubeconfigs';
import { TestAuthority } from '../../support/x509';

const CLIENT = new TestAuthority().issue();
const base64 = (text: string) => Buffer.from(text).toString('base64');

async function administrator(options: AdministratorOptions = { kubeconfig: 'config' }, context: TestContextOptions = {}) {
  return administratorConnection(commandContext(context), options);
}

async function withFile(parts: FileParts, files: Record<string, string> = {}) {
  return administrator({ kubeconfig: 'config' }, { files: { ...files, config: kubeconfigFile(parts) } });
}

describe('the kubeconfig', () => {
  const named = (name: string) => kubeconfigFile({ root: { 'contexts': [{ name, context: { cluster: 'c', user: 'u', namespace: name } }], 'current-context': name } });

  test('is the file of --kubeconfig, before the variable KUBECONFIG', async () => {
    const { namespace } = await administrator({ kubeconfig: 'a/config' }, { variables: { KUBECONFIG: 'b' }, files: { 'a/config': named('one'), 'b': named('two') } });

    expect(namespace).toBe('one');
  });

  test('is ~/.kube/config by default', async () => {
    const files = { 'home/.kube/config': named('at-home') };

    expect((await administrator({}, { variables: { HOME: join(cliFolder(), 'home') }, files })).namespace).toBe('at-home');
    expect((await administrator({}, { variables: { USERPROFILE: join(cliFolder(), 'home') }, files })).namespace).toBe('at-home');
  });

  test('may be several files: the first entry of a name counts, and missing files are skipped', async () => {
    const KUBECONFIG = ['absent', 'first', '', 'second'].join(delimiter);
    const first = JSON.stringify({
      'users': [{ name: 'u', user: { token: 'first-token' } }],
      'contexts': [{ name: 'mine', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'mine',
    });
    const second = kubeconfigFile({ user: { token: 'second-token' } });

    const { connection, description } = await administrator({}, { variables: { KUBECONFIG }, files: { first, second } });

    expect(await connection.credentials.present()).toEqual({ token: 'first-token' });
    expect(connection.server).toBe(SERVER);
    expect(description).toBe(`context "mine", ${SERVER}`);
    expect((await administrator({ context: 'x' }, { variables: { KUBECONFIG } })).namespace).toBe('ns1');
  });

  test.each<[string, AdministratorOptions, TestContextOptions, string]>([
    ['without a file', {}, {}, 'KUBECONFIG is not set, and there is no ~/.kube/config, expected the kubeconfig of an administrator; name it with --kubeconfig FILE'],
    ['when no file of KUBECONFIG exists', {}, { variables: { KUBECONFIG: 'absent' } }, 'none of the files in KUBECONFIG exists'],
    ['when the file does not exist', { kubeconfig: 'absent' }, {}, 'file not found: absent'],
    ['when the file is empty', { kubeconfig: 'a' }, { files: { a: '' } }, 'a: it holds 0 documents'],
    ['without a current context', { kubeconfig: 'a' }, { files: { a: kubeconfigFile({ root: { 'current-context': '' } }) } },
      'a: current-context is not set, expected the context to use; name it with --context'],
    ['when the context does not exist', { kubeconfig: 'a', context: 'y' }, { files: { a: kubeconfigFile() } }, '--context: "y" is not in the file, expected one of "x"'],
    ['when the cluster does not exist', { kubeconfig: 'a' }, { files: { a: kubeconfigFile({ context: { cluster: 'd' } }) } }, 'a: contexts[0].context.cluster: "d" is not in the file'],
  ])('is rejected %s', async (_, options, context, expected) => {
    const attempt = administrator(options, context);

    await expect(attempt).rejects.toThrow(UserError);
    await expect(attempt).rejects.toThrow(expected);
  });
});

describe('the cluster', () => {
  test('has the CA of the kubeconfig', async () => {
    const { connection, cluster } = await withFile({ cluster: { 'tls-server-name': 'kubernetes', 'proxy-url': 'http://proxy:1' } });

    expect(connection).toMatchObject({
      server: SERVER, certificateAuthority: CA_PEM, certificateAuthorityName: 'the kubeconfig\'s certificate-authority-data', tlsServerName: 'kubernetes', proxyUrl: 'http://proxy:1',
    });
    expect(cluster).toEqual({ server: SERVER, certificateAuthorityData: CA_DATA, tlsServerName: 'kubernetes', proxyUrl: 'http://proxy:1' });
  });

  test('has the CA of a file beside the kubeconfig, embedded for other kubeconfigs', async () => {
    const cluster = { 'certificate-authority-data': undefined, 'certificate-authority': 'pki/ca.crt' };
    const found = await administrator({ kubeconfig: 'there/config' }, { files: { 'there/config': kubeconfigFile({ cluster }), 'there/pki/ca.crt': CA_PEM } });

    expect(found.connection).toMatchObject({ certificateAuthority: CA_PEM, certificateAuthorityName: 'the kubeconfig\'s certificate-authority "pki/ca.crt"' });
    expect(found.cluster.certificateAuthorityData).toBe(CA_DATA);
  });

  test.each<[string, FileParts['cluster'], string]>([
    ['is not verified', { 'insecure-skip-tls-verify': true }, 'config: clusters[0].cluster: it has insecure-skip-tls-verify'],
    ['has a CA that is not a certificate', { 'certificate-authority-data': base64('a key') }, 'config: clusters[0].cluster.certificate-authority-data: it is base64, but not of PEM'],
    ['has a missing CA file', { 'certificate-authority-data': '', 'certificate-authority': 'absent' }, 'file not found: absent'],
    ['has no server', { server: undefined }, 'config: clusters[0].cluster.server: it is missing'],
    ['has a password in its address', { server: 'https://user:hunter2@example.com' }, 'config: its server is not a valid address, expected https://HOST:PORT'],
    ['has no scheme', { server: 'example.com:6443' }, 'config: its server is not a valid address'],
  ])('is rejected when it %s', async (_, cluster, expected) => {
    await expect(withFile({ cluster })).rejects.toThrow(UserError);
    await expect(withFile({ cluster })).rejects.toThrow(expected);
    await expect(withFile({ cluster })).rejects.not.toThrow('hunter2');
  });
});

describe('the user', () => {
  test.each<[string, FileParts['user'], Record<string, string>, object, string]>([
    ['a token', {}, {}, { token: TOKEN }, 'a token'],
    ['a token file, before a token', { tokenFile: 'secret/token' }, { 'secret/token': 'from-file\n' }, { token: 'from-file' }, 'secret/token'],
    ['a client certificate as data', { 'token': undefined, 'client-certificate-data': base64(CLIENT.certificate), 'client-key-data': base64(CLIENT.key) }, {},
      { clientCertificate: CLIENT }, 'a client certificate'],
    ['a client certificate in files', { 'token': undefined, 'client-certificate': 'a.crt', 'client-key': 'a.key' }, { 'a.crt': CLIENT.certificate, 'a.key': CLIENT.key },
      { clientCertificate: CLIENT }, 'a client certificate'],
    ['a certificate and a token', { 'client-certificate-data': base64(CLIENT.certificate), 'client-key-data': base64(CLIENT.key) }, {},
      { token: TOKEN, clientCertificate: CLIENT }, 'a client certificate, and a token'],
  ])('has %s', async (_, user, files, presented, description) => {
    const { connection: { credentials } } = await withFile({ user }, files);

    expect(await credentials.present()).toEqual(presented);
    expect(credentials.description).toContain(description);
  });

  test('reads the token file for each request', async () => {
    const context = commandContext({ files: { config: kubeconfigFile({ user: { token: undefined, tokenFile: 'token' } }), token: 'one' } });
    const { connection: { credentials } } = await administratorConnection(context, { kubeconfig: 'config' });

    expect(await credentials.present()).toEqual({ token: 'one' });
    commandContext({ files: { token: 'two' } });
    expect(await credentials.present()).toEqual({ token: 'two' });
    commandContext({ files: { token: ' ' } });
    await expect(credentials.present()).rejects.toThrow('token: it is empty, expected a token');
  });

  test.each<[string, FileParts['user'], string]>([
    ['username', { username: 'admin' }, 'config: users[0].user: it has username, expected another credential, since Kubernetes 1.19 removed passwords'],
    ['password', { password: 'hunter2' }, 'it has password'],
    ['auth-provider', { 'auth-provider': { name: 'gcp' } }, 'it has auth-provider, expected an exec plugin'],
    ['as', { as: 'system:admin' }, 'it has as, expected no impersonation'],
    ['as-groups', { 'as-groups': ['system:masters'] }, 'it has as-groups'],
    ['an empty token', { token: '' }, 'config: users[0].user: its token is empty, expected a token; log in to the cluster again'],
    ['a token of two lines', { token: 'hunter2\nhunter2' }, 'config: users[0].user.token: it has white space in it'],
    ['no credential', { token: undefined }, 'it has no credential, expected a token, a client certificate or an exec plugin'],
    ['a certificate without a key', { 'client-certificate': 'a' }, 'it has a client certificate without its key'],
    ['a key without a certificate', { 'client-key': 'a' }, 'it has a client key without its certificate'],
    ['an invalid certificate', { 'client-certificate-data': 'hunter2', 'client-key-data': 'hunter2' }, 'client-certificate-data: it is not base64 of PEM'],
    ['an old plugin', { token: undefined, exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'aws' } },
      'config: users[0].user.exec.apiVersion: it is "client.authentication.k8s.io/v1alpha1"'],
    ['a plugin without a command', { token: undefined, exec: { apiVersion: 'client.authentication.k8s.io/v1' } }, 'users[0].user.exec.command: it is missing'],
    ['a plugin with numbers', { token: undefined, exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'a', args: [1] } }, 'users[0].user.exec.args: an element is not text'],
  ])('is rejected with %s', async (_, user, expected) => {
    await expect(withFile({ user })).rejects.toThrow(UserError);
    await expect(withFile({ user })).rejects.toThrow(expected);
    await expect(withFile({ user })).rejects.not.toThrow('hunter2');
  });
});
