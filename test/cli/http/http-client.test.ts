import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { RequestListener } from 'node:http';
import { connect, createServer } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { UserError } from '../../../src/base/user-error';
import { Interrupted, Unreachable } from '../../../src/cli/base/failure';
import { HttpClient, HttpRequest } from '../../../src/cli/http/http';
import { createHttpClient } from '../../../src/cli/http/http-client';
import { ConnectionError } from '../../../src/cli/http/network-errors';
import { TransportConfig } from '../../../src/cli/http/tls';
import { CiVariables } from '../../../src/gitlab/ci-variables';
import { FakeClock } from '../../support/fake-clock';
import { bodyOf, httpServer, httpsServer, listen, Loopback } from '../../support/loopback';
import { TestAuthority } from '../../support/x509';

const CA = new TestAuthority();
const SERVING = CA.issue();
const SECRET = 'token-of-nobody';

const MEBIBYTE = 1024 * 1024;

/** Writes until the client closes the connection. */
function endless(status: number): RequestListener {
  return (_, response) => {
    const chunk = Buffer.alloc(65_536, 'x');
    const write = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.writeHead(status).on('drain', write);
    write();
  };
}

const clients: HttpClient[] = [];

/** Time limits end when a test moves the clock, however slow the machine is. */
let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
});

afterEach(() => clients.splice(0).forEach((client) => client.close()));

function clientWith(transport: TransportConfig = { certificateAuthority: CA.certificate, certificateAuthorityName: 'the CA of the test' }, variables: CiVariables = {}): HttpClient {
  const client = createHttpClient(transport, variables, clock);
  clients.push(client);
  return client;
}

/** The head of the next answer has reached the client. */
async function headOfAnswer(): Promise<void> {
  await new Promise<void>((resolve) => {
    const arrived = () => {
      unsubscribe('http.client.response.finish', arrived);
      setImmediate(resolve);
    };
    subscribe('http.client.response.finish', arrived);
  });
}

function get(address: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url: new URL(address), headers: { authorization: `Bearer ${SECRET}` }, timeout: 5000, ...more };
}

function addressOf({ port }: Loopback, scheme = 'https', host = '127.0.0.1'): string {
  return `${scheme}://${host}:${port}/`;
}

