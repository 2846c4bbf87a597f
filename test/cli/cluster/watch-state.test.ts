import * as fc from 'fast-check';
import { JsonObject } from '../../../src/base/json';
import { changesSince, collect, Collected } from '../../../src/cli/cluster/watch-state';

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

function said(known: Collected, ...items: Item[]): string[] {
  return changesSince(known, listOf(...items)).map(({ type, object }) => {
    const { name, resourceVersion, uid } = object.metadata as JsonObject;
    return `${type} ${String(object.kind)} ${String(name)} ${String(resourceVersion)} of ${String(uid)}`;
  });
}

const A1: Item = { name: 'a', version: 1, uid: 1 };
const B1: Item = { name: 'b', version: 2, uid: 2 };

test.each<[string, Item[], Item[], string[]]>([
  ['all of a first list is new', [], [A1, B1], ['ADDED Secret a 1 of 1', 'ADDED Secret b 2 of 2']],
  ['what is the same is not said again', [A1, B1], [A1, B1], []],
  ['a change is one', [A1], [{ ...A1, version: 3 }], ['MODIFIED Secret a 3 of 1']],
  ['what is gone is said as it was known', [A1, B1], [B1], ['DELETED Secret a 1 of 1']],
  ['another object of the same name is not the same object', [A1], [{ name: 'a', version: 5, uid: 7 }], ['DELETED Secret a 1 of 1', 'ADDED Secret a 5 of 7']],
])('%s', (_, before, after, expected) => {
  const known: Collected = new Map();
  said(known, ...before);

  expect(said(known, ...after)).toEqual(expected);
});

test('after the changes that it says, everything is known, and nothing else', () => {
  const items = fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), version: fc.nat(3), uid: fc.nat(2) }), { selector: ({ name }) => name });
  fc.assert(fc.property(items, items, (before, after) => {
    const known: Collected = new Map();
    changesSince(known, listOf(...before));
    const replayed: Collected = new Map(known);
    for (const event of changesSince(known, listOf(...after))) collect(replayed, event);

    expect(replayed).toEqual(known);
    expect(changesSince(known, listOf(...after))).toEqual([]);
    expect(known.size).toBe(after.length);
  }));
});
