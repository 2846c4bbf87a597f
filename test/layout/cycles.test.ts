import { cycles } from './cycles';

const graph = (text: string) => new Map(text.split(' ').map((part): [string, string[]] => [part[0]!, [...part.slice(1)]]));

test.each([
  ['a chain', 'ab bc c', []],
  ['two ways to one node', 'abc bd cd d', []],
  ['a pair', 'ab ba', [['a', 'b']]],
  ['a long way back', 'ab bc cd da e', [['a', 'b', 'c', 'd']]],
  ['two circles that a one-way edge joins', 'ab bac cd dc', [['a', 'b'], ['c', 'd']]],
])('%s has the circles that it should have', (_, text, expected) => {
  expect(cycles(graph(text)).map((circle) => circle.sort()).sort()).toEqual(expected);
});
