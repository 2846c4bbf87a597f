import type { JsonObject } from '../../../src/base/json';
import { effectiveKeywords } from '../../../src/pipeline/checks/effective-keywords';
import { job } from '../../support/pipeline-problems';

function effective(keywords: JsonObject, raw: JsonObject = {}): JsonObject {
  const others = [
    job('.base', { image: 'base:1', variables: { A: 'base', B: 'base' }, script: ['base'], extends: '.root' }),
    job('.root', { image: 'root:1', tags: ['root'] }),
    job('.loop', { extends: '.loop' }),
  ];
  const one = job('a', keywords);
  return effectiveKeywords({ ...one, keywords: { ...one.keywords, services: undefined } }, [...others, one], raw);
}

test.each<[string, JsonObject, JsonObject, JsonObject]>([
  ['a job has what it says', { image: 'a:1' }, {}, { stage: 'test', script: ['true'], image: 'a:1' }],
  ['extends is followed', { extends: '.base' }, {}, { image: 'base:1', tags: ['root'] }],
  ['maps are merged, lists are replaced', { extends: ['.root', '.base'], variables: { B: 'own' } }, {}, { variables: { A: 'base', B: 'own' }, script: ['true'] }],
  ['the last of several wins', { extends: ['.base', '.root'] }, {}, { image: 'root:1' }],
  ['a job that extends itself ends', { extends: '.loop' }, {}, { extends: '.loop' }],
  ['a job that is not here is left out', { extends: '.elsewhere' }, {}, { extends: '.elsewhere' }],
  ['defaults are taken', {}, { default: { image: 'default:1', retry: 1 } }, { image: 'default:1', retry: 1 }],
  ['own keywords win over defaults', { image: 'a:1' }, { default: { image: 'default:1' } }, { image: 'a:1' }],
  ['keywords of the whole file are defaults', {}, { image: 'global:1' }, { image: 'global:1' }],
])('%s', (_, keywords, raw, expected) => {
  expect(effective(keywords, raw)).toMatchObject(expected);
});

test.each<[string, JsonObject, string[]]>([
  ['what is not inherited is not taken', { inherit: { default: false } }, []],
  ['what is named is inherited', { inherit: { default: ['retry'] } }, ['retry']],
  ['all is inherited unless said', { inherit: { variables: false } }, ['image', 'retry']],
])('%s', (_, keywords, expected) => {
  const result = effective(keywords, { default: { image: 'default:1', retry: 1, stage: 'never' } });
  expect(['image', 'retry'].filter((keyword) => keyword in result)).toEqual(expected);
  expect(result.stage).toBe('test');
});

test('what is undefined is not there', () => {
  expect(effective({})).not.toHaveProperty('services');
});
