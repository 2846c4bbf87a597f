import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog } from './audit-log';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-log-'));
  file = join(folder, 'audit.jsonl');
  writeFileSync(file, '');
});

afterEach(() => rmSync(folder, { recursive: true }));

const line = (verb: string) => `${JSON.stringify({ verb })}\n`;
const verbs = (log: AuditLog) => log.events().map(({ verb }) => verb);

test('the log gives all events in order each time', () => {
  const log = new AuditLog(file);
  expect(verbs(log)).toEqual([]);
  appendFileSync(file, line('get') + line('list'));
  expect(verbs(log)).toEqual(['get', 'list']);
  appendFileSync(file, line('watch'));
  expect(verbs(log)).toEqual(['get', 'list', 'watch']);
});

test('the log gives an event once it is complete, even if it was cut inside a character', () => {
  const log = new AuditLog(file);
  const bytes = Buffer.from(line('get') + line('lä'));
  appendFileSync(file, bytes.subarray(0, -4));
  expect(verbs(log)).toEqual(['get']);
  appendFileSync(file, bytes.subarray(-4));
  expect(verbs(log)).toEqual(['get', 'lä']);
});

test('a log that starts now has no earlier events', () => {
  appendFileSync(file, line('get'));
  const log = AuditLog.fromNow(file);
  appendFileSync(file, line('list'));
  expect(verbs(log)).toEqual(['list']);
});
