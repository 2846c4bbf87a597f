import { existsSync, readFileSync } from 'node:fs';
import { FaultProxy } from './fault-proxy';
import { answerCut, answering, answerLost, cutAfter, cutBefore, delayed, Fault, hanging, hangingAfter } from './faults';
import { Unreachable } from '../../src/cli/base/failure';
import { HttpResponse, HttpClient } from '../../src/cli/http/http';
import { createHttpClient } from '../../src/cli/http/http-client';
import { FakeClock } from '../support/fake-clock';
import { bodyOf, httpServer, httpsServer } from '../support/loopback';
import { TestAuthority } from '../support/x509';

const CA = new TestAuthority();

let proxy: FaultProxy;
let door: HttpClient;
let clock: FakeClock;
let served: string[];

beforeEach(async () => {
  served = [];
  const server = await httpsServer(CA.issue(), (request, response) => {
    void bodyOf(request).then((body) => {
      served.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'nobody'} ${body}`.trim());
      response.writeHead(200, { 'content-type': 'application/json' });
      if (request.url?.includes('watch')) response.write('{"event":1}\n');
      else response.end(JSON.stringify({ answer: served.length }));
    });
  });
  proxy = await FaultProxy.start({ server: `https://127.0.0.1:${server.port}`, ca: CA.certificate });
  clock = new FakeClock();
  door = newDoor();
});

afterEach(async () => {
  door.close();
  await proxy.stop();
});

/** Makes a client whose time limits end only when the test moves the clock. */
function newDoor(): HttpClient {
  return createHttpClient({ certificateAuthority: proxy.certificateAuthority }, {}, clock);
}

/** Makes the time limit end after the fault has begun. */
function andTimeIsUp(fault: Fault): Fault {
  return async (exchange) => {
    await fault(exchange);
    clock.pass(800);
  };
}

async function ask(path = '/a', method: 'GET' | 'POST' = 'GET'): Promise<HttpResponse> {
  const body = method === 'POST' ? 'sent' : undefined;
  return door.exchange({ method, url: new URL(path, proxy.url), headers: { authorization: 'somebody' }, body, timeout: 800 });
}

async function answers(path?: string, method?: 'GET' | 'POST'): Promise<string> {
  return ask(path, method).then(({ status, body }) => `${status} ${body}`, (error: Unreachable) => error.message.replace(proxy.url, 'proxy'));
}

test('a request without a fault passes unchanged, and the proxy records it', async () => {
  expect(await answers('/a?b=c', 'POST')).toBe('200 {"answer":1}');
  expect(served).toEqual(['POST /a?b=c somebody sent']);
  expect(proxy.requests).toEqual([{ method: 'POST', path: '/a?b=c', connection: 1, status: 200 }]);
  expect(readFileSync(proxy.certificateAuthorityFile, 'utf8')).toBe(proxy.certificateAuthority);
});

test.each<[string, Fault, string, number]>([
  ['is cut before it', cutBefore, 'request to proxy failed: it closed the connection without an answer', 0],
  ['is cut in place of the answer', answerLost, 'request to proxy failed: it closed the connection without an answer', 1],
  ['is cut in the middle of the answer', answerCut, 'request to proxy failed: it closed the connection in the middle of the answer', 1],
  ['is cut after the answer', cutAfter, '200 {"answer":1}', 1],
  ['hangs', andTimeIsUp(hanging), 'request to proxy failed: no answer within 0.8 s. Is the server overloaded?', 0],
  ['hangs after it was served', andTimeIsUp(hangingAfter), 'request to proxy failed: no answer within 0.8 s. Is the server overloaded?', 1],
  ['is late', delayed(50), '200 {"answer":1}', 1],
  ['is answered 429', answering(429, { retryAfter: 1, message: 'busy' }),
    '429 {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"busy","reason":"TooManyRequests","code":429}', 0],
  ['is answered 502 by a load balancer', answering(502, { html: true, message: 'Bad Gateway' }), '502 <html><body>\u001b[31m502 Bad Gateway</body></html>', 0],
])('the next request %s, and the one after it passes', async (_, fault, expected, reached) => {
  const placed = proxy.place(fault);

  expect(await answers()).toBe(expected);
  expect(served).toHaveLength(reached);
  expect(placed).toMatchObject({ matched: 1, met: 1 });
  // A new client, because the old one may not know yet that its connection was cut after the answer.
  door.close();
  door = newDoor();
  expect(await answers()).toBe(`200 {"answer":${reached + 1}}`);
});

test('a fault begins at the nth matching request and hits as many as it is for', async () => {
  const placed = proxy.place(answering(503, { html: true }), { method: 'POST', path: /^\/b/, nth: 2, times: 2 });
  const statuses: number[] = [];
  for (const [path, method] of [['/b', 'POST'], ['/b', 'GET'], ['/a', 'POST'], ['/b', 'POST'], ['/b', 'POST'], ['/b', 'POST']] as const) {
    statuses.push((await ask(path, method)).status);
  }

  expect(statuses).toEqual([200, 200, 200, 503, 503, 200]);
  expect(placed).toMatchObject({ matched: 4, met: 2 });
  expect(proxy.requests.map(({ status }) => status)).toEqual(statuses);
});

test('an answer has the Retry-After of the fault', async () => {
  proxy.place(answering(503, { retryAfter: 'Thu, 01 Jan 2026 00:00:05 GMT' }));

  expect((await ask()).headers['retry-after']).toBe('Thu, 01 Jan 2026 00:00:05 GMT');
});

test('a watch passes piece by piece, and a fault can cut it', async () => {
  const url = new URL('/watch', proxy.url);
  const { body } = await door.stream({ method: 'GET', url, headers: {}, timeout: 5000 });
  for await (const piece of body) {
    expect(piece).toBe('{"event":1}\n');
    break;
  }
  proxy.place(answerCut);
  const cut = await door.stream({ method: 'GET', url, headers: {}, timeout: 5000 });
  const read = async () => {
    for await (const piece of cut.body) expect(piece).toBe('{"event":1');
  };

  await expect(read()).rejects.toThrow('it closed the connection in the middle of the answer');
});

test('the proxy refuses connections, and accepts them again on the same port', async () => {
  const { url } = proxy;
  await proxy.refuse();
  expect(await answers()).toBe('cannot connect to proxy: connection refused. Is the server up, and is the port right?');

  await proxy.accept();
  expect(proxy.url).toBe(url);
  expect(await answers()).toBe('200 {"answer":1}');
});

test('a reset removes faults and records', async () => {
  proxy.place(cutBefore);
  await answers();
  proxy.place(cutBefore);
  proxy.reset();

  expect(await answers()).toBe('200 {"answer":1}');
  expect(proxy.requests).toHaveLength(1);
});

test('the proxy of a server without TLS has no TLS, and leaves no folder', async () => {
  const server = await httpServer((request, response) => response.end(request.url));
  const plain = await FaultProxy.start({ server: `http://127.0.0.1:${server.port}/api/v4/` });
  const answer = await door.exchange({ method: 'GET', url: new URL(`${plain.url}/projects/1`), headers: {}, timeout: 5000 });
  await plain.stop();

  expect(answer).toMatchObject({ status: 200, body: '/api/v4/projects/1' });
  expect(existsSync(plain.certificateAuthorityFile)).toBe(false);
});
