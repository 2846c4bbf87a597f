import * as fc from 'fast-check';
import type { JsonObject } from '../../../../src/base/json';
import { addedFields, changesBetween } from '../../../../src/cli/deploy/objects/planned-change';

const container = (name: string, image: string): JsonObject => ({ name, image });

test.each<[string, JsonObject, JsonObject, string[]]>([
  ['a changed value', { spec: { replicas: 1 } }, { spec: { replicas: 2 } }, ['spec.replicas']],
  ['an added and a removed value', { data: { a: '1' } }, { data: { b: '1' } }, ['data.a', 'data.b']],
  ['an item of a list, by its name,', { c: [container('a', '1'), container('b', '1')] }, { c: [container('a', '1'), container('b', '2')] }, ['c[b].image']],
  ['an added item', { c: [container('a', '1')] }, { c: [container('b', '1'), container('a', '1')] }, ['c[b]']],
  ['another order of named items', { c: [container('a', '1'), container('b', '1')] }, { c: [container('b', '1'), container('a', '1')] }, ['c']],
  ['an item of a plain list, by its index,', { args: ['a', 'b'] }, { args: ['a', 'c'] }, ['args[1]']],
  ['another type', { data: { a: '1' } }, { data: ['1'] }, ['data']],
  ['no field that only the server writes', { metadata: { generation: 1, managedFields: [] }, status: { a: 1 } }, { metadata: { generation: 2 }, status: { a: 2 } }, []],
])('changesBetween reports %s as a change', (_, before, after, expected) => {
  expect(changesBetween(before, after).map(({ field }) => field)).toEqual(expected);
});

test('addedFields reports every value of a new object', () => {
  const object = { metadata: { name: 'web' }, spec: { containers: [container('a', '1')], args: ['x', 'y'], empty: {} } };
  expect(addedFields(object).map(({ field, after }) => [field, after])).toEqual([
    ['metadata.name', 'web'], ['spec.containers[a].name', 'a'], ['spec.containers[a].image', '1'], ['spec.args[0]', 'x'], ['spec.args[1]', 'y'], ['spec.empty', {}],
  ]);
});

test('changesBetween reports no change for equal objects, and a change for all others', () => {
  const data = fc.dictionary(fc.constantFrom('a', 'b', 'name'), fc.oneof(fc.string(), fc.array(fc.integer()), fc.constant(null)), { noNullPrototype: true });
  fc.assert(fc.property(data, data, (before, after) => {
    expect(changesBetween({ data: before }, { data: structuredClone(before) })).toEqual([]);
    const isSame = JSON.stringify(Object.entries(before).sort()) === JSON.stringify(Object.entries(after).sort());
    if (!isSame) expect(changesBetween({ data: before }, { data: after })).not.toEqual([]);
  }));
});
