import { UserError } from '../../../src/base/user-error';
import { parseToken, tokenFileCredentials } from '../../../src/cli/cluster/connection';

test.each(['abc', ' abc\n', '\tabc\r\n'])('the token in %j is abc', (text) => {
  expect(parseToken('file', text)).toBe('abc');
});

test.each<[string, string]>([
  ['', 'file: it is empty, expected a token, in one line'],
  [' \n', 'file: it is empty'],
  ['hunter2 hunter2', 'file: it has white space in it, or characters that are not ASCII'],
  ['hunter2\nhunter2', 'file: it has white space in it'],
  ['hunter2ß', 'file: it has white space in it, or characters that are not ASCII'],
])('the token %j is rejected, and the error does not show it', (text, expected) => {
  const act = () => parseToken('file', text);

  expect(act).toThrow(UserError);
  expect(act).toThrow(expected);
  expect(act).not.toThrow('hunter2');
});

test('the credentials of a token file are read before each request', async () => {
  const contents = ['one\n', 'two\n'];
  const credentials = tokenFileCredentials({ read: async () => Buffer.from(contents.shift() ?? '') }, 'id_token');

  expect(credentials.description).toBe('the token in id_token');
  expect([await credentials.present(), await credentials.present()]).toEqual([{ token: 'one' }, { token: 'two' }]);
});
