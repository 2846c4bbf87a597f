import { CREDENTIAL_FORMATS, formatCredential, parseCredential } from '../../../src/cli/credentials/credential-kubeconfig';
import { Kubeconfig } from '../../../src/kubeconfig/kubeconfig';
import { kubeconfigFile, SERVER, TOKEN } from '../../support/kubeconfigs';

const CREDENTIAL = new Kubeconfig({ server: SERVER, namespace: 'example', token: TOKEN });

test.each(CREDENTIAL_FORMATS)('a credential as %s is the same credential', (form) => {
  const { token, namespace, server } = parseCredential(formatCredential(CREDENTIAL, form)) ?? {};
  expect({ token, namespace, server }).toEqual({ token: TOKEN, namespace: 'example', server: SERVER });
});

test('the first form is the default', () => {
  expect(CREDENTIAL_FORMATS[0]).toBe('yaml');
});

test('a line feed at the end of base64 does no harm', () => {
  expect(parseCredential(`${formatCredential(CREDENTIAL, 'base64')}\n`)?.token).toBe(TOKEN);
});

test.each<[string, string]>([
  ['nothing', ''],
  ['some text', 'kept'],
  ['other YAML', 'a: b\n'],
  ['broken YAML', '{'],
  ['base64 of something else', Buffer.from('something else').toString('base64')],
  ['bytes', '\u0000\ufffd'],
  ['a kubeconfig that is not verified', kubeconfigFile({ cluster: { 'insecure-skip-tls-verify': true } })],
])('%s is no credential', (_, text) => {
  expect(parseCredential(text)).toBeUndefined();
});
