import * as fc from 'fast-check';
import { JsonObject } from '../../../src/base/json';
import { ObjectStore, replaceStore, updateStore } from '../../../src/cli/cluster/watch';

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
