import { columns, tableLines } from '../../../src/cli/io/table';

test('each column is as wide as its longest cell, and no line ends in spaces', () => {
  expect(tableLines([['NAME', 'KIND', 'AGE'], ['a', 'Deployment', '1 h'], ['long-name', 'Pod', '']])).toEqual([
    'NAME       KIND        AGE',
    'a          Deployment  1 h',
    'long-name  Pod',
  ]);
});

test('rows may have different numbers of cells', () => {
  expect(tableLines([['a'], ['bb', 'c']])).toEqual(['a', 'bb  c']);
});

test('a table without rows has no lines', () => {
  expect(tableLines([])).toEqual([]);
});

test('columns aligns all columns but the last', () => {
  expect(columns([['A', 'B', 'C'], ['long', 'x', 'long text']])).toBe('A     B  C\nlong  x  long text\n');
});
