import { UserError } from '../../../src/base/user-error';
import { environmentProxy, proxyOf } from '../../../src/cli/http/proxy';

const PROXY = 'http://proxy.example.com:3128';

function proxyFor(address: string, variables: Record<string, string>): string | undefined {
  return environmentProxy(new URL(address), variables)?.url.origin;
}

describe('the proxy of an address', () => {
  test.each<[string, string, Record<string, string>, string | undefined]>([
    ['none is named', 'https://example.com', {}, undefined],
    ['HTTPS_PROXY', 'https://example.com', { HTTPS_PROXY: PROXY }, PROXY],
    ['https_proxy', 'https://example.com', { https_proxy: PROXY }, PROXY],
    ['capitals first', 'https://example.com', { HTTPS_PROXY: PROXY, https_proxy: 'http://other:1' }, PROXY],
    ['an empty one is none', 'https://example.com', { HTTPS_PROXY: '', https_proxy: PROXY }, PROXY],
    ['HTTP_PROXY is for http', 'https://example.com', { HTTP_PROXY: PROXY }, undefined],
    ['ALL_PROXY where no other is named', 'https://example.com', { ALL_PROXY: PROXY }, PROXY],
    ['HTTPS_PROXY before ALL_PROXY', 'https://example.com', { ALL_PROXY: 'http://other:1', HTTPS_PROXY: PROXY }, PROXY],
    ['without a scheme it is http', 'https://example.com', { HTTPS_PROXY: 'proxy.example.com:3128' }, PROXY],
    ['localhost never', 'https://localhost:6443', { HTTPS_PROXY: PROXY }, undefined],
    ['127.0.0.0/8 never', 'https://127.9.9.9:6443', { HTTPS_PROXY: PROXY }, undefined],
    ['::1 never', 'https://[::1]:6443', { HTTPS_PROXY: PROXY }, undefined],
    ['a name that begins like an address of loopback', 'https://127.example.com', { HTTPS_PROXY: PROXY }, PROXY],
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
  ])('NO_PROXY=%s excepts %s: %s', (exceptions, address, excepted) => {
    expect(proxyFor(address, { HTTPS_PROXY: PROXY, NO_PROXY: exceptions })).toBe(excepted ? undefined : PROXY);
    expect(proxyFor(address, { HTTPS_PROXY: PROXY, no_proxy: exceptions })).toBe(excepted ? undefined : PROXY);
  });
});

describe('the address of a proxy', () => {
  test.each([
    ['socks5://user:hunter2@proxy:1080', 'it is a SOCKS proxy, which this command does not speak'],
    ['socks5h://proxy', 'it is a SOCKS proxy'],
    ['ftp://user:hunter2@proxy', 'it is not the address of a proxy'],
    ['http://user:hunter2@', 'it is not the address of a proxy'],
    ['http://user:hunter2@a b', 'it is not the address of a proxy'],
  ])('%s is refused, and not repeated', (text, expected) => {
    const act = () => proxyOf(text, 'HTTPS_PROXY');

    expect(act).toThrow(UserError);
    expect(act).toThrow(expected);
    expect(act).not.toThrow('hunter2');
  });
});
