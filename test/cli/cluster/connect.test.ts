import { IncomingMessage, ServerResponse } from 'node:http';
import { HttpError, Unreachable } from '../../../src/cli/base/failure';
import { ClientOptions } from '../../../src/cli/cluster/api-client';
import { connectCluster } from '../../../src/cli/cluster/connect';
import { AuthInfo, Connection } from '../../../src/cli/cluster/connection';
import { KubernetesClient } from '../../../src/cli/cluster/kubernetes-client';
import { ApiError } from '../../../src/cli/cluster/status';
import { FakeClock } from '../../support/fake-clock';
import { answerJson, httpsServer } from '../../support/loopback';
import { until } from '../../support/until';
import { TestAuthority } from '../../support/x509';

const CA = new TestAuthority();

let cluster: KubernetesClient | undefined;

afterEach(() => cluster?.close());

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function connected(handler: Handler, connection: Partial<Connection> = {}, options: Partial<ClientOptions> = {}): Promise<KubernetesClient> {
  const { port } = await httpsServer(CA.issue(), handler, { requestCert: true, rejectUnauthorized: false });
  const credentials = { description: 'a token', present: async () => ({ token: 'of-nobody' }) };
  const { signal } = new AbortController();
  cluster = connectCluster({ server: `https://127.0.0.1:${port}`, certificateAuthority: CA.certificate, credentials, ...connection },
    { variables: {}, clock: new FakeClock(), signal, retries: false, ...options });
  return cluster;
}

function status(code: number, message: string, reason?: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message, reason, details: { name: 'a', causes: [{ reason: 'FieldValueInvalid' }] } };
}

async function failureOf(attempt: Promise<unknown>): Promise<Error & { readonly exitCode: number; readonly code?: number }> {
  return attempt.then(() => expect('an answer').toBe('a failure') as never, (error: Error & { exitCode: number }) => error);
}

test('close ends a call in progress, which is not retried', async () => {
  let asked = 0;
  const it = await connected(() => {
    asked += 1;
    it.close();
  }, {}, { retries: true });
  await expect(it.get('/api/v1/namespaces/ns1/pods')).rejects.toThrow('the connection was closed');
  expect(asked).toBe(1);
});

describe('a request that is no longer permitted', () => {
  const maps = Array.from({ length: 8 }, (_, index) => `/api/v1/namespaces/ns1/configmaps/map-${index}`);

  test('is not sent after it waited for its turn or its connection', async () => {
    const abort = new AbortController();
    let [asked, isOver] = [0, false];
    const permit = () => {
      if (isOver) abort.abort(new Error('it is over'));
      abort.signal.throwIfAborted();
    };
    const it = await connected((_, response) => {
      asked += 1;
      // The permission ends before the first response: like after a pause of the process, the client learns both at once.
      isOver = true;
      answerJson(response, 200, { kind: 'ConfigMap' });
    }, { permit }, { signal: abort.signal });
    const results = await Promise.allSettled(maps.map(async (path) => it.apply(path, {})));
    expect(results.filter(({ status: outcome }) => outcome === 'rejected').map((result) => (result as PromiseRejectedResult).reason.message)).toContain('it is over');
    expect(asked).toBeLessThanOrEqual(4);
  });

  test('is not sent over a connection that was opened in the meantime', async () => {
    const abort = new AbortController();
    let [asked, times] = [0, 0];
    const permit = () => {
      times += 1;
      if (times > 1) abort.abort(new Error('it is over'));
      abort.signal.throwIfAborted();
    };
    const it = await connected(() => {
      asked += 1;
    }, { permit }, { signal: abort.signal });
    await expect(it.apply(maps[0]!, {})).rejects.toThrow('it is over');
    expect({ asked, times }).toEqual({ asked: 0, times: 2 });
  });
});

describe('after an outage', () => {
  /** A server with these responses. `undefined` closes the connection. */
  async function answered(...statuses: Array<number | undefined>): Promise<KubernetesClient> {
    const rest = [...statuses];
    return connected((request, response) => {
      const next = rest.shift();
      if (next === undefined) request.socket.destroy();
      else answerJson(response, next, next === 200 ? { kind: 'Pod' } : status(next, 'RBAC: clusterrole "admin" not found'));
    }, {}, { retries: true });
  }

  test.each([[[undefined, 403, 403, 200]], [[503, 401, 200]], [[502, 403, 401, 200]]])('401 and 403 are retried: %j', async (statuses) => {
    expect(await (await answered(...statuses)).get('/api/v1/namespaces/ns1/pods/a')).toEqual({ kind: 'Pod' });
  });

  test.each([[[403, 200]], [[500, 403, 200]], [[undefined, 404, 200]]])('other errors are final, and so are 401 and 403 without an outage: %j', async (statuses) => {
    await expect((await answered(...statuses)).get('/api/v1/namespaces/ns1/pods/a')).rejects.toMatchObject({ code: statuses.at(-2) });
  });
});

