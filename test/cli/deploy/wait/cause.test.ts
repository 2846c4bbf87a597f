import { causeOf } from '../../../../src/cli/deploy/wait/cause';

const plain = (text: string) => text;
const trouble = { workload: 'Deployment web', pod: 'web-1', container: 'app', image: 'example.com/web:1', reason: 'ErrImagePull', message: 'not found' };

test.each([
  [trouble, 'Deployment web, pod web-1, container app, image example.com/web:1: ErrImagePull: not found'],
  [{ workload: 'Job once', reason: 'DeadlineExceeded', message: '' }, 'Job once: DeadlineExceeded'],
  [{ ...trouble, image: undefined, message: ' two\nlines \u001b[2J' }, 'Deployment web, pod web-1, container app: ErrImagePull: two\\u000alines \\u001b[2J'],
])('a cause is one line: %#', (given, line) => {
  expect(causeOf(given, plain).line).toBe(line);
});

test('letters of any script stay, and what turns the direction of a text is escaped', () => {
  expect(causeOf({ ...trouble, message: 'nicht verfügbar: 見つかりません \u202eevil' }, plain).message).toBe('nicht verfügbar: 見つかりません \\u202eevil');
});

test('secrets are masked in all of it', () => {
  const cause = causeOf({ ...trouble, pod: 'web-s3cret', message: 'https://ci:s3cret@example.com: denied' }, (text) => text.replaceAll('s3cret', '[masked]'));
  expect(JSON.stringify(cause)).not.toContain('s3cret');
  expect(cause.line).toContain('https://ci:[masked]@example.com: denied');
});

test('a long message is cut', () => {
  expect(causeOf({ ...trouble, message: 'x'.repeat(10_000) }, plain).line.length).toBeLessThan(800);
});
