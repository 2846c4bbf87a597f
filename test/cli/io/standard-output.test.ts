import { writeSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { StandardOutput, UnwritableOutput } from '../../../src/cli/io/standard-output';

jest.mock('node:fs', () => ({ ...jest.requireActual<object>('node:fs'), writeSync: jest.fn() }));

const written = writeSync as unknown as jest.Mock<number, [number, Uint8Array]>;
let text: string;

/** Writes at most three bytes a call, or fails. */
function writing(error?: NodeJS.ErrnoException): void {
  text = '';
  written.mockImplementation((_, bytes) => {
    if (error) throw error;
    const piece = Buffer.from(bytes.subarray(0, 3));
    text += piece.toString('latin1');
    return piece.length;
  });
}

function failing(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

test('a text is written completely, also in several calls', () => {
  writing();
  new StandardOutput(1, () => new PassThrough()).write('one text\n');

  expect(text).toBe('one text\n');
});

test.each([1, 2] as const)('a closed pipe is no error: %d', (descriptor) => {
  writing(failing('EPIPE'));

  expect(() => new StandardOutput(descriptor, () => new PassThrough()).write('a')).not.toThrow();
});

test('a full disk is an error on standard output, and ignored on standard error', () => {
  writing(failing('ENOSPC'));

  expect(() => new StandardOutput(1, () => new PassThrough()).write('a')).toThrow(UnwritableOutput);
  expect(() => new StandardOutput(2, () => new PassThrough()).write('a')).not.toThrow();
});

test('a full pipe is left to the stream, whose errors are ignored', () => {
  writing(failing('EAGAIN'));
  const stream = new PassThrough();
  new StandardOutput(1, () => stream).write('later');

  expect(String(stream.read())).toBe('later');
  expect(() => stream.emit('error', new Error('closed'))).not.toThrow();
});
