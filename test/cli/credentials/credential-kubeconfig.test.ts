import {
  addressWarning, CREDENTIAL_FORMATS, formatCredential, kubeconfigBuilder, parseCredential,
} from '../../../src/cli/credentials/credential-kubeconfig';
import { Kubeconfig } from '../../../src/kubeconfig/kubeconfig';
import { CA_DATA, kubeconfigFile, SERVER, TOKEN } from '../../support/kubeconfigs';

const PARTS = { reference: { server: SERVER, certificateAuthorityData: CA_DATA }, namespace: 'example', user: 'gitlab-example' };

describe('the kubeconfig of a CI job', () => {
  test('has the cluster of the administrator\'s kubeconfig, and the token', () => {
    expect(kubeconfigBuilder(PARTS)(TOKEN)).toMatchObject({ server: SERVER, certificateAuthorityData: CA_DATA, namespace: 'example', user: 'gitlab-example', token: TOKEN });
  });

  test('has the address for CI jobs', () => {
    expect(kubeconfigBuilder({ ...PARTS, server: 'https://ci.example.com:6443' })(TOKEN).server).toBe('https://ci.example.com:6443');
  });

  test.each<[string, object, RegExp]>([
    ['an invalid address', { server: 'nowhere' }, /^server: it is "nowhere"/],
    ['an address without https', { server: 'http://ci.example.com' }, /^server: /],
    ['a reference without https', { reference: { server: 'http://203.0.113.7' } }, /^server: /],
    ['a protected namespace', { namespace: 'kube-system' }, /^namespace is "kube-system"/],
  ])('is rejected before a token exists: %s', (_, parts, message) => {
    expect(() => kubeconfigBuilder({ ...PARTS, ...parts })).toThrow(message);
  });
});

describe('the address warning', () => {
  test.each([
    'https://localhost:6443', 'https://127.0.0.1', 'https://127.8.9.10:6443', 'https://[::1]:6443',
  ])('says that %s is a loopback address', (server) => {
    expect(addressWarning(server)).toContain('is a loopback address');
  });

  test.each([
    'https://10.0.0.1', 'https://172.16.0.1', 'https://172.31.255.254', 'https://192.168.1.1:6443', 'https://169.254.1.1', 'https://[fd00::1]', 'https://[fe80::1]',
  ])('says that %s is a private address', (server) => {
    expect(addressWarning(server)).toContain('is a private address');
  });

  test.each([
    SERVER, 'https://172.15.0.1', 'https://172.32.0.1', 'https://11.0.0.1', 'https://192.169.0.1', 'https://[2001:db8::1]', 'https://kubernetes.example.com',
    'https://10.example.com', 'https://127.example.com', 'https://192.168.example.com', 'https://localhost.example.com', 'https://fd00.example.com',
  ])('is missing for %s', (server) => {
    expect(addressWarning(server)).toBeUndefined();
  });
});

describe('the formats of a credential', () => {
  const credential = new Kubeconfig({ server: SERVER, namespace: 'example', token: TOKEN });

  test.each(CREDENTIAL_FORMATS)('include %s, which parses to the same credential', (format) => {
    const { token, namespace, server } = parseCredential(formatCredential(credential, format)) ?? {};
    expect({ token, namespace, server }).toEqual({ token: TOKEN, namespace: 'example', server: SERVER });
  });

  test('have YAML as the default', () => {
    expect(CREDENTIAL_FORMATS[0]).toBe('yaml');
  });

  test('allow a line feed at the end of base64', () => {
    expect(parseCredential(`${formatCredential(credential, 'base64')}\n`)?.token).toBe(TOKEN);
  });

  test.each<[string, string]>([
    ['empty text', ''],
    ['plain text', 'kept'],
    ['other YAML', 'a: b\n'],
    ['invalid YAML', '{'],
    ['base64 of plain text', Buffer.from('something else').toString('base64')],
    ['binary data', '\u0000\ufffd'],
    ['a kubeconfig without TLS verification', kubeconfigFile({ cluster: { 'insecure-skip-tls-verify': true } })],
  ])('exclude %s', (_, text) => {
    expect(parseCredential(text)).toBeUndefined();
  });
});
