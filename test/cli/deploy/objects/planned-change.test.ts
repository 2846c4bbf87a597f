import * as fc from 'fast-check';
import type { JsonObject } from '../../../../src/base/json';
import { changesBetween } from '../../../../src/cli/deploy/objects/planned-change';

const container = (name: string, image: string): JsonObject => ({ name, image });

test.each<[string, JsonObject, JsonObject, string[]]>([
  ['a value', { spec: { replicas: 1 } }, { spec: { replicas: 2 } }, ['spec.replicas']],
  ['a value that is new, and one that is gone', { data: { a: '1' } }, { data: { b: '1' } }, ['data.a', 'data.b']],
  ['an item of a list by its name', { c: [container('a', '1'), container('b', '1')] }, { c: [container('a', '1'), container('b', '2')] }, ['c[b].image']],
  ['an item that is new', { c: [container('a', '1')] }, { c: [container('b', '1'), container('a', '1')] }, ['c[b]']],
  ['another order of such items', { c: [container('a', '1'), container('b', '1')] }, { c: [container('b', '1'), container('a', '1')] }, ['c']],
  ['an item of a plain list by its place', { args: ['a', 'b'] }, { args: ['a', 'c'] }, ['args[1]']],
  ['another type', { data: { a: '1' } }, { data: ['1'] }, ['data']],
  ['nothing in what the server keeps', { metadata: { generation: 1, managedFields: [] }, status: { a: 1 } }, { metadata: { generation: 2 }, status: { a: 2 } }, []],
])('%s is a change', (_, before, after, expected) => {
  expect(changesBetween(before, after).map(({ field }) => field)).toEqual(expected);
});

test('nothing changes from an object to itself, and something to any other', () => {
  const data = fc.dictionary(fc.constantFrom('a', 'b', 'name'), fc.oneof(fc.string(), fc.array(fc.integer()), fc.constant(null)), { noNullPrototype: true });
  fc.assert(fc.property(data, data, (before, after) => {
    expect(changesBetween({ data: before }, { data: structuredClone(before) })).toEqual([]);
    const isSame = JSON.stringify(Object.entries(before).sort()) === JSON.stringify(Object.entries(after).sort());
    if (!isSame) expect(changesBetween({ data: before }, { data: after })).not.toEqual([]);
  }));
});
