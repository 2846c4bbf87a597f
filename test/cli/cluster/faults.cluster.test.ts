import { Unreachable } from '../../../src/cli/base/failure';
import { administratorConnection } from '../../../src/cli/cluster/administrator';
import { ClientOptions } from '../../../src/cli/cluster/api-client';
import { connectCluster } from '../../../src/cli/cluster/connect';
import { Connection } from '../../../src/cli/cluster/connection';
import { KubernetesClient } from '../../../src/cli/cluster/kubernetes-client';
import { collectionPath } from '../../../src/cli/cluster/paths';
import { systemClock } from '../../../src/cli/io/clock';
import { Cluster as TestCluster, runKubectl, tryKubectl } from '../../cluster/cluster';
import { FaultProxy } from '../../cluster/fault-proxy';
import { answerCut, answering, answerLost, cutAfter, cutBefore, delayed, Fault, hanging, hangingAfter } from '../../cluster/faults';
import { COMPILE_TIMEOUT } from '../../cluster/programs';
import { shareCluster } from '../../cluster/shared-cluster';
import { commandContext } from '../../support/command-context';
import { FakeClock } from '../../support/fake-clock';

const NAMESPACE = 'faults-test';
const CONFIG_MAPS = collectionPath({ group: '', version: 'v1', resource: 'configmaps', namespace: NAMESPACE });
const LIMIT = 1500;
const BUDGET = { perCall: LIMIT, total: 20_000 };

let testCluster: TestCluster;
let proxy: FaultProxy;
let cluster: KubernetesClient;
/** The client's clock: pauses between attempts end at once, and a call reaches its time limit only when the server hangs. */
let clock: FakeClock;
let count = 0;

beforeAll(async () => {
  testCluster = await shareCluster();
  runKubectl(testCluster.kubeconfig, ['create', 'namespace', NAMESPACE]);
  proxy = await FaultProxy.inFrontOf(testCluster.kubeconfig);
}, COMPILE_TIMEOUT);

afterAll(async () => {
  await proxy?.stop();
  await testCluster?.stop();
});

beforeEach(async () => {
  proxy.reset();
  clock = new FakeClock();
  cluster = await through();
});

afterEach(() => cluster.close());

async function through(options: Partial<ClientOptions> = {}): Promise<KubernetesClient> {
  const { variables, signal } = commandContext();
  return connectCluster(await connection(), { variables, signal, clock, budget: BUDGET, ...options });
}

/** A server that hangs until the client has waited this long. */
function hangingFor(milliseconds: number, fault = hanging): Fault {
  return async (exchange) => {
    await fault(exchange);
    clock.pass(milliseconds);
  };
}

async function connection(): Promise<Connection> {
  return (await administratorConnection(commandContext(), { kubeconfig: proxy.kubeconfig(testCluster.kubeconfig) })).connection;
}

function configMap(): { readonly name: string; readonly path: string; readonly object: object } {
  count += 1;
  const name = `map-${count}`;
  return { name, path: `${CONFIG_MAPS}/${name}`, object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: 'b' } } };
}

function stored(name: string): boolean {
  return tryKubectl(testCluster.kubeconfig, ['get', 'configmap', name, '-n', NAMESPACE]).status === 0;
}

/** Temporary faults. */
const TRANSIENT: Array<[string, Fault]> = [
  ['a connection closed before the request', cutBefore],
  ['a lost answer', answerLost],
  ['half an answer', answerCut],
  ['a server that hangs', hangingFor(LIMIT)],
  ['a server that hangs after the write', hangingFor(LIMIT, hangingAfter)],
  ['a late answer', delayed(300)],
  ['429 with Retry-After', answering(429, { retryAfter: 1 })],
  ['429 without Retry-After', answering(429)],
  ['500: etcdserver: leader changed', answering(500, { message: 'etcdserver: leader changed' })],
  ['502 of a load balancer', answering(502, { html: true })],
  ['503 with Retry-After', answering(503, { retryAfter: 1 })],
  ['503 without Retry-After', answering(503)],
  ['504', answering(504, { html: true })],
];

