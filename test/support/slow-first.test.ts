import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { slowFiles } from './slow-first.cjs';

test('every file that is known to be slow is a test file', () => {
  const files = readdirSync(join(__dirname, '..'), { recursive: true, encoding: 'utf8' }).map((file) => basename(file));
  expect(files).toEqual(expect.arrayContaining([...slowFiles]));
});
