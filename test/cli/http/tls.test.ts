import { rootCertificates } from 'node:tls';
import { describeTrust, TlsSessionCache, trustedCertificates } from '../../../src/cli/http/tls';

const CA = 'pem of a private CA';

describe('the trusted certificates', () => {
  test('are only the given ones', () => {
    expect(trustedCertificates({ certificateAuthority: CA })).toEqual([CA]);
  });

  test('are those of Node and the given ones with alsoTrusted', () => {
    const trusted = trustedCertificates({ certificateAuthority: CA, alsoTrusted: true });

    expect(trusted).toEqual(expect.arrayContaining([CA, rootCertificates[0]]));
    expect(new Set(trusted).size).toBe(trusted?.length);
  });

  test.each([
    [{}, 'the certificates Node trusts'],
    [{ certificateAuthority: CA }, 'the given CA certificates'],
    [{ certificateAuthority: CA, certificateAuthorityName: 'CA file a.pem' }, 'CA file a.pem'],
    [{ certificateAuthority: CA, certificateAuthorityName: 'CA file a.pem', alsoTrusted: true }, 'the certificates Node trusts, and CA file a.pem'],
  ])('have a name for errors: %j', (transport, name) => {
    expect(describeTrust(transport)).toBe(name);
  });
});

test('a session cache keeps the last session of each server', () => {
  const cache = new TlsSessionCache();
  cache.set('a:443', Buffer.from('1'));
  cache.set('a:443', Buffer.from('2'));

  expect(cache.get('a:443')?.toString()).toBe('2');
  expect(cache.get('a:6443')).toBeUndefined();
});
