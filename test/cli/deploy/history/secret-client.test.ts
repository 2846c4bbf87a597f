import * as fc from 'fast-check';
import { checkSize, fitsInline, partCount, splitIntoParts } from '../../../../src/cli/deploy/history/secret-client';

test('splitIntoParts uses the lowest free numbers', () => {
  expect([...splitIntoParts(Buffer.alloc(2_500_000), [1, 3]).keys()]).toEqual([2, 4, 5]);
});

test('splitIntoParts loses no byte, and each part fits into a Secret', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 3_000_000 }), fc.array(fc.integer({ min: 1, max: 6 })), (length, inUse) => {
    const bytes = Buffer.alloc(length, 'x');
    const parts = splitIntoParts(bytes, inUse);
    expect(Buffer.concat([...parts.values()]).equals(bytes)).toBe(true);
    expect([...parts.values()].every((part) => part.length <= 1_000_000)).toBe(true);
    expect(parts.size).toBe(partCount(bytes));
    expect([...parts.keys()].filter((number) => inUse.includes(number))).toEqual([]);
  }), { numRuns: 30 });
});

test.each([[600_000, 0, true], [600_001, 0, false], [300_000, 300_001, false]])('%d bytes beside %d others fit into the Secret of the record: %s', (bytes, others, expected) => {
  expect(fitsInline(Buffer.alloc(bytes), others)).toBe(expected);
});

test('checkSize rejects a list of objects that does not fit beside the manifests', () => {
  expect(() => checkSize('Secret example/record', Buffer.alloc(400_000))).not.toThrow();
  expect(() => checkSize('Secret example/record', Buffer.alloc(400_001))).toThrow(
    /^Secret example\/record: the list of objects has 400001 bytes after compression, expected at most 400000; split the application into several, each with its own --app$/);
});