describe('server-side apply survives', () => {
  test.each(TRANSIENT)('%s', async (_, fault) => {
    const { name, path, object } = configMap();
    proxy.place(fault, { method: 'PATCH' });

    expect(await cluster.apply(path, object)).toMatchObject({ data: { a: 'b' } });
    expect(stored(name)).toBe(true);
  });

  test('several faults in a row', async () => {
    const { path, object } = configMap();
    proxy.place(answering(503), { method: 'PATCH', times: 2 });
    proxy.place(cutBefore, { method: 'PATCH', nth: 3 });
    proxy.place(answerLost, { method: 'PATCH', nth: 4 });

    expect(await cluster.apply(path, object)).toMatchObject({ data: { a: 'b' } });
    expect(proxy.requests.map(({ status }) => status)).toEqual([503, 503, undefined, undefined, 200]);
  });

  test('a server that refuses connections for a while', async () => {
    const { path, object } = configMap();
    await cluster.get('/version');
    await proxy.refuse();
    cluster.close();
    let isRefused = false;
    const debug = (line: string) => {
      if (!isRefused && line.includes('refused')) void proxy.accept();
      isRefused ||= line.includes('refused');
    };
    cluster = await through({ clock: systemClock, budget: { perCall: 60_000, total: 120_000 }, debug });

    expect(await cluster.apply(path, object)).toMatchObject({ data: { a: 'b' } });
    expect(isRefused).toBe(true);
  });

  test('an idle connection that was closed', async () => {
    proxy.place(cutAfter, { path: /version/ });
    await cluster.get('/version');
    const { path, object } = configMap();

    expect(await cluster.apply(path, object)).toMatchObject({ data: { a: 'b' } });
  });
});

describe('deletion', () => {
  test.each(TRANSIENT)('survives %s', async (_, fault) => {
    const { name, path, object } = configMap();
    await cluster.apply(path, object);
    proxy.place(fault, { method: 'DELETE' });

    expect(await cluster.delete(path)).toBe(true);
    expect(stored(name)).toBe(false);
  });
});

describe('a creation that is not repeatable', () => {
  test.each<[string, Fault]>([
    ['429 with Retry-After', answering(429, { retryAfter: 1 })],
    ['429 without Retry-After', answering(429)],
    ['503 with Retry-After', answering(503, { retryAfter: 1 })],
  ])('is retried after %s, which the server sends before it acts', async (_, fault) => {
    const { name, object } = configMap();
    proxy.place(fault, { method: 'POST' });

    expect(await cluster.create(CONFIG_MAPS, object)).toMatchObject({ data: { a: 'b' } });
    expect(stored(name)).toBe(true);
  });

  test.each<[string, Fault, boolean, string]>([
    ['a lost answer', answerLost, true, 'it closed the connection without an answer'],
    ['a closed connection, which looks the same to the client', cutBefore, false, 'it closed the connection without an answer'],
    ['half an answer', answerCut, true, 'it closed the connection in the middle of the answer'],
    ['a server that hangs', hangingFor(LIMIT), false, 'no answer within 1.5 s'],
    ['502 of a load balancer', answering(502, { html: true }), false, 'the answer is not one of an API server: 502 "<html><body>\\u001b[31m502 it is broken on purpose</body></html>"'],
    ['503 without Retry-After', answering(503), false, 'the API server says 503 ServiceUnavailable: it is broken on purpose'],
  ])('is not retried after %s', async (_, fault, lands, expected) => {
    const { name, object } = configMap();
    proxy.place(fault, { method: 'POST' });
    const failure = await cluster.create(CONFIG_MAPS, object).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Unreachable);
    expect(`${failure}`).toContain(expected);
    expect(stored(name)).toBe(lands);
    expect(proxy.requests).toHaveLength(1);
  });

  test('is retried when it is repeatable', async () => {
    const { name, object } = configMap();
    proxy.place(cutBefore, { method: 'POST' });

    expect(await cluster.create(CONFIG_MAPS, object, { repeatable: true })).toMatchObject({ data: { a: 'b' } });
    expect(stored(name)).toBe(true);
  });
});

