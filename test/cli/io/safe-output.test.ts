import * as fc from 'fast-check';
import { secrets } from '../../../src/base/secrets';
import { jsonText, SafeOutput } from '../../../src/cli/io/safe-output';
import { ANY_CHARACTER } from '../../support/any-character';

let written: string;
let output: SafeOutput;

beforeEach(() => {
  written = '';
  output = new SafeOutput({ write: (text) => written += text });
});

afterEach(() => secrets.clear());

test.each([
  ['colours are removed', '\u001b[1;31mred\u001b[0m', 'red'],
  ['a title for the terminal is escaped', 'a \u001b]0;title\u0007 b', 'a \\u001b]0;title\\u0007 b'],
  ['a carriage return is escaped', 'good\rbad', 'good\\u000dbad'],
  ['a C1 control character is escaped', 'a\u009b2Jb', 'a\\u009b2Jb'],
  ['a mark that changes the direction of text is escaped', 'a\u202eb', 'a\\u202eb'],
  ['lines, tabs and letters of every script stay', 'größe\t見\r\n\n', 'größe\t見\n\n'],
  ['the beginning of a GitLab section is escaped', '\u001b[0Ksection_start:1:x[collapsed=true]\r\u001b[0Kx', '\\u001b[0Ksection_start:1:x[collapsed=true]\\u000d\\u001b[0Kx'],
])('%s', (_, text, safe) => {
  output.write(text);
  expect(written).toBe(safe);
});

/** GitLab's pattern for a section in a job log (lib/gitlab/regex.rb). */
const SECTION = /section_((?:start)|(?:end)):(\d+):([a-zA-Z0-9_.-]+)(\[[a-z=,_A-Z]+\])?\r\u001b\[0K/;

test('no text can control a terminal or begin a section of a GitLab log', () => {
  const piece = fc.oneof(fc.constantFrom('\u001b', '\r', '\u001b[0K', 'section_start:1:x', '\u001b[1m', '\n', '\r\n', '[0K'), fc.string({ unit: ANY_CHARACTER, maxLength: 3 }));
  fc.assert(fc.property(fc.array(piece).map((pieces) => pieces.join('')), (text) => {
    written = '';
    output.write(text);
    expect(written).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\u2066-\u2069]/);
    expect(written).not.toMatch(SECTION);
  }));
});

test('JSON keeps every value, in printable ASCII', () => {
  fc.assert(fc.property(fc.json().map((text) => JSON.parse(text) as unknown), fc.string({ unit: ANY_CHARACTER }), (value, text) => {
    written = '';
    output.json({ value, text });
    expect(written).toMatch(/^[\n\x20-\x7e]*\n$/);
    expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify({ value, text })));
  }));
});

test('JSON stays valid when a secret looks like a part of its structure', () => {
  secrets.add('name: web', 'hunter22, 7');
  expect(JSON.parse(jsonText({ name: 'web', list: ['hunter22', 7], text: 'my name: web' }))).toEqual({ name: 'web', list: ['hunter22', 7], text: 'my [MASKED]' });
});

test('secrets are masked in texts and in JSON, and stay in raw data', () => {
  secrets.add('correct "horse"\nbattery');
  output.write('it is correct \\"horse\\"\\nbattery\n');
  output.json(['correct "horse"\r\nbattery']);
  output.raw('correct "horse"\nbattery');
  expect(written).toBe('it is [MASKED]\n[\n  "[MASKED]"\n]\ncorrect "horse"\nbattery');
});
