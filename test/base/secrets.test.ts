import * as fc from 'fast-check';
import { serverWords } from '../../src/base/printable';
import { Secrets, secrets } from '../../src/base/secrets';
import { show } from '../../src/base/user-error';
import { ANY_CHARACTER } from '../support/any-character';

afterEach(() => secrets.clear());

const json = (text: string) => JSON.stringify(text).slice(1, -1);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const twice = (encode: (text: string) => string) => (text: string) => encode(encode(text));
const html = (text: string) => text.replace(/[&<>"']/g, (unit) => `&#${unit.charCodeAt(0)};`);

/** The ways in which servers, proxies and libraries repeat a text. */
const ENCODINGS = new Map<string, (text: string) => string>([
  ['as it is', (text) => text],
  ['in JSON', json],
  ['in JSON within JSON', twice(json)],
  ['in JSON in ASCII', (text) => json(text).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)],
  ['as Go escapes HTML in JSON', (text) => json(text).replace(/[<>&]/g, (unit) => `\\u00${unit.charCodeAt(0).toString(16)}`)],
  ['in a URL', encodeURIComponent],
  ['in a URL in lower case', (text) => encodeURIComponent(text).replace(/%../g, (octet) => octet.toLowerCase())],
  ['in a URL with every byte escaped', (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')],
  ['in a URL within a URL', twice(encodeURIComponent)],
  ['in a form', (text) => new URLSearchParams([['x', text]]).toString().slice(2)],
  ['in HTML', html],
  ['in XML', (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&apos;')],
  ['in JSON in HTML', (text) => html(json(text))],
  ['in single quotes of YAML', (text) => text.replaceAll('\'', '\'\'')],
  ['in single quotes of a shell', (text) => text.replaceAll('\'', '\'\\\'\'')],
  ['with CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['with CRLF in JSON', (text) => json(text.replaceAll('\n', '\r\n'))],
  ['indented', (text) => text.replaceAll('\n', '\n    ')],
  ['in base64', base64],
  ['in base64 without padding', (text) => base64(text).replace(/=+$/, '')],
  ['in base64 for URLs', (text) => Buffer.from(text).toString('base64url')],
  ['in base64 with line breaks', (text) => base64(text).replace(/.{76}/g, '$&\n')],
  ['in base64 in JSON', (text) => json(base64(text))],
  ['in base64 in a URL', (text) => encodeURIComponent(base64(text))],
]);

/** Texts like passwords and tokens: no blanks at the ends, some special characters. */
const SECRET = fc.oneof(fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 300 }), fc.string({ unit: ANY_CHARACTER, minLength: 8, maxLength: 40 }))
  .map((text) => `k7${text.replace(/[\0-\x1f\x7f]/g, '\n')}Z9x`);

/** Before and after a secret. They end in no half of an escape. */
const AROUND = fc.constantFrom('', ' ', '"', 'Bearer ', 'password=', '{"a":"', ': ', '\n', '(', ',');

test.each([...ENCODINGS])('a secret is masked %s', (_, encode) => {
  fc.assert(fc.property(SECRET, AROUND, AROUND, (secret, before, after) => {
    const mask = new Secrets();
    mask.add(secret);
    const masked = mask.mask(`${before}${encode(secret)}${after}`);
    expect(masked).toMatch(/^[^]{0,10}\[MASKED\][^]{0,10}$/);
    expect(masked).toContain(before);
  }));
});

test('a secret is masked within base64 of a longer text, such as a Basic header', () => {
  fc.assert(fc.property(SECRET, fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), (secret, before, after) => {
    const mask = new Secrets();
    mask.add(secret);
    for (const text of [base64(`${before}${secret}${after}`), Buffer.from(`${before}${secret}${after}`).toString('base64url')]) {
      const masked = mask.mask(`Basic ${text}`);
      expect(masked).toContain('[MASKED]');
      expect(masked.length).toBeLessThan('Basic [MASKED]'.length + 2 * base64(`${before}${after}xxxx`).length + 4);
    }
  }));
});

test('a text without the secret stays as it is, with its escapes', () => {
  const mask = new Secrets();
  mask.add('correct horse battery staple', 'glpat-1234567890');
  const ordinary = ['{"a":"b\\n\\u001b","c":["it\'s"]}', '100%25 &amp; more', 'C:\\temp\\new', 'a\r\n  b\n', '\ud83d\ude00 \ud83d', 'correct horse'];
  expect(ordinary.map((text) => mask.mask(text))).toEqual(ordinary);
});

test.each([
  ['a line of a private key', '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----\n', 'x kqhkiG9w0BAQEF', 'x [MASKED]'],
  ['the signature of a token', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzYSJ9.c2lnbmF0dXJl', 'eyJ x c2lnbmF0dXJl', 'eyJ x [MASKED]'],
  ['the password in a URL', 'postgres://app:p%40ssw0rd@db/app', 'p@ssw0rd or p%40ssw0rd', '[MASKED] or [MASKED]'],
  ['a password in JSON', '{"auths":{"registry.example.com":{"auth":"dXNlcjpodW50ZXIyMg==","password":"hunter22"}}}', 'hunter22 at registry.example.com', '[MASKED] at registry.example.com'],
  ['the password in the field auth of registry credentials', `{"auths":{"registry.example.com":{"auth":"${Buffer.from('user:hunter22').toString('base64')}"}}}`, 'hunter22', '[MASKED]'],
  ['a password in a file with variables', 'DB_HOST=db.example.com\nDB_PASSWORD="hunter22"\n', 'hunter22 at db.example.com', '[MASKED] at db.example.com'],
  ['a password in YAML', 'host: db.example.com\npassword: hunter22\n', 'hunter22 at db.example.com', '[MASKED] at db.example.com'],
  ['the value before an overlapping longer one', 'abcdef', 'abcdefghij', '[MASKED]ghij'],
])('a part that is a secret itself is masked: %s', (_, secret, text, masked) => {
  const mask = new Secrets();
  mask.add(secret);
  expect(mask.mask(text)).toBe(masked);
});

test('secrets that overlap leave nothing', () => {
  const mask = new Secrets();
  mask.add('abcdefgh', 'efghijkl');
  expect(mask.mask('-abcdefghijkl-')).toBe('-[MASKED]-');
});

test('a value with fewer than 6 characters is no secret, since it stands in ordinary text', () => {
  const mask = new Secrets();
  mask.add('ready', '', '     a', undefined);
  expect(mask.mask('1/1 ready, in cmVhZHk=      a')).toBe('1/1 ready, in cmVhZHk=      a');
});

test.each([
  ['show', show, 160],
  ['serverWords', serverWords, 2000],
] as const)('%s masks before it cuts', (_, shown, length) => {
  fc.assert(fc.property(fc.nat(length + 20), fc.integer({ min: 20, max: 4000 }), (at, size) => {
    secrets.clear();
    const secret = `"s3\n${'abcdefghijklmnop'.repeat(300).slice(0, size)}`;
    secrets.add(secret);
    const text = `${'.'.repeat(at)}${secret}${secret} end`;
    expect(shown(text)).not.toMatch(/s3|abcdef/);
    expect(shown(text).length).toBeLessThan(length + 10);
  }));
});

test('the time to mask a text grows with its length, not with its square', () => {
  const mask = new Secrets();
  mask.add('correct horse battery staple', `${' '.repeat(9)}x`);
  const cpuTime = (text: string) => {
    const begun = process.cpuUsage().user;
    for (let repeats = 0; repeats < 3; repeats++) mask.mask(text);
    return process.cpuUsage().user - begun;
  };
  for (const unit of [' ', '\\', '%25', '&amp;', '\n', '\\u005c', '"', 'correct ']) {
    const [small, large] = [cpuTime(unit.repeat(5_000)), cpuTime(unit.repeat(50_000))];
    expect({ unit, isLinear: large < 40 * Math.max(small, 10_000) }).toEqual({ unit, isLinear: true });
  }
});
