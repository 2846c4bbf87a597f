import { Readable } from 'node:stream';
import { parseArguments } from '../../../src/cli/command-line/arguments';
import { Context } from '../../../src/cli/command-line/command';
import { confirm } from '../../../src/cli/command-line/confirm';
import { Files } from '../../../src/cli/io/files';
import { SafeOutput } from '../../../src/cli/io/safe-output';

interface Asked {
  readonly answer?: string;
  readonly isTTY?: boolean;
  readonly argv?: string[];
}

/** What was written to the terminal, and whether the answer was yes. */
async function ask({ answer = '', isTTY = true, argv = [] }: Asked): Promise<[string, boolean]> {
  let said = '';
  const stdin = Object.assign(Readable.from(answer.split('|').map((piece) => Buffer.from(piece))), { isTTY });
  const args = parseArguments(argv, { name: 'x', operands: [], required: 0, options: new Map([['yes', { summary: '' }]]) });
  const context = { args, files: new Files({ cwd: '/', stdin }), stderr: new SafeOutput({ write: (text: string) => said += text }) } as Pick<Context, 'args' | 'files' | 'stderr'>;
  const isConfirmed = await confirm(context as Context, 'Do it?').then(() => true, ({ message }: Error) => message !== 'not confirmed');
  return [said, isConfirmed];
}

test.each(['y\n', 'Y\n', 'yes\n', 'YES\r\n', '  y \n', 'y', 'y|es|\n'])('%j confirms', async (answer) => {
  expect(await ask({ answer })).toEqual(['Do it? [y/N] ', true]);
});

test.each(['', '\n', 'n\n', 'no\n', 'yess\n', 'oh yes\n', 'n\ny\n', '\u001b[Ay\n'])('%j does not confirm', async (answer) => {
  expect(await ask({ answer })).toEqual(['Do it? [y/N] ', false]);
});

test('it asks nothing with --yes, or without a terminal', async () => {
  expect(await ask({ argv: ['--yes'], answer: 'n\n' })).toEqual(['', true]);
  expect(await ask({ isTTY: false, answer: 'n\n' })).toEqual(['', true]);
});
