import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { slowFiles } from './slow-first.cjs';

test('the list of slow files names only test files', () => {
  const files = readdirSync(join(__dirname, '..'), { recursive: true, encoding: 'utf8' }).map((file) => basename(file));
  expect(files).toEqual(expect.arrayContaining([...slowFiles]));
});
