import { gzipSync } from 'node:zlib';
import { Normaliser } from './normalise';
import { Exchange } from './proxy';

const UID = '01234567-89ab-4cde-8f01-23456789abcd';
const OTHER = '11234567-89ab-4cde-8f01-23456789abcd';

function normaliser(): Normaliser {
  return new Normaliser('shop-1', [['https://127.0.0.1:1234', '<server>']]);
}

function answer(object: object, path = '/'): Exchange {
  return { server: 'kubernetes', method: 'GET', path, headers: {}, body: '', auditId: '', status: 200, answer: JSON.stringify(object) };
}

test('a uid is named after its object, and any other random text by a number', () => {
  const normal = normaliser();
  normal.learn(answer({ kind: 'ConfigMap', metadata: { name: 'web', uid: UID } }));

  expect(normal.body(JSON.stringify({ preconditions: { uid: UID }, id: OTHER }))).toEqual({ preconditions: { uid: '<uid of ConfigMap web>' }, id: '<random 1>' });
});

test('the uid of a dry run gets no name', () => {
  const normal = normaliser();
  normal.learn(answer({ kind: 'ConfigMap', metadata: { name: 'web', uid: UID } }, '/api?dryRun=All'));

  expect(normal.text(UID)).toBe('<random 1>');
});

test('a resourceVersion is named as the last or an earlier one of its object, but a short one stays', () => {
  const normal = normaliser();
  for (const resourceVersion of ['1001', '1002']) normal.learn(answer({ kind: 'Secret', metadata: { name: 'web', uid: UID, resourceVersion } }));

  expect(['1001', '1002', '1', '999999'].map((resourceVersion) => normal.body(JSON.stringify({ resourceVersion })))).toEqual([
    { resourceVersion: '<earlier resourceVersion of Secret web>' }, { resourceVersion: '<resourceVersion of Secret web>' }, { resourceVersion: '1' },
    { resourceVersion: '<resourceVersion>' },
  ]);
});

test('packed data in a body is unpacked', () => {
  const data = { record: gzipSync(JSON.stringify({ at: '2026-01-02T03:04:05.678Z' })).toString('base64'), password: Buffer.from('secret').toString('base64') };

  expect(normaliser().body(JSON.stringify({ data }))).toEqual({ data: { record: { '<gzip>': { at: '<time>' } }, password: { '<base64>': 'secret' } } });
});

test('addresses, times, tokens and process ids are replaced by names', () => {
  const text = 'https://127.0.0.1:1234/ in shop-1 at 2026-01-02T03:04:05Z by process 17 on host with eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl';

  expect(normaliser().text(text)).toBe('<server>/ in {namespace} at <time> by <process> with <token>');
});

test('the digest of an image stays, and any other hash is replaced', () => {
  const hash = 'a'.repeat(64);

  expect(normaliser().text(`web@sha256:${hash} ${hash}`)).toBe(`web@sha256:${hash} <sha256>`);
});

test('messages in a result are replaced', () => {
  expect(normaliser().machineReadable({ error: 'no', state: 'not ready', text: 'three words here', seconds: 1.5, release: 2 }))
    .toEqual({ error: '<words>', state: 'not ready', text: '<words>', seconds: '<number>', release: 2 });
});
