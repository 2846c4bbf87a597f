import { UserError } from '../../../src/base/user-error';
import { environmentProxy, proxyOf } from '../../../src/cli/http/dial';

const PROXY = 'http://proxy.example.com:3128';

function proxyFor(address: string, variables: Record<string, string>): string | undefined {
  return environmentProxy(new URL(address), variables)?.url.origin;
}

describe('the proxy for an address', () => {
  test.each<[string, string, Record<string, string>, string | undefined]>([
    ['is undefined without a variable', 'https://example.com', {}, undefined],
    ['is the one in HTTPS_PROXY', 'https://example.com', { HTTPS_PROXY: PROXY }, PROXY],
    ['is the one in https_proxy', 'https://example.com', { https_proxy: PROXY }, PROXY],
    ['is the one in upper case if there are two', 'https://example.com', { HTTPS_PROXY: PROXY, https_proxy: 'http://other:1' }, PROXY],
    ['ignores an empty variable', 'https://example.com', { HTTPS_PROXY: '', https_proxy: PROXY }, PROXY],
    ['ignores HTTP_PROXY for https', 'https://example.com', { HTTP_PROXY: PROXY }, undefined],
    ['is the one in ALL_PROXY without another', 'https://example.com', { ALL_PROXY: PROXY }, PROXY],
    ['is the one in HTTPS_PROXY before ALL_PROXY', 'https://example.com', { ALL_PROXY: 'http://other:1', HTTPS_PROXY: PROXY }, PROXY],
    ['is http without a scheme', 'https://example.com', { HTTPS_PROXY: 'proxy.example.com:3128' }, PROXY],
    ['is undefined for localhost', 'https://localhost:6443', { HTTPS_PROXY: PROXY }, undefined],
    ['is undefined for 127.0.0.0/8', 'https://127.9.9.9:6443', { HTTPS_PROXY: PROXY }, undefined],
    ['is undefined for ::1', 'https://[::1]:6443', { HTTPS_PROXY: PROXY }, undefined],
    ['applies to a host name that begins with 127', 'https://127.example.com', { HTTPS_PROXY: PROXY }, PROXY],
  ])('%s', (_, address, variables, expected) => {
    expect(proxyFor(address, variables)).toBe(expected);
  });

  test.each<[string, string, boolean]>([
    ['example.com', 'https://example.com', true],
    ['example.com', 'https://www.example.com', true],
    ['example.com', 'https://example.com:6443', true],
    ['example.com', 'https://notexample.com', false],
    ['EXAMPLE.com', 'https://Example.COM', true],
    ['.example.com', 'https://example.com', false],
    ['.example.com', 'https://a.b.example.com', true],
    ['*.example.com', 'https://example.com', false],
    ['*.example.com', 'https://www.example.com', true],
    ['example.com:443', 'https://example.com', true],
    ['example.com:6443', 'https://example.com', false],
    ['example.com:6443', 'https://example.com:6443', true],
    ['example.com:', 'https://example.com', true],
    [':443', 'https://example.com', false],
    ['*', 'https://example.com', true],
    ['a.example.com, example.org ,', 'https://example.org', true],
    ['192.0.2.1', 'https://192.0.2.1', true],
    ['192.0.2.1:6443', 'https://192.0.2.1:6443', true],
    ['192.0.2.1:6443', 'https://192.0.2.1', false],
    ['192.0.2.0/24', 'https://192.0.2.77:6443', true],
    ['192.0.2.0/24', 'https://192.0.3.1', false],
    ['192.0.2.0/33', 'https://192.0.2.1', false],
    ['192.0.2.0/24', 'https://example.com', false],
    ['0.0.0.0/0', 'https://192.0.2.1', true],
    ['2001:db8::/32', 'https://[2001:db8::7]:6443', true],
    ['2001:db8::7', 'https://[2001:db8:0::7]', true],
    ['[2001:db8::7]:6443', 'https://[2001:db8::7]:6443', true],
    ['[2001:db8::7]:6443', 'https://[2001:db8::7]', false],
    ['::ffff:192.0.2.1', 'https://[2001:db8::7]', false],
    ['exa', 'https://example.com', false],
    ['', 'https://example.com', false],
  ])('NO_PROXY=%s matches %s: %s', (exceptions, address, excepted) => {
    expect(proxyFor(address, { HTTPS_PROXY: PROXY, NO_PROXY: exceptions })).toBe(excepted ? undefined : PROXY);
    expect(proxyFor(address, { HTTPS_PROXY: PROXY, no_proxy: exceptions })).toBe(excepted ? undefined : PROXY);
  });
});

describe('the address of a proxy', () => {
  test.each([
    ['socks5://user:hunter2@proxy:1080', 'it is a SOCKS proxy, which this command does not support'],
    ['socks5h://proxy', 'it is a SOCKS proxy'],
    ['ftp://user:hunter2@proxy', 'it is not the address of a proxy'],
    ['http://user:hunter2@', 'it is not the address of a proxy'],
    ['http://user:hunter2@a b', 'it is not the address of a proxy'],
  ])('%s is rejected, and the error does not show it', (text, expected) => {
    const act = () => proxyOf(text, 'HTTPS_PROXY');

    expect(act).toThrow(UserError);
    expect(act).toThrow(expected);
    expect(act).not.toThrow('hunter2');
  });
});