async function failure(attempt: Promise<unknown>): Promise<{ message: string; sent: boolean; permanent: boolean }> {
  const error = await attempt.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(Unreachable);
  const { message, cause } = error as Unreachable;
  expect(cause).toBeInstanceOf(ConnectionError);
  expect(message).not.toContain(SECRET);
  const { sent, permanent } = cause as ConnectionError;
  return { message: message.replace(/:\d+\b/, ':PORT').replace(/:\d+ \(/, ':PROXY ('), sent, permanent };
}

describe('an exchange', () => {
  test('sends method, path, headers and body, and returns the whole response', async () => {
    const server = await httpsServer(SERVING, (request, response) => {
      void bodyOf(request).then((body) => {
        response.writeHead(418, { 'X-Twice': ['a', 'b'], 'Warning': '299 - "old"' });
        response.end(JSON.stringify({ method: request.method, url: request.url, type: request.headers['content-type'], agent: request.headers['user-agent'], body }));
      });
    });
    const request = get(`${addressOf(server)}a%2Fb/c?d=e%26`, { method: 'PATCH', headers: { 'content-type': 'text/plain' }, body: 'ä' });

    const { status, headers, body } = await clientWith().exchange(request);

    expect(status).toBe(418);
    expect(headers).toMatchObject({ 'x-twice': 'a, b', 'warning': '299 - "old"' });
    expect(JSON.parse(body)).toEqual({ method: 'PATCH', url: '/a%2Fb/c?d=e%26', type: 'text/plain', agent: 'cdk8s-ci-deploy', body: 'ä' });
  });

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)('of %s sends the length of its body', async (method) => {
    const server = await httpsServer(SERVING, (request, response) => {
      void bodyOf(request).then((body) => response.end(`${request.headers['content-length']} ${request.headers['transfer-encoding']} ${body}`));
    });
    const client = clientWith();

    expect((await client.exchange(get(addressOf(server), { method, body: 'ä' }))).body).toBe('2 undefined ä');
    expect((await client.exchange(get(addressOf(server), { method, body: 'b' }))).body).toBe('1 undefined b');
  });

  test('follows no redirect', async () => {
    const server = await httpsServer(SERVING, (_, response) => response.writeHead(302, { location: 'https://203.0.113.1/' }).end());

    expect(await clientWith().exchange(get(addressOf(server)))).toMatchObject({ status: 302, headers: { location: 'https://203.0.113.1/' } });
  });

  test('uses one connection in sequence, and four for sixty at once', async () => {
    const server = await httpsServer(SERVING, (_, response) => setTimeout(() => response.end('{}'), 5));
    const client = clientWith();

    for (let turn = 0; turn < 3; turn += 1) await client.exchange(get(addressOf(server)));
    expect(client.counts).toEqual({ connections: 1, requests: 3 });

    await Promise.all(Array.from({ length: 60 }, async () => client.exchange(get(addressOf(server)))));
    expect(client.counts).toEqual({ connections: 4, requests: 63 });
  });

  test('is rejected over http to another machine, and for other schemes', async () => {
    await expect(clientWith().exchange(get('http://203.0.113.1/'))).rejects.toThrow(UserError);
    await expect(clientWith().exchange(get('http://203.0.113.1/'))).rejects.toThrow('"http://203.0.113.1": it is not https');
    await expect(clientWith().exchange(get('file:///etc/passwd'))).rejects.toThrow('"file:": it is not https');
  });

  test('works over http on the loopback interface', async () => {
    const server = await httpServer((_, response) => response.end('{}'));

    expect(await clientWith({}).exchange(get(addressOf(server, 'http')))).toMatchObject({ status: 200, body: '{}' });
  });

  test('ends with the reason of its signal', async () => {
    const abort = new AbortController();
    const server = await httpsServer(SERVING, () => abort.abort(new Interrupted('SIGTERM')));
    const attempt = clientWith().exchange(get(addressOf(server)), abort.signal);

    await expect(attempt).rejects.toThrow(new Interrupted('SIGTERM'));
    await expect(clientWith().exchange(get(addressOf(server)), abort.signal)).rejects.toThrow('ended by SIGTERM');
  });

  test('rejects a response above 64 MiB', async () => {
    const chunk = Buffer.alloc(1024 * 1024);
    const server = await httpsServer(SERVING, (_, response) => {
      for (let count = 0; count < 65; count += 1) response.write(chunk);
      response.end();
    });

    expect(await failure(clientWith().exchange(get(addressOf(server))))).toEqual({
      message: 'request to https://127.0.0.1:PORT failed: its answer is larger than 64 MiB', sent: true, permanent: true,
    });
  });

  test('uses the size limit of its request', async () => {
    const server = await httpsServer(SERVING, (_, response) => response.end('x'.repeat(2 * MEBIBYTE + 1)));

    expect((await clientWith().exchange(get(addressOf(server), { largest: 3 * MEBIBYTE }))).body).toHaveLength(2 * MEBIBYTE + 1);
    expect((await failure(clientWith().exchange(get(addressOf(server), { largest: 2 * MEBIBYTE })))).message).toContain('its answer is larger than 2 MiB');
  });

  test.each([302, 404, 500])('cuts the endless body of a %i after 1 MiB and keeps the status', async (status) => {
    const server = await httpsServer(SERVING, endless(status));

    const response = await clientWith().exchange(get(addressOf(server)));

    expect({ status: response.status, length: response.body.length }).toEqual({ status, length: MEBIBYTE });
  });
});

