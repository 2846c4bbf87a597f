import { causeOf, graceFor } from '../../../../src/cli/deploy/wait/diagnosis';

const plain = (text: string) => text;
const problem = { workload: 'Deployment web', pod: 'web-1', container: 'app', image: 'example.com/web:1', reason: 'ErrImagePull', message: 'not found' };

test.each([
  [problem, 'Deployment web, pod web-1, container app, image example.com/web:1: ErrImagePull: not found'],
  [{ workload: 'Job once', reason: 'DeadlineExceeded', message: '' }, 'Job once: DeadlineExceeded'],
  [{ ...problem, image: undefined, message: ' two\nlines \u001b[2J' }, 'Deployment web, pod web-1, container app: ErrImagePull: two\\u000alines \\u001b[2J'],
])('a cause has one line: %#', (given, line) => {
  expect(causeOf(given, plain).line).toBe(line);
});

test('a cause keeps letters of every script, and escapes marks that change the direction of text', () => {
  expect(causeOf({ ...problem, message: 'nicht verfügbar: 見つかりません \u202eevil' }, plain).message).toBe('nicht verfügbar: 見つかりません \\u202eevil');
});

test('a cause masks secrets in all of its texts', () => {
  const cause = causeOf({ ...problem, pod: 'web-s3cret', message: 'https://ci:s3cret@example.com: denied' }, (text) => text.replaceAll('s3cret', '[masked]'));
  expect(JSON.stringify(cause)).not.toContain('s3cret');
  expect(cause.line).toContain('https://ci:[masked]@example.com: denied');
});

test('a cause shortens a long message', () => {
  expect(causeOf({ ...problem, message: 'x'.repeat(10_000) }, plain).line.length).toBeLessThan(800);
});

test.each([
  ['not found', 'permanent'],
  ['401 Unauthorized', 'permanent'],
  ['dial tcp: lookup registry.example.com on 10.0.0.1:53: no such host', 'permanent'],
  ['dial tcp: lookup registry.example.com on 10.0.0.1:53: server misbehaving', 'temporary'],
  ['dial tcp 203.0.113.1:443: i/o timeout', 'temporary'],
  ['net/http: TLS handshake timeout', 'temporary'],
  ['502 Bad Gateway', 'temporary'],
  ['unexpected EOF', 'temporary'],
  ['429 Too Many Requests', 'temporary'],
])('the message "%s" is a %s error', (message, grace) => {
  expect(graceFor(message)).toBe(grace);
});