describe('an error', () => {
  test.each<[number, object]>([
    [400, { exitCode: 1 }],
    [401, { exitCode: 3 }],
    [403, { exitCode: 3 }],
    [404, { exitCode: 1 }],
    [409, { exitCode: 1 }],
    [422, { exitCode: 1 }],
  ])('is final after %d', async (status, expected) => {
    const { path, object } = configMap();
    proxy.place(answering(status), { times: 9 });

    await expect(cluster.apply(path, object)).rejects.toMatchObject({ code: status, ...expected });
    expect(proxy.requests).toHaveLength(1);
  });

  test('shows the number of tries when the budget is used up', async () => {
    proxy.place(answering(503), { times: 99 });
    const failure = await cluster.get(CONFIG_MAPS).catch((error: unknown) => error);

    expect(failure).toMatchObject({ exitCode: 4, cause: { code: 503, status: { reason: 'ServiceUnavailable' } } });
    expect(`${failure}`).toMatch(/^Unreachable: list configmaps in faults-test: the API server says 503 ServiceUnavailable: it is broken on purpose \(tried \d+ times in [\d.]+ s\)$/);
  });

  test('of a hanging server ends the call within the budget', async () => {
    proxy.place(hangingFor(LIMIT));
    proxy.place(hangingFor(BUDGET.total), { nth: 2 });

    await expect(cluster.get(CONFIG_MAPS)).rejects.toThrow(/^request to https:\S+ failed after 2 tries in 22 s: no answer within 1\.5 s\. Is the server overloaded\?$/);
  });
});

describe('a watch', () => {
  async function sees(fault: Fault): Promise<string[]> {
    const seen: string[] = [];
    const [first, second] = [configMap(), configMap()];
    await cluster.apply(first.path, first.object);
    proxy.place(fault, { path: /watch=true/ });
    for await (const { type, object } of cluster.watch(CONFIG_MAPS)) {
      const { name } = object.metadata as { name: string };
      if (![first.name, second.name].includes(name)) continue;
      seen.push(`${type} ${name === first.name ? 'first' : 'second'}`);
      if (seen.length === 1) await cluster.apply(second.path, second.object);
      if (seen.length === 2) await cluster.delete(second.path);
      if (seen.length === 3) break;
    }
    return seen;
  }

  test.each<[string, Fault]>([
    ['a closed connection', cutBefore],
    ['half an event', answerCut],
    ['410, when the server no longer knows the version', answering(410, { message: 'too old resource version' })],
    ['429', answering(429, { retryAfter: 1 })],
    ['503', answering(503)],
    ['502 of a load balancer', answering(502, { html: true })],
  ])('resumes after %s without missing or repeating an event', async (_, fault) => {
    expect(await sees(fault)).toEqual(['ADDED first', 'ADDED second', 'DELETED second']);
  });

  test('ends when it is forbidden', async () => {
    proxy.place(answering(403), { path: /watch=true/ });
    const watching = (async () => {
      for await (const _ of cluster.watch(CONFIG_MAPS)) expect(_.type).toBe('ADDED');
    })();

    await expect(watching).rejects.toMatchObject({ code: 403, exitCode: 3 });
  });

  test('ends when the server is down for longer than the budget', async () => {
    proxy.place(cutBefore, { path: /watch=true/, times: 99 });
    const watching = (async () => {
      for await (const _ of cluster.watch(CONFIG_MAPS)) expect(_.type).toBe('ADDED');
    })();

    await expect(watching).rejects.toThrow(Unreachable);
  });
});

test('requests keep the path in the address of the server', async () => {
  const { server } = await connection();
  const agent = await FaultProxy.start({ server: `${server}/`, ca: proxy.certificateAuthority });
  cluster.close();
  cluster = connectCluster({ ...await connection(), server: `${agent.url}/k8s-proxy/`, certificateAuthority: agent.certificateAuthority },
    { variables: {}, clock: systemClock, signal: new AbortController().signal, retries: false });

  await expect(cluster.get('/api/v1/namespaces')).rejects.toMatchObject({ code: 404 });
  expect(agent.requests).toMatchObject([{ path: '/k8s-proxy/api/v1/namespaces' }]);
  await agent.stop();
});
