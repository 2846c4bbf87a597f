import { Arguments } from '../../../src/cli/command-line/arguments';
import { checkCluster } from '../../../src/cli/deploy/deploy-session';
import { TestAuthority } from '../../support/x509';

const pem = new TestAuthority('cluster').certificate;
const kubeconfig = { server: 'https://cluster.example.com:6443', certificateAuthorityData: Buffer.from(pem).toString('base64') };
const args = (values: Record<string, string[]>) => new Arguments([], new Map(Object.entries(values)));
const check = (values: Record<string, string[]>, given: Parameters<typeof checkCluster>[1] = kubeconfig) => () => checkCluster('KUBECONFIG', given, args(values));
const [, fingerprint = ''] = /certificate of SHA-256 ([0-9a-f]{64})/.exec(refusalOf(check({ 'cluster-ca-sha256': ['0'.repeat(64)] }))) ?? [];

function refusalOf(action: () => void): string {
  try {
    action();
    return 'nothing is refused';
  } catch (error) {
    return String(error);
  }
}

test.each<[string, () => void]>([
  ['a cluster without --server and --cluster-ca-sha256', check({})],
  ['the server of --server', check({ server: ['https://cluster.example.com:6443/'] })],
  ['the certificate of --cluster-ca-sha256', check({ 'cluster-ca-sha256': [fingerprint] })],
  ['its fingerprint as openssl prints it', check({ 'cluster-ca-sha256': [`sha256 Fingerprint=${fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:')}`] })],
])('%s is accepted', (_, action) => {
  expect(refusalOf(action)).toBe('nothing is refused');
});

test.each<[string, () => void, RegExp]>([
  ['another server', check({ server: ['https://other.example.com'] }), /its server is "https:\/\/cluster\.example\.com:6443", expected "https:\/\/other\.example\.com" \(--server\)/],
  ['another certificate', check({ 'cluster-ca-sha256': ['a'.repeat(64)] }), /verified with a certificate of SHA-256 [0-9a-f]{64}, expected the certificate of --cluster-ca-sha256/],
  ['a second certificate that is not pinned', check({ 'cluster-ca-sha256': [fingerprint] },
    { ...kubeconfig, certificateAuthorityData: Buffer.from(`${pem}\n${new TestAuthority('other').certificate}`).toString('base64') }), /verified with a certificate of/],
  ['a server that the system\'s certificates verify', check({ 'cluster-ca-sha256': [fingerprint] }, { server: kubeconfig.server }), /that the system trusts/],
  ['an invalid fingerprint', check({ 'cluster-ca-sha256': ['abc'] }), /--cluster-ca-sha256: "abc"/],
  ['an invalid address', check({ server: ['cluster'] }), /--server: "cluster"/],
])('%s is rejected', (_, action, expected) => {
  expect(refusalOf(action)).toMatch(expected);
});
