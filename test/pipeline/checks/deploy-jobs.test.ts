import type { JsonObject } from '../../../src/base/json';
import { job, problemsIn } from '../../support/pipeline-problems';

function problemsOfDeploy(keywords: JsonObject, raw: JsonObject = {}): string[] {
  const known = { target: 'staging', holds: [{ variable: 'KUBECONFIG', kind: 'masked variable', source: 'variable' as const }] };
  return problemsIn({ jobs: [job('deploy', { environment: 'staging', ...keywords }, known)], raw });
}

test.each<[string, JsonObject, JsonObject]>([
  ['nothing else', {}, {}],
  ['no second attempt', { retry: 0 }, {}],
  ['its own before_script', { before_script: ['a'] }, {}],
  ['runners by default', {}, { default: { tags: ['a'], image: 'a:1', timeout: '1h' } }],
  ['defaults that it does not inherit', { inherit: { default: false } }, { default: { retry: 1, before_script: ['a'] } }],
  ['some of the defaults', { inherit: { default: ['tags'] } }, { default: { retry: 1, tags: ['a'] } }],
])('a job that deploys may have %s', (_, keywords, raw) => {
  expect(problemsOfDeploy(keywords, raw)).toEqual([]);
});

test.each<[string, JsonObject, JsonObject, string]>([
  ['a retry', { retry: 2 }, {}, 'it has "retry", expected none'],
  ['a retry with options', { retry: { max: 1 } }, {}, 'it has "retry"'],
  ['a retry by default', {}, { default: { retry: 1 } }, 'it has "retry"'],
  ['a cut', { interruptible: true }, {}, 'it is interruptible'],
  ['a cut by default', {}, { default: { interruptible: true } }, 'it is interruptible'],
  ['commands by default', {}, { default: { before_script: ['a'] } }, 'it takes "before_script" from the defaults of the file'],
  ['commands of the whole file', {}, { before_script: ['a'] }, 'it takes "before_script" from the defaults of the file'],
  ['last commands by default', {}, { default: { after_script: ['a'] } }, 'it takes "after_script"'],
  ['hooks by default', {}, { default: { hooks: { pre_get_sources_script: ['a'] } } }, 'it takes "hooks"'],
  ['a cache of the whole file', {}, { cache: { paths: ['node_modules/'] } }, 'it takes "cache"'],
  ['services by default', {}, { default: { services: ['a:1'] } }, 'it takes "services"'],
])('a job that deploys may not have %s', (_, keywords, raw, expected) => {
  expect(problemsOfDeploy(keywords, raw)).toEqual([expect.stringContaining(`job deploy: ${expected}`)]);
});

test.each<[string, JsonObject]>([
  ['looks at a target', { environment: { name: 'staging', action: 'access' } }],
  ['stops a target', { environment: { name: 'staging', action: 'stop' } }],
  ['is in another environment', { environment: 'qa' }],
  ['is in none', {}],
])('a job that %s may be retried', (_, keywords) => {
  expect(problemsIn({ added: [job('a', { retry: 2, interruptible: true, ...keywords })] })).toEqual([]);
});

test('a job of the user that deploys to a target is looked at as well', () => {
  expect(problemsIn({ added: [job('a', { environment: 'staging', retry: 2 })] })).toHaveLength(1);
});
