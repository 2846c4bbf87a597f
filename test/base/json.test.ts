import { isObject, parseJson, parseObject } from '../../src/base/json';

test.each([[{}, true], [{ a: 1 }, true], [[], false], [null, false], ['{}', false], [undefined, false]])('isObject decides about %j: %s', (value, expected) => {
  expect(isObject(value)).toBe(expected);
});

test('parseJson returns undefined for a text that is not JSON', () => {
  expect([parseJson('[1]'), parseJson('null'), parseJson('{'), parseJson('')]).toEqual([[1], null, undefined, undefined]);
});

test('parseObject returns undefined for JSON that is not an object', () => {
  expect([parseObject('{"a":1}'), parseObject('[]'), parseObject('null'), parseObject('{')]).toEqual([{ a: 1 }, undefined, undefined, undefined]);
});
