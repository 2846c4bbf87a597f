import { addressWarning, kubeconfigBuilder } from '../../../src/cli/credentials/credential-kubeconfig';
import { CA_DATA, SERVER, TOKEN } from '../../support/kubeconfigs';

const PARTS = { reference: { server: SERVER, certificateAuthorityData: CA_DATA }, namespace: 'example', user: 'gitlab-example' };

describe('the kubeconfig of a CI job', () => {
  test('is the reference\'s cluster with a token', () => {
    expect(kubeconfigBuilder(PARTS)(TOKEN)).toMatchObject({ server: SERVER, certificateAuthorityData: CA_DATA, namespace: 'example', user: 'gitlab-example', token: TOKEN });
  });

  test('has the address at which CI reaches the cluster', () => {
    expect(kubeconfigBuilder({ ...PARTS, server: 'https://ci.example.com:6443' })(TOKEN).server).toBe('https://ci.example.com:6443');
  });

  test.each<[string, object, RegExp]>([
    ['an address that is none', { server: 'nowhere' }, /^server: it is "nowhere"/],
    ['an address without https', { server: 'http://ci.example.com' }, /^server: /],
    ['a reference without https', { reference: { server: 'http://203.0.113.7' } }, /^server: /],
    ['a protected namespace', { namespace: 'kube-system' }, /^namespace is "kube-system"/],
  ])('is refused before there is a token: %s', (_, parts, message) => {
    expect(() => kubeconfigBuilder({ ...PARTS, ...parts })).toThrow(message);
  });
});

describe('an address that a CI runner may not reach', () => {
  test.each([
    'https://localhost:6443', 'https://127.0.0.1', 'https://127.8.9.10:6443', 'https://[::1]:6443',
  ])('%s is the machine itself', (server) => {
    expect(addressWarning(server)).toContain('is the machine itself');
  });

  test.each([
    'https://10.0.0.1', 'https://172.16.0.1', 'https://172.31.255.254', 'https://192.168.1.1:6443', 'https://169.254.1.1', 'https://[fd00::1]', 'https://[fe80::1]',
  ])('%s is private', (server) => {
    expect(addressWarning(server)).toContain('is a private address');
  });

  test.each([
    SERVER, 'https://172.15.0.1', 'https://172.32.0.1', 'https://11.0.0.1', 'https://192.169.0.1', 'https://[2001:db8::1]', 'https://kubernetes.example.com',
    'https://10.example.com', 'https://127.example.com', 'https://192.168.example.com', 'https://localhost.example.com', 'https://fd00.example.com',
  ])('of %s nothing is said', (server) => {
    expect(addressWarning(server)).toBeUndefined();
  });
});
