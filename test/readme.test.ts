import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');

test('the README shows the generated jobs of the example', () => {
  const pipeline = read('examples', 'hugo-site', '.gitlab-ci.yml').replace(/[0-9a-f]{64}/g, '…');
  const table = /<tr><th>by hand<\/th><th>generated<\/th><\/tr>([^]*?)<\/table>/.exec(read('README.md'))?.[1] ?? '';
  const generated = [...table.matchAll(/<\/td><td>\n\n```yaml\n([^]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n\n'));

  expect(generated).toHaveLength(3);
  for (const job of generated) expect(pipeline).toContain(job);
});
