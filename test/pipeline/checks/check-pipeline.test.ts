import * as fc from 'fast-check';
import type { JsonObject } from '../../../src/base/json';
import { UserError, validationErrors } from '../../../src/base/user-error';
import { checkPipeline } from '../../../src/pipeline/checks/check-pipeline';
import { job, target } from '../../support/pipeline-problems';

const PARTS = { app: 'web', targets: [target()], stages: ['test'], jobs: [], raw: {} };

test('a pipeline without problems is accepted', () => {
  expect(() => checkPipeline({ ...PARTS, added: [job('a')] })).not.toThrow();
});

test('one problem is one sentence', () => {
  expect(validationErrors(() => checkPipeline({ ...PARTS, added: [job('image')] }))).toEqual(['job: its name is "image", expected no keyword of GitLab or YAML; rename it']);
});

test('all problems are said at once, a line each', () => {
  const added = [job('image'), job('a', { stage: 'other', needs: ['b'], rules: [{ if: '$CI_JOB_ID' }] })];
  expect(() => checkPipeline({ ...PARTS, added })).toThrow(UserError);
  expect(validationErrors(() => checkPipeline({ ...PARTS, added }))).toMatchInlineSnapshot(`
[
  "4 problems in the pipeline
  job: its name is "image", expected no keyword of GitLab or YAML; rename it
  job a: its stage is "other", expected one of .pre, test, .post; list it in stages
  job a: it needs "b", expected a job of this file; correct the name, or add the job
  job a: a rule asks for $CI_JOB_ID, which only a running job has, expected variables that there are before jobs run, not in "$CI_JOB_ID"; ask for it in the script, or for another variable",
]
`);
});

test('names do not reach the terminal as they are', () => {
  const [message] = validationErrors(() => checkPipeline({ ...PARTS, added: [job('a\u001b[2J', { stage: '\u001b[31m', needs: ['\u202eb'] })] }));
  expect(message).not.toMatch(/[\u001b\u202e]/);
});

const KEYWORDS = [
  'stage', 'image', 'services', 'rules', 'needs', 'dependencies', 'environment', 'resource_group', 'retry', 'interruptible', 'timeout', 'id_tokens', 'variables', 'script',
  'artifacts', 'extends', 'inherit', 'only', 'default', 'workflow',
];

test('whatever a user writes as keywords is refused in words, or left to GitLab', () => {
  const value = fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.constantFrom('a', '$CI_JOB_ID', 'staging'), fc.array(fc.dictionary(fc.constantFrom('if', 'when', 'job', 'name'), fc.jsonValue(), { noNullPrototype: true })));
  const keywords = fc.dictionary(fc.constantFrom(...KEYWORDS), value, { noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
  fc.assert(fc.property(keywords, keywords, (own, raw) => {
    const added = [job('a', own), job('.b', own)];
    const known = { target: 'staging', holds: [{ variable: 'KUBECONFIG', kind: 'masked variable', source: 'variable' as const }], gives: ['A'], takes: ['B'] };
    expect(() => validationErrors(() => checkPipeline({ ...PARTS, raw, jobs: [job('deploy', own, known)], added }))).not.toThrow();
  }), { numRuns: 500 });
});
