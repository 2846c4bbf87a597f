import { readDotenv } from './dotenv';

const lines = (count: number) => Array.from({ length: count }, (_, index) => `A${index}=x\n`).join('');

test.each<[string, string, Record<string, string>]>([
  ['two variables', 'A=1\nB=2\n', { A: '1', B: '2' }],
  ['a last line without a line break', 'A=1', { A: '1' }],
  ['spaces around key and value', ' A = 1 \n', { A: '1' }],
  ['quotes, which stay', 'A="1"\n', { A: '"1"' }],
  ['an equals sign in the value', 'A=b=c\n', { A: 'b=c' }],
  ['a key twice, whose last value counts', 'A=1\nA=2\n', { A: '2' }],
  ['Windows line ends', 'A=1\r\nB=2\r\n', { A: '1', B: '2' }],
  ['a byte order mark', '\ufeffA=1\n', { A: '1' }],
  ['nothing', '', {}],
  ['20 variables', lines(20), Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`A${index}`, 'x']))],
])('a report with %s is read', (_, text, expected) => {
  expect(readDotenv(Buffer.from(text))).toEqual(expected);
});

test.each<[string, string, string]>([
  ['an empty line', 'A=1\n\nB=2\n', 'Invalid Format'],
  ['a comment without an equals sign', '# comment\n', 'Invalid Format'],
  ['a line without an equals sign', 'A\n', 'Invalid Format'],
  ['a key with a dash', 'A-B=1\n', 'Key can contain only letters, digits and \'_\'.'],
  ['no key', '=1\n', 'Key can contain only letters, digits and \'_\'.'],
  ['a comment with an equals sign', '# A=1\n', 'Key can contain only letters, digits and \'_\'.'],
  ['21 variables', lines(21), 'Dotenv files cannot have more than 20 variables'],
  ['5 KiB', `A=${'x'.repeat(5 * 1024 - 2)}`, 'Dotenv Artifact Too Big. Maximum Allowable Size: 5120'],
])('a report with %s is refused', (_, text, message) => {
  expect(() => readDotenv(Buffer.from(text))).toThrow(message);
});
