import { unifiedDifference } from './difference';

test('equal texts have no difference', () => {
  expect(unifiedDifference('one\ntwo\n', 'one\ntwo\n')).toBe('');
});

test('a difference shows changed lines with three lines around them', () => {
  const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].join('\n');

  expect(unifiedDifference(before, before.replace('5', 'five'))).toBe(['@@', '  2', '  3', '  4', '- 5', '+ five', '  6', '  7', '  8'].join('\n'));
});

test('a difference shows lines that were added and removed', () => {
  expect(unifiedDifference('one\ntwo', 'zero\none')).toBe('+ zero\n  one\n- two');
});