describe('a failed exchange explains the failure and whether the server may have received the request', () => {
  test.each<[string, (server: Loopback) => void, string]>([
    ['closing the connection', ({ server }) => server.on('request', (request) => request.socket.destroy()), 'it closed the connection without an answer'],
    ['closing the connection in the middle', ({ server }) => server.on('request', (request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"kind":', () => request.socket.destroy());
    }), 'it closed the connection in the middle of the answer'],
    ['not speaking HTTP', ({ server }) => server.on('request', (request) => request.socket.end('SMTP ready\r\n')), 'its answer is not HTTP (HPE_INVALID_CONSTANT)'],
    ['hanging', ({ server }) => server.on('request', () => clock.pass(600)), 'no answer within 0.6 s. Is the server overloaded?'],
    ['hanging in the middle', ({ server }) => server.on('request', (_, response) => {
      void headOfAnswer().then(() => clock.pass(600));
      response.write('{');
    }), 'no complete answer within 0.6 s'],
  ])('with a server that is %s', async (_, behave, expected) => {
    const server = await httpsServer(SERVING, () => undefined);
    behave(server);

    const { message, sent } = await failure(clientWith().exchange(get(addressOf(server), { timeout: 600 })));

    expect(message).toBe(`request to https://127.0.0.1:PORT failed: ${expected}`);
    expect(sent).toBe(true);
  });

  test('with a closed port', async () => {
    const { port, close } = await httpServer(() => undefined);
    await close();

    expect(await failure(clientWith().exchange(get(`https://127.0.0.1:${port}/`)))).toEqual({
      message: 'cannot connect to https://127.0.0.1:PORT: connection refused. Is the server up, and is the port right?', sent: false, permanent: false,
    });
  });

  test('with a host that does not exist', async () => {
    const { message, sent } = await failure(clientWith().exchange(get('https://does-not-exist.invalid:1/')));

    expect(message).toMatch(/^cannot connect to https:\/\/does-not-exist\.invalid:PORT: (?:host not found|the name server does not answer)\. /);
    expect(sent).toBe(false);
  });

  test('with a server that does not answer TLS', async () => {
    const server = await listen(createServer(() => clock.pass(100)));

    expect(await failure(clientWith().exchange(get(addressOf(server), { timeout: 100 })))).toEqual({
      message: 'cannot connect to https://127.0.0.1:PORT: no connection within 0.1 s. Does a firewall block it, or does this machine need a proxy (HTTPS_PROXY)?', sent: false, permanent: false,
    });
  });

  test('with a server that does not speak TLS', async () => {
    const server = await httpServer((_, response) => response.end());

    expect(await failure(clientWith().exchange(get(addressOf(server))))).toEqual({
      message: 'cannot connect to https://127.0.0.1:PORT: it does not speak TLS. Is this the port for https?', sent: false, permanent: true,
    });
  });

  test('with a server that closes the connection during TLS', async () => {
    const server = await listen(createServer((socket) => socket.destroy()));

    expect(await failure(clientWith().exchange(get(addressOf(server))))).toEqual({
      message: 'cannot connect to https://127.0.0.1:PORT: it closed the connection before the TLS handshake was complete', sent: false, permanent: false,
    });
  });
});