test('a watch that the caller ended is no outage: a 403 after it is final', async () => {
  let asked = 0;
  const forbidden = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 403, message: 'forbidden', reason: 'Forbidden' };
  const api = await connected(({ url = '' }, response) => {
    asked += 1;
    if (url.includes('/secrets')) answerJson(response, 403, forbidden);
    else if (!url.includes('watch=true')) answerJson(response, 200, { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] });
  }, {}, { retries: true });
  const ended = new AbortController();
  let isListed = false;
  const listed = () => {
    isListed = true;
  };
  const watching = api.watch('/api/v1/namespaces/ns1/pods', {}, { signal: ended.signal, listed })[Symbol.asyncIterator]().next();
  await until(() => asked >= 2);
  expect(isListed).toBe(true);
  ended.abort(new Error('seen enough'));
  await expect(watching).rejects.toThrow('seen enough');

  await expect(api.get('/api/v1/namespaces/ns1/secrets')).rejects.toMatchObject({ code: 403 });
  expect(asked).toBe(3);
});

describe('an error', () => {
  const PODS = '/api/v1/namespaces/ns1/pods';

  test('of the API server contains its Status', async () => {
    const forbidden = status(403, 'pods is forbidden: User "a" cannot list\u001b[31m', 'Forbidden');
    const failure = await failureOf((await connected((_, response) => answerJson(response, 403, forbidden))).get(PODS));

    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ code: 403, exitCode: 3, status: forbidden });
    expect(failure.message).toBe('list pods in ns1: the API server says 403 Forbidden: pods is forbidden: User "a" cannot list\\u001b[31m');
  });

  test.each<[string, number, string, object]>([
    ['403 of a proxy', 403, '<html>\u001b[31mblocked</html>', { name: 'HttpError', code: 403, exitCode: 3 }],
    ['401 of a proxy', 401, 'who?', { name: 'HttpError', code: 401, exitCode: 3 }],
    ['a redirect', 302, '', { name: 'HttpError', code: 302, exitCode: 1 }],
    ['JSON that is not a Status', 400, '{"error":"bad"}', { name: 'HttpError', code: 400, exitCode: 1 }],
    ['404 of a server without the API group', 404, '404 page not found\n', { name: 'ApiError', code: 404, exitCode: 1, status: { kind: 'Status', reason: 'NotFound' } }],
  ])('has the right type and exit code: %s', async (_, code, body, expected) => {
    const failure = await failureOf((await connected((__, response) => response.writeHead(code).end(body))).get(PODS));

    expect(failure).toMatchObject(expected);
    expect(failure.message).toMatch(/^list pods in ns1: /);
    expect(failure.message).not.toContain('\u001b');
  });

  test.each<[string, number, string, string]>([
    ['a Status', 503, JSON.stringify(status(503, 'starting', 'ServiceUnavailable')), 'list pods in ns1: the API server says 503 ServiceUnavailable: starting'],
    ['HTML', 502, `<html>${'x'.repeat(200)}`, `list pods in ns1: the answer is not one of an API server: 502 "<html>${'x'.repeat(154)}…"`],
    ['plain text', 429, 'Too many requests, please try again later.\n', '429 "Too many requests, please try again later.\\n"'],
    ['a response that is not JSON', 200, '<html>please log in</html>', 'list pods in ns1: the answer is not one of an API server: 200 "<html>please log in</html>"'],
    ['a list', 200, '[]', 'the answer is not one of an API server: 200 "[]"'],
  ])('that is temporary is Unreachable, with the error as its cause: %s', async (_, code, body, expected) => {
    const failure = await failureOf((await connected((__, response) => response.writeHead(code).end(body))).get(PODS));

    expect(failure).toBeInstanceOf(Unreachable);
    expect(failure.message).toContain(expected);
    expect(failure.exitCode).toBe(4);
    if (code !== 200) expect(failure.cause).toMatchObject({ code });
    if (code !== 200) expect(failure.cause).toBeInstanceOf(HttpError);
  });
});

