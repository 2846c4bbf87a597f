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
  ['a job has its own keywords', { image: 'a:1' }, {}, { stage: 'test', script: ['true'], image: 'a:1' }],
  ['a job gets the keywords of the jobs that it extends', { extends: '.base' }, {}, { image: 'base:1', tags: ['root'] }],
  ['an own map is merged, and an own list replaces the other', { extends: ['.root', '.base'], variables: { B: 'own' } }, {}, { variables: { A: 'base', B: 'own' }, script: ['true'] }],
  ['the last extended job has precedence', { extends: ['.base', '.root'] }, {}, { image: 'root:1' }],
  ['a job may extend itself', { extends: '.loop' }, {}, { extends: '.loop' }],
  ['an unknown job is ignored', { extends: '.elsewhere' }, {}, { extends: '.elsewhere' }],
  ['a job inherits the defaults', {}, { default: { image: 'default:1', retry: 1 } }, { image: 'default:1', retry: 1 }],
  ['an own keyword has precedence over a default', { image: 'a:1' }, { default: { image: 'default:1' } }, { image: 'a:1' }],
  ['a keyword of the file is a default', {}, { image: 'global:1' }, { image: 'global:1' }],
])('%s', (_, keywords, raw, expected) => {
  expect(effective(keywords, raw)).toMatchObject(expected);
});

test.each<[string, JsonObject, string[]]>([
  ['a job can inherit no default', { inherit: { default: false } }, []],
  ['a job can inherit some defaults', { inherit: { default: ['retry'] } }, ['retry']],
  ['a job inherits all defaults otherwise', { inherit: { variables: false } }, ['image', 'retry']],
])('%s', (_, keywords, expected) => {
  const result = effective(keywords, { default: { image: 'default:1', retry: 1, stage: 'never' } });
  expect(['image', 'retry'].filter((keyword) => keyword in result)).toEqual(expected);
  expect(result.stage).toBe('test');
});

test('an undefined keyword is absent', () => {
  expect(effective({})).not.toHaveProperty('services');
});
