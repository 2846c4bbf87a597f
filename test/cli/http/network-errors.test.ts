import { Unreachable } from '../../../src/cli/base/failure';
import { ConnectionError, explainNodeError, isTransient, RequestError, timeoutError } from '../../../src/cli/http/network-errors';

function nodeError(code: string, more: object = {}): Error {
  return Object.assign(new Error('from node'), { code, ...more });
}

describe('an error of Node', () => {
  test.each<[string, string, boolean, string | undefined]>([
    ['ECONNREFUSED', 'connection refused', false, 'Is the server up, and is the port right?'],
    ['ENOTFOUND', 'host not found', true, 'Is the name right, and can this machine resolve it?'],
    ['EAI_AGAIN', 'the name server does not answer', false, 'Does DNS work on this machine?'],
    ['EHOSTUNREACH', 'no route to the host', false, 'Does this machine need a VPN or a proxy (HTTPS_PROXY)?'],
    ['ENETUNREACH', 'no route to its network', false, 'Does this machine need a VPN or a proxy (HTTPS_PROXY)?'],
    ['ETIMEDOUT', 'connection timed out', false, 'Does a firewall block it?'],
    ['EPROTO', 'it does not speak TLS', true, 'Is this the port for https?'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'it does not speak TLS', true, 'Is this the port for https?'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'no TLS connection: tlsv1 alert protocol version', true, undefined],
    ['HPE_INVALID_CONSTANT', 'its answer is not HTTP (HPE_INVALID_CONSTANT)', true, undefined],
    ['ECONNRESET', 'it closed the connection before the TLS handshake was complete', false, undefined],
    ['CERT_HAS_EXPIRED', 'its TLS certificate is not trusted: it has expired', true, undefined],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'its TLS certificate is not trusted: it was verified with the CA, and none of them signed it', true, undefined],
    ['CRL_HAS_EXPIRED', 'its TLS certificate is not trusted: crl has expired', true, undefined],
    ['EMFILE', '"EMFILE: from node"', false, undefined],
  ])('%s while connecting is explained', (code, message, permanent, hint) => {
    expect(explainNodeError(nodeError(code), 'connecting', 'the CA')).toMatchObject({ message, sent: false, permanent, hint, timedOut: false });
  });

  test('about several addresses is explained by the first one', () => {
    const error = nodeError('ECONNREFUSED', { errors: [nodeError('EHOSTUNREACH'), nodeError('ECONNREFUSED')] });

    expect(explainNodeError(error, 'connecting', 'the CA').message).toBe('no route to the host');
  });

  test('about another host names both hosts', () => {
    const error = nodeError('ERR_TLS_CERT_ALTNAME_INVALID', { host: 'a.example.com', cert: { subjectaltname: 'DNS:b.example.com' } });

    expect(explainNodeError(error, 'connecting', 'the CA').message).toContain('it is for "DNS:b.example.com", not for "a.example.com"');
  });

  test('after the request was sent says that the server may have received it', () => {
    expect(explainNodeError(nodeError('EPIPE'), 'waiting', 'the CA')).toMatchObject({ message: 'it closed the connection without an answer', sent: true });
    expect(explainNodeError(nodeError('ERR_STREAM_PREMATURE_CLOSE'), 'reading', 'the CA').message).toBe('it closed the connection in the middle of the answer');
  });
});

describe('a request error', () => {
  test('says how often the client tried to connect, why it failed, and asks for the usual cause', () => {
    const error = new RequestError('https://example.com', explainNodeError(nodeError('ECONNREFUSED'), 'connecting', 'the CA'));

    expect(error.message).toBe('cannot connect to https://example.com: connection refused. Is the server up, and is the port right?');
    expect(error.withTries(' after 6 tries in 31 s').message)
      .toBe('cannot connect to https://example.com after 6 tries in 31 s: connection refused. Is the server up, and is the port right?');
    expect(error.withTries('').cause).toBe(error.cause);
  });

  test('says that a request failed when the server may have received it', () => {
    expect(new RequestError('https://example.com', timeoutError('reading', 600)).message).toBe('request to https://example.com failed: no complete answer within 0.6 s');
  });
});

test.each<[string, unknown, boolean]>([
  ['a refused connection', new RequestError('a', new ConnectionError('refused', { sent: false, permanent: false })), true],
  ['an untrusted certificate', new RequestError('a', new ConnectionError('untrusted', { sent: false, permanent: true })), false],
  ['a temporary error of a server', new Unreachable('503'), true],
  ['a bug', new TypeError('a bug'), false],
])('isTransient judges %s', (_, error, expected) => {
  expect(isTransient(error)).toBe(expected);
});