describe('credentials', () => {
  function credentials(...presented: AuthInfo[]): Connection['credentials'] & { readonly asked: Array<boolean | undefined> } {
    const asked: Array<boolean | undefined> = [];
    return {
      asked,
      description: 'changing credentials',
      present: async (renew) => {
        asked.push(renew);
        return presented[Math.min(asked.filter(Boolean).length, presented.length - 1)] ?? {};
      },
    };
  }

  const onlyNew: Handler = ({ headers }, response) =>
    (headers.authorization === 'Bearer new' ? answerJson(response, 200, { kind: 'Pod' }) : answerJson(response, 401, status(401, 'Unauthorized', 'Unauthorized')));

  test('are renewed once after a 401', async () => {
    const changing = credentials({ token: 'old' }, { token: 'new' });

    expect(await (await connected(onlyNew, { credentials: changing })).get('/api/v1/pods')).toEqual({ kind: 'Pod' });
    expect(changing.asked).toEqual([undefined, true]);
    expect(cluster?.counts.requests).toBe(2);
  });

  test('are not sent again when renewing does not change them', async () => {
    const same = credentials({ token: 'old' });

    await expect((await connected(onlyNew, { credentials: same })).get('/api/v1/pods')).rejects.toMatchObject({ code: 401, exitCode: 3 });
    expect(cluster?.counts.requests).toBe(1);
  });

  test('cause the error 401 when the renewed ones are rejected too', async () => {
    const changing = credentials({ token: 'old' }, { token: 'older' });

    await expect((await connected(onlyNew, { credentials: changing })).get('/api/v1/pods')).rejects.toMatchObject({ code: 401 });
    expect(cluster?.counts.requests).toBe(2);
  });

  test('with another client certificate use a new connection', async () => {
    const changing = credentials({ clientCertificate: CA.issue({ commonName: 'old', hosts: [] }) }, { clientCertificate: CA.issue({ commonName: 'new', hosts: [] }) });
    const handler: Handler = (request, response) => {
      const { subject } = (request.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }).getPeerCertificate();
      answerJson(response, subject.CN === 'new' ? 200 : 401, { kind: 'Pod' });
    };

    expect(await (await connected(handler, { credentials: changing })).get('/api/v1/pods')).toEqual({ kind: 'Pod' });
    expect(cluster?.counts).toEqual({ connections: 2, requests: 2 });
  });
});

test('requests keep the path in the address of the server', async () => {
  const handler: Handler = ({ url }, response) => answerJson(response, 200, { url: url ?? '' });
  const { port } = await httpsServer(CA.issue(), handler);

  for (const path of ['', '/', '/k8s-proxy', '/k8s-proxy/']) {
    const { get, server } = await bound(`https://127.0.0.1:${port}${path}`);
    expect(await get('/api/v1/pods', { labelSelector: 'a=b,c', none: undefined })).toEqual({ url: `${path.replace(/\/$/, '')}/api/v1/pods?labelSelector=a%3Db%2Cc` });
    expect(server).toBe(`https://127.0.0.1:${port}${path.replace(/\/$/, '')}`);
  }

  async function bound(address: string) {
    const other = await connected(handler, { server: address });
    return { get: other.get.bind(other), server: other.server };
  }
});

test('the client collects the warnings of the server without duplicates', async () => {
  const warning = '299 - "a is deprecated", 299 - "say \\"b\\""';
  const handler: Handler = (_, response) => {
    response.setHeader('warning', warning);
    answerJson(response, 200, {});
  };
  const { get, warnings } = await connected(handler).then((other) => ({ get: other.get.bind(other), warnings: other.warnings }));
  await get('/a');
  await get('/a');

  expect(warnings).toEqual(['a is deprecated', 'say "b"']);
});

test('debug lines contain method, path, status, time and attempt, and nothing else', async () => {
  const [lines, clock] = [[] as string[], new FakeClock()];
  let count = 0;
  const handler: Handler = (_, response) => {
    count += 1;
    clock.pass(count);
    if (count === 1) return answerJson(response, 503, {});
    if (count === 2) return void response.destroy();
    return answerJson(response, 200, {});
  };
  const other = await connected(handler, {}, { debug: (line) => lines.push(line), retries: true, clock });
  await other.apply('/api/v1/namespaces/a', { secret: 'hunter2' });

  expect(lines.map((line) => line.replace(/:\d+ /, ':PORT '))).toEqual([
    'PATCH /api/v1/namespaces/a 503, 1 ms',
    'PATCH /api/v1/namespaces/a request to https://127.0.0.1:PORT failed: it closed the connection without an answer, 2 ms, attempt 2',
    'PATCH /api/v1/namespaces/a 200, 3 ms, attempt 3',
  ]);
});