describe('TLS', () => {
  const DAY = 86_400_000;
  const UNTRUSTED = 'cannot connect to https://127.0.0.1:PORT: its TLS certificate is not trusted: ';

  test.each<[string, TransportConfig, ReturnType<TestAuthority['issue']>, string]>([
    ['signed by another CA', { certificateAuthority: new TestAuthority('another').certificate, certificateAuthorityName: 'the kubeconfig\'s certificate-authority-data' },
      SERVING, 'it was verified with the kubeconfig\'s certificate-authority-data, and none of them signed it'],
    ['signed by another CA of the same name', { certificateAuthority: new TestAuthority().certificate }, SERVING,
      'it was verified with the given CA certificates, and none of them signed it'],
    ['signed by a private CA', {}, SERVING, 'it was verified with the certificates Node trusts, and none of them signed it'],
    ['signed by none of Node\'s CAs and the given one', { certificateAuthority: new TestAuthority('another').certificate, certificateAuthorityName: 'CA file ca.pem', alsoTrusted: true },
      SERVING, 'it was verified with the certificates Node trusts, and CA file ca.pem, and none of them signed it'],
    ['expired', { certificateAuthority: CA.certificate }, CA.issue({ notAfter: new Date(Date.now() - DAY / 2) }), 'it has expired'],
    ['not valid yet', { certificateAuthority: CA.certificate }, CA.issue({ notBefore: new Date(Date.now() + DAY / 2) }),
      'it is not valid yet (or the clock of this machine is wrong)'],
    ['for another host', { certificateAuthority: CA.certificate }, CA.issue({ hosts: ['api.example.com', '192.0.2.1'] }),
      'it is for "DNS:api.example.com, IP Address:192.0.2.1", not for "127.0.0.1"'],
    ['not for the server name', { certificateAuthority: CA.certificate, serverName: 'kubernetes' }, SERVING,
      'it is for "DNS:localhost, IP Address:127.0.0.1", not for "kubernetes"'],
  ])('rejects a certificate that is %s', async (_, transport, certified, expected) => {
    const server = await httpsServer(certified, (__, response) => response.end('{}'));

    expect(await failure(clientWith(transport).exchange(get(addressOf(server))))).toEqual({ message: `${UNTRUSTED}${expected}`, sent: false, permanent: true });
  });

  test.each<[string, TransportConfig, ReturnType<TestAuthority['issue']>]>([
    ['the given CA', { certificateAuthority: CA.certificate }, SERVING],
    ['one of several CAs', { certificateAuthority: new TestAuthority('another').certificate + CA.certificate }, SERVING],
    ['the given CA beside those of Node', { certificateAuthority: CA.certificate, alsoTrusted: true }, SERVING],
    ['the given CA, for the given server name', { certificateAuthority: CA.certificate, serverName: 'kubernetes' }, CA.issue({ hosts: ['kubernetes'] })],
    ['the given CA, for an address as the server name', { certificateAuthority: CA.certificate, serverName: '10.96.0.1' }, CA.issue({ hosts: ['10.96.0.1'] })],
  ])('accepts a certificate of %s', async (_, transport, certified) => {
    const server = await httpsServer(certified, (__, response) => response.end('{}'));

    expect((await clientWith(transport).exchange(get(addressOf(server)))).status).toBe(200);
  });

  test('needs at least version 1.2', async () => {
    const server = await httpsServer(SERVING, (_, response) => response.end(), { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' });

    const { message, sent, permanent } = await failure(clientWith().exchange(get(addressOf(server))));

    expect(message).toMatch(/^cannot connect to https:\/\/127\.0\.0\.1:PORT: no TLS connection: /);
    expect([sent, permanent]).toEqual([false, true]);
  });

  test('resumes the session of an earlier connection to the same server only', async () => {
    const ticketKeys = Buffer.alloc(48, 1);
    const resumed: boolean[][] = [[], []];
    const servers = await Promise.all(resumed.map(async (log) => {
      const loopback = await httpsServer(SERVING, (_, response) => response.writeHead(200, { connection: 'close' }).end('{}'), { ticketKeys });
      loopback.server.on('secureConnection', (socket: TLSSocket) => log.push(socket.isSessionReused()));
      return loopback;
    }));
    const client = clientWith();

    for (const server of [servers[0]!, servers[0]!, servers[1]!]) await client.exchange(get(addressOf(server)));

    expect(resumed).toEqual([[false, true], [false]]);
  });

  test('sends the client certificate', async () => {
    const client = CA.issue({ commonName: 'admin', hosts: [] });
    const server = await httpsServer(SERVING, (request, response) => {
      const { subject } = (request.socket as unknown as { getPeerCertificate(): { subject?: { CN: string } } }).getPeerCertificate();
      response.end(subject?.CN);
    }, { requestCert: true, rejectUnauthorized: false });
    const trust = { certificateAuthority: CA.certificate, clientCertificate: client };

    expect((await clientWith(trust).exchange(get(addressOf(server)))).body).toBe('admin');
    expect((await clientWith().exchange(get(addressOf(server)))).body).toBe('');
  });

  test('rejects a client certificate with the key of another, and the error shows neither', () => {
    const act = () => createHttpClient({ clientCertificate: { certificate: CA.issue().certificate, key: CA.issue().key } }, {}, new FakeClock());

    expect(act).toThrow(UserError);
    expect(act).toThrow('client certificate: it does not belong to its key');
    expect(act).not.toThrow('BEGIN');
  });
});

describe('a proxy', () => {
  /** Connects every host to 127.0.0.1 and logs the requests. */
  async function proxy(log: string[], answer?: string): Promise<Loopback> {
    const server = await httpServer(() => undefined);
    server.server.on('connect', (request, socket) => {
      log.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? 'nobody'} ${request.headers.authorization ?? ''}`.trim());
      if (answer) return socket.end(answer);
      const upstream = connect(Number(request.url.split(':').pop()), '127.0.0.1', () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'));
      upstream.on('error', () => socket.destroy());
      return upstream.pipe(socket).pipe(upstream);
    });
    return server;
  }

  const forExample = CA.issue({ hosts: ['api.example.com'] });

  test('of the environment gets CONNECT with its own credentials and no others', async () => {
    const log: string[] = [];
    const [server, { port }] = [await httpsServer(forExample, (_, response) => response.end('{}')), await proxy(log)];
    const client = clientWith({ certificateAuthority: CA.certificate }, { HTTPS_PROXY: `http://us%20er:pass@127.0.0.1:${port}` });

    for (let turn = 0; turn < 2; turn += 1) expect((await client.exchange(get(addressOf(server, 'https', 'api.example.com')))).status).toBe(200);

    expect(log).toEqual([`CONNECT api.example.com:${server.port} Basic ${Buffer.from('us er:pass').toString('base64')}`]);
    expect(client.counts).toEqual({ connections: 1, requests: 2 });
  });

  test('of the transport goes before the environment, also for loopback', async () => {
    const log: string[] = [];
    const [server, { port }] = [await httpsServer(SERVING, (_, response) => response.end('{}')), await proxy(log)];
    const trust = { certificateAuthority: CA.certificate, proxy: `http://127.0.0.1:${port}` };

    expect((await clientWith(trust, { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' }).exchange(get(addressOf(server)))).status).toBe(200);
    expect(log).toEqual([`CONNECT 127.0.0.1:${server.port} nobody`]);
  });

  test('may speak https itself', async () => {
    const server = await httpsServer(forExample, (_, response) => response.end('{}'));
    const secure = await httpsServer(SERVING, () => undefined);
    secure.server.on('connect', (_, socket) => {
      const upstream = connect(server.port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      upstream.pipe(socket).pipe(upstream);
    });
    const client = clientWith({ certificateAuthority: CA.certificate }, { HTTPS_PROXY: `https://127.0.0.1:${secure.port}` });

    expect((await client.exchange(get(addressOf(server, 'https', 'api.example.com')))).status).toBe(200);
  });

  test.each<[string, string, boolean]>([
    ['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'the proxy answered 407 "Proxy Authentication Required" to CONNECT. Are the user name and password in the proxy\'s address right?', true],
    ['HTTP/1.1 403 \u001b[31m\r\n\r\n', 'the proxy answered 403 "\\u001b[31m" to CONNECT', true],
    ['HTTP/1.1 502 Bad Gateway\r\n\r\n', 'the proxy answered 502 "Bad Gateway" to CONNECT', false],
    ['garbage\r\n\r\n', 'its answer is not HTTP (HPE_INVALID_CONSTANT)', true],
  ])('that answers %j is reported without its password', async (answer, expected, permanent) => {
    const { port } = await proxy([], answer);
    const client = clientWith(undefined, { HTTPS_PROXY: `http://user:hunter2@127.0.0.1:${port}` });

    expect(await failure(client.exchange(get('https://api.example.com:6443/')))).toEqual({
      message: `cannot connect to https://api.example.com:PORT through the proxy http://127.0.0.1:PROXY (HTTPS_PROXY): ${expected}`, sent: false, permanent,
    });
  });

  test('that hangs is reported at the time limit', async () => {
    const { port } = await listen(createServer(() => clock.pass(100)));
    const client = clientWith(undefined, { HTTPS_PROXY: `http://127.0.0.1:${port}` });

    const { message, sent } = await failure(client.exchange(get('https://api.example.com/', { timeout: 100 })));

    expect(message).toContain('no connection within 0.1 s');
    expect(sent).toBe(false);
  });

  test('of type SOCKS is rejected', async () => {
    const client = clientWith(undefined, { ALL_PROXY: 'socks5://127.0.0.1:1080' });

    await expect(client.exchange(get('https://api.example.com/'))).rejects.toThrow('ALL_PROXY: it is a SOCKS proxy, which this command does not support');
  });
});

describe('a stream', () => {
  test('returns pieces as they arrive, without splitting characters', async () => {
    const server = await httpsServer(SERVING, (_, response) => {
      const bytes = Buffer.from('{"ä":1}\n');
      response.write(bytes.subarray(0, 3));
      setTimeout(() => response.end(bytes.subarray(3)), 20);
    });

    const { status, body } = await clientWith().stream(get(addressOf(server)));
    let text = '';
    for await (const piece of body) text += piece;

    expect(status).toBe(200);
    expect(text).toBe('{"ä":1}\n');
  });

  test('does not count as one of the four requests', async () => {
    const server = await httpsServer(SERVING, (request, response) => (request.url === '/watch' ? response.write('\n') : response.end('{}')));
    const client = clientWith();
    const streams = await Promise.all(Array.from({ length: 5 }, async () => client.stream(get(`${addressOf(server)}watch`))));

    expect((await client.exchange(get(addressOf(server)))).status).toBe(200);
    for (const { body } of streams) for await (const _ of body) break;
  });

  test('closes its connection when the reader stops', async () => {
    const closed = new Promise<void>((resolve) => {
      void httpsServer(SERVING, (request, response) => {
        request.socket.once('close', () => resolve());
        response.write('\n');
      }).then(async (server) => {
        const { body } = await clientWith().stream(get(addressOf(server)));
        for await (const _ of body) break;
      });
    });

    await expect(closed).resolves.toBeUndefined();
  });

  test.each([
    ['silent', true, 'no complete answer within 0.6 s'],
    ['closing the connection', false, 'it closed the connection in the middle of the answer'],
  ])('fails when the server is %s', async (_, isSilent, expected) => {
    const server = await httpsServer(SERVING, (request, response) => response.write('\n', () => isSilent || request.socket.destroy()));
    const { body } = await clientWith().stream(get(addressOf(server), { timeout: 600 }));
    const read = async () => {
      for await (const piece of body) {
        expect(piece).toBe('\n');
        if (isSilent) clock.pass(600);
      }
    };

    expect((await failure(read())).message).toBe(`request to https://127.0.0.1:PORT failed: ${expected}`);
  });

  test('ends at the time limit, although pieces arrive', async () => {
    const server = await httpsServer(SERVING, (_, response) => void setInterval(() => response.write('\n'), 5).unref());
    const { body } = await clientWith().stream(get(addressOf(server), { timeout: 600 }));
    let pieces = 0;
    const read = async () => {
      for await (const _ of body) {
        pieces += 1;
        clock.pass(100);
      }
    };

    expect((await failure(read())).message).toContain('no complete answer within 0.6 s');
    expect(pieces).toBeLessThanOrEqual(6);
  });

  test('ends at the size limit, and may be opened again', async () => {
    const server = await httpsServer(SERVING, endless(200));
    const { body } = await clientWith().stream(get(addressOf(server), { largest: MEBIBYTE }));
    let size = 0;
    const read = async () => {
      for await (const piece of body) size += piece.length;
    };

    expect(await failure(read())).toMatchObject({ message: expect.stringContaining('its answer is larger than 1 MiB'), permanent: false });
    expect(size).toBeLessThanOrEqual(MEBIBYTE);
  });

  test.each([403, 500])('with the status %i has a body that is cut after 1 MiB', async (status) => {
    const server = await httpsServer(SERVING, endless(status));
    const { status: answered, body } = await clientWith().stream(get(addressOf(server)));
    let text = '';
    for await (const piece of body) text += piece;

    expect({ answered, length: text.length }).toEqual({ answered: status, length: MEBIBYTE });
  });

  test('ends with the reason of its signal', async () => {
    const server = await httpsServer(SERVING, (_, response) => response.write('\n'));
    const abort = new AbortController();
    const { body } = await clientWith().stream(get(addressOf(server)), abort.signal);
    const read = async () => {
      for await (const _ of body) abort.abort(new Interrupted('SIGINT'));
    };

    await expect(read()).rejects.toThrow('ended by SIGINT');
  });
});
