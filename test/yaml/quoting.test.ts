import { Document, parse } from 'yaml';
import { escapeInvisible, quoteAmbiguous } from '../../src/yaml/quoting';

function written(value: unknown): string {
  const document = new Document(value);
  quoteAmbiguous(document);
  return escapeInvisible(document.toString({ lineWidth: 0, singleQuote: true })).trimEnd();
}

test.each(['yes', 'NO', 'on', 'null', '~', '1_000', '12:30', '2026-01-01', '0o17', '.inf', '=', '<<', ':symbol', ''])('quoteAmbiguous quotes %j', (text) => {
  expect(written(text)).toMatch(/^(['"]).*\1$/);
  expect(written({ [text]: 'a' })).toMatch(/^(?:\? )?(['"]).*\1/);
});

test.each(['web', 'npm ci', 'node:24', '$CI_COMMIT_SHA', 'a:b'])('quoteAmbiguous does not quote %j', (text) => {
  expect(written(text)).toBe(text);
});

test('quoteAmbiguous quotes a text with an input, except in tags', () => {
  expect(written({ image: '$[[ inputs.image ]]', tags: '$[[ inputs.tags ]]' })).toBe('image: \'$[[ inputs.image ]]\'\ntags: $[[ inputs.tags ]]');
});

test.each(['a\u200bb', 'a\u202eb', 'a\u0007b', '  indented\nblock', '\nempty first line'])('the written form of %j is visible and parses to the same text', (text) => {
  const yaml = written({ text });
  expect(yaml).toMatch(/^[\x20-\x7e\n]*$/);
  expect(parse(yaml)).toEqual({ text });
});
