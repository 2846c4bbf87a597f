import type { Json, JsonObject } from '../../../src/base/json';
import { job, problemsIn } from '../../support/pipeline-problems';

function problemsOfDeploy(keywords: JsonObject, raw: JsonObject = {}): string[] {
  const known = { targetEnvironment: 'staging', credentials: [{ variable: 'KUBECONFIG', kind: 'masked variable', source: 'variable' as const }] };
  return problemsIn({ jobs: [job('deploy', { environment: 'staging', ...keywords }, known)], raw });
}

test.each<[string, JsonObject, JsonObject]>([
  ['no other keywords', {}, {}],
  ['"retry: 0"', { retry: 0 }, {}],
  ['its own before_script', { before_script: ['a'] }, {}],
  ['runner tags, an image and a timeout by default', {}, { default: { tags: ['a'], image: 'a:1', timeout: '1h' } }],
  ['defaults that it does not inherit', { inherit: { default: false } }, { default: { retry: 1, before_script: ['a'] } }],
  ['some of the defaults', { inherit: { default: ['tags'] } }, { default: { retry: 1, tags: ['a'] } }],
])('a job that deploys may have %s', (_, keywords, raw) => {
  expect(problemsOfDeploy(keywords, raw)).toEqual([]);
});

test.each<[string, JsonObject, JsonObject, string]>([
  ['a retry', { retry: 2 }, {}, 'it has "retry", expected none'],
  ['a retry with options', { retry: { max: 1 } }, {}, 'it has "retry"'],
  ['a retry by default', {}, { default: { retry: 1 } }, 'it has "retry"'],
  ['"interruptible: true"', { interruptible: true }, {}, 'it is interruptible'],
  ['"interruptible: true" by default', {}, { default: { interruptible: true } }, 'it is interruptible'],
  ['a before_script by default', {}, { default: { before_script: ['a'] } }, 'it inherits "before_script" from the defaults of the file'],
  ['a before_script of the file', {}, { before_script: ['a'] }, 'it inherits "before_script" from the defaults of the file'],
  ['an after_script by default', {}, { default: { after_script: ['a'] } }, 'it inherits "after_script"'],
  ['hooks by default', {}, { default: { hooks: { pre_get_sources_script: ['a'] } } }, 'it inherits "hooks"'],
  ['a cache of the file', {}, { cache: { paths: ['node_modules/'] } }, 'it inherits "cache"'],
  ['services by default', {}, { default: { services: ['a:1'] } }, 'it inherits "services"'],
])('a job that deploys may not have %s', (_, keywords, raw, expected) => {
  expect(problemsOfDeploy(keywords, raw)).toEqual([expect.stringContaining(`job deploy: ${expected}`)]);
});

test.each<[string, JsonObject]>([
  ['only uses the variables of a target', { environment: { name: 'staging', action: 'access' } }],
  ['stops a target', { environment: { name: 'staging', action: 'stop' } }],
  ['is in another environment', { environment: 'qa' }],
  ['is in no environment', {}],
])('a job that %s may be retried', (_, keywords) => {
  expect(problemsIn({ added: [job('a', { retry: 2, interruptible: true, ...keywords })] })).toEqual([]);
});

test('a job of the user that deploys to a target may not be retried', () => {
  expect(problemsIn({ added: [job('a', { environment: 'staging', retry: 2 })] })).toEqual([expect.stringContaining('job a: it has "retry"')]);
});

function problemsOfStop(stop: Json | undefined, raw: JsonObject = {}): string[] {
  const deploy = job('deploy', { environment: { name: 'qa', on_stop: 'stop' } });
  return problemsIn({ added: stop === undefined ? [deploy] : [deploy, job('stop', { environment: stop })], raw });
}

test('on_stop may name a job that stops the same environment', () => {
  expect(problemsOfStop({ name: 'qa', action: 'stop' })).toEqual([]);
});

test('on_stop may name a job of an included file', () => {
  expect(problemsOfStop(undefined, { include: 'other.yml' })).toEqual([]);
});

test.each<[string, Json | undefined]>([
  ['a job that does not exist', undefined],
  ['a job that deploys', 'qa'],
  ['a job without the action', { name: 'qa' }],
  ['a job that stops another environment', { name: 'other', action: 'stop' }],
])('on_stop may not name %s', (_, stop) => {
  expect(problemsOfStop(stop)).toEqual([expect.stringContaining('job deploy: on_stop of its environment names "stop"')]);
});

const TOKENS = { TOKEN: { aud: 'https://example.com' } };

test('a job with an id_token needs a timeout', () => {
  expect(problemsIn({ added: [job('a', { id_tokens: TOKENS, timeout: '30 minutes' })] })).toEqual([]);
  expect(problemsIn({ added: [job('a', { id_tokens: TOKENS })] })).toEqual([expect.stringContaining('job a: it has id_tokens and no timeout')]);
});

test('a job with an id_token may inherit its timeout', () => {
  expect(problemsIn({ added: [job('a', { id_tokens: TOKENS })], raw: { default: { timeout: '30 minutes' } } })).toEqual([]);
});
