import { Readable } from 'node:stream';
import { StandardInput } from '../../../src/cli/io/standard-input';

function input(...chunks: string[]): StandardInput {
  return new StandardInput(Readable.from(chunks.map((chunk) => Buffer.from(chunk))));
}

test('lines are read one at a time, whatever the chunks are', async () => {
  const stdin = input('fir', 'st\n  second \nth', 'ird');

  expect([await stdin.readLine(), await stdin.readLine(), await stdin.readLine()]).toEqual(['first', 'second', 'third']);
});

test('a line after the end of the input is empty', async () => {
  const stdin = input('only\n');

  expect([await stdin.readLine(), await stdin.readLine()]).toEqual(['only', '']);
});

test('an input without isTTY is not a terminal', () => {
  expect(input().isTerminal).toBe(false);
  expect(new StandardInput(Object.assign(Readable.from([]), { isTTY: true })).isTerminal).toBe(true);
});
