import * as fc from 'fast-check';
import type { JsonObject } from '../../../../src/base/json';
import { addedFields, changesBetween, fieldsOutside } from '../../../../src/cli/deploy/objects/planned-change';

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

describe('fieldsOutside', () => {
  const env = (name: string, value: string) => ({ name, value });
  const object = { metadata: { labels: { app: 'web', old: 'x' } }, spec: { replicas: 3, paused: true, ports: [{ port: 80, protocol: 'TCP' }], env: [env('A', 'a'), env('OLD', 'x')], set: ['a', 'b'] } };
  const item = { '.': {}, 'f:name': {}, 'f:value': {} };

  test.each<[string, JsonObject, JsonObject, string[]]>([
    ['a key of a map', { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {}, 'f:old': {} } } }, { 'f:metadata': { 'f:labels': { 'f:app': {} } } }, ['metadata.labels.old']],
    ['an item of a list as a whole', { 'f:spec': { 'f:env': { 'k:{"name":"A"}': item, 'k:{"name":"OLD"}': item } } }, { 'f:spec': { 'f:env': { 'k:{"name":"A"}': item } } }, ['spec.env[OLD]']],
    ['a field of an item that both have', { 'f:spec': { 'f:env': { 'k:{"name":"A"}': item } } }, { 'f:spec': { 'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {} } } } }, ['spec.env[A].value']],
    ['an item without a name, by its keys', { 'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } } } }, {}, ['spec.ports[80,TCP]']],
    ['a value of a set', { 'f:spec': { 'f:set': { 'v:"a"': {}, 'v:"b"': {} } } }, { 'f:spec': { 'f:set': { 'v:"b"': {} } } }, ['spec.set[a]']],
    ['nothing of a field that the other set has as a whole', { 'f:spec': { 'f:env': { 'k:{"name":"A"}': item } } }, { 'f:spec': { 'f:env': {} } }, []],
    ['nothing of a map that both have', { 'f:metadata': { 'f:labels': { '.': {} } } }, { 'f:metadata': { 'f:labels': { 'f:app': {} } } }, []],
    ['nothing that the object has lost', { 'f:spec': { 'f:gone': {}, 'f:env': { 'k:{"name":"GONE"}': item } } }, {}, []],
  ])('lists %s', (_, fields, others, expected) => {
    expect(fieldsOutside(fields, others, object).map(({ field }) => field)).toEqual(expected);
  });

  test('lists nothing of a set in itself, and all values of an object that are not in an empty set', () => {
    const setOf = (value: unknown): JsonObject => (typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, part]) => [`f:${key}`, setOf(part)])) : {});
    const key = fc.stringMatching(/^[a-z]{1,3}$/);
    fc.assert(fc.property(fc.dictionary(key, fc.oneof(fc.integer(), fc.dictionary(key, fc.integer(), { minKeys: 1 }))), (value) => {
      const all = setOf(value);
      expect(fieldsOutside(all, all, value as JsonObject)).toEqual([]);
      const names = (changes: ReadonlyArray<{ field: string }>) => changes.map(({ field }) => field).sort();
      if (Object.keys(value).length > 0) expect(names(fieldsOutside(all, {}, value as JsonObject))).toEqual(names(addedFields(value as JsonObject)));
    }));
  });

  test('omits defaults, and has the default of other values', () => {
    const fields = { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } };
    expect(fieldsOutside(fields, {}, object, { spec: { replicas: 1, paused: true } })).toEqual([{ field: 'spec.replicas', before: 3, after: 1 }]);
  });
});
