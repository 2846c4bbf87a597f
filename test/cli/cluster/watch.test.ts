import * as fc from 'fast-check';
import { JsonObject } from '../../../src/base/json';
import { connectCluster } from '../../../src/cli/cluster/connect';
import { ObjectStore, replaceStore, updateStore } from '../../../src/cli/cluster/watch';
import { WaitNotice } from '../../../src/cli/io/wait-notice';
import { FakeClock } from '../../support/fake-clock';
import { answerJson, httpServer } from '../../support/loopback';

interface Item {
  readonly name: string;
  readonly version: number;
  readonly uid: number;
}

function item({ name, version, uid }: Item): JsonObject {
  return { metadata: { namespace: 'ns1', name, uid: String(uid), resourceVersion: String(version) } };
}

function listOf(...items: Item[]): JsonObject {
  return { apiVersion: 'v1', kind: 'SecretList', metadata: { resourceVersion: '9' }, items: items.map(item) };
}

function eventsOf(store: ObjectStore, ...items: Item[]): string[] {
  return replaceStore(store, listOf(...items)).map(({ type, object }) => {
    const { name, resourceVersion, uid } = object.metadata as JsonObject;
    return `${type} ${String(object.kind)} ${String(name)} ${String(resourceVersion)} of ${String(uid)}`;
  });
}

const A1: Item = { name: 'a', version: 1, uid: 1 };
const B1: Item = { name: 'b', version: 2, uid: 2 };

test.each<[string, Item[], Item[], string[]]>([
  ['every object of the first list is added', [], [A1, B1], ['ADDED Secret a 1 of 1', 'ADDED Secret b 2 of 2']],
  ['an unchanged object causes no event', [A1, B1], [A1, B1], []],
  ['another resourceVersion is a change', [A1], [{ ...A1, version: 3 }], ['MODIFIED Secret a 3 of 1']],
  ['a missing object is deleted, with its last known state', [A1, B1], [B1], ['DELETED Secret a 1 of 1']],
  ['another uid under the same name is a deletion and an addition', [A1], [{ name: 'a', version: 5, uid: 7 }], ['DELETED Secret a 1 of 1', 'ADDED Secret a 5 of 7']],
])('%s', (_, before, after, expected) => {
  const store: ObjectStore = new Map();
  eventsOf(store, ...before);

  expect(eventsOf(store, ...after)).toEqual(expected);
});

test('the events of a list lead to exactly the content of the list', () => {
  const items = fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), version: fc.nat(3), uid: fc.nat(2) }), { selector: ({ name }) => name });
  fc.assert(fc.property(items, items, (before, after) => {
    const store: ObjectStore = new Map();
    replaceStore(store, listOf(...before));
    const replayed: ObjectStore = new Map(store);
    for (const event of replaceStore(store, listOf(...after))) updateStore(replayed, event);

    expect(replayed).toEqual(store);
    expect(replaceStore(store, listOf(...after))).toEqual([]);
    expect(store.size).toBe(after.length);
  }));
});

describe('the endless answer of a watch', () => {
  const LIST = { kind: 'SecretList', apiVersion: 'v1', metadata: { resourceVersion: '9' }, items: [] };

  interface Watched {
    readonly error: unknown;
    readonly bytes: number;
    readonly watches: number;
    /** Everything that was written to stderr. */
    readonly said: string;
  }

  /** Watches at a server that answers each watch with this status and writes until the client closes the connection. */
  async function watched(status: number): Promise<Watched> {
    let bytes = 0;
    let watches = 0;
    const { port } = await httpServer(({ url = '' }, response) => {
      if (!url.includes('watch=true')) return answerJson(response, 200, LIST);
      watches += 1;
      const chunk = Buffer.alloc(65_536, ' ');
      const write = () => {
        while (!response.destroyed && response.write(chunk)) bytes += chunk.length;
      };
      response.writeHead(status).on('drain', write);
      return write();
    });
    const credentials = { description: 'a token', present: async () => ({ token: 'token-of-nobody' }) };
    const [server, clock] = [`http://127.0.0.1:${port}`, new FakeClock()];
    let said = '';
    const waiting = WaitNotice.forServer(server, { variables: {}, clock, stderr: { write: (text) => said += text } });
    const cluster = connectCluster({ server, credentials }, { variables: {}, clock, signal: new AbortController().signal, waiting });
    const read = async () => {
      for await (const event of cluster.watch('/api/v1/secrets')) throw new Error(`unexpected ${event.type}`);
    };
    const error = await read().catch((reason: unknown) => reason);
    cluster.close();
    return { error, bytes, watches, said };
  }

  test('that is an error without a retry is cut, and ends the watch', async () => {
    const { error, bytes, watches } = await watched(403);
    expect(error).toMatchObject({ name: 'HttpError', exitCode: 3, message: expect.stringContaining('watch secrets: the answer is not one of an API server: 403') });
    expect(watches).toBe(1);
    expect(bytes).toBeLessThan(64 * 1024 * 1024);
  });

  test('that is a temporary error ends when the time for retries ends', async () => {
    const { error, watches, said } = await watched(500);
    expect(error).toMatchObject({ name: 'Unreachable', exitCode: 4, message: expect.stringContaining('500') });
    expect(watches).toBeGreaterThan(1);
    expect(said).toMatch(/^waiting for http:\/\/127\.0\.0\.1:\d+ \(\d+ s\): it answers 500, trying again\n/);
  });
});
