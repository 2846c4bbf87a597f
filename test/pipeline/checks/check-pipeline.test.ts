import * as fc from 'fast-check';
import type { JsonObject } from '../../../src/base/json';
import { UserError, validationErrors } from '../../../src/base/user-error';
import { checkPipeline } from '../../../src/pipeline/checks/check-pipeline';
import { job, target } from '../../support/pipeline-problems';

const PARTS = { app: 'web', targets: [target()], stages: ['test'], jobs: [], raw: {} };

test('a pipeline without problems is accepted', () => {
  expect(() => checkPipeline({ ...PARTS, added: [job('a')] })).not.toThrow();
});

test('a single problem is the whole message', () => {
  expect(validationErrors(() => checkPipeline({ ...PARTS, added: [job('image')] }))).toEqual(['job: its name is "image", expected no keyword of GitLab or YAML; rename it']);
});

test('several problems are reported at once, one a line', () => {
  const added = [job('image'), job('a', { stage: 'other', needs: ['b'], rules: [{ if: '$CI_JOB_ID' }] })];
  expect(() => checkPipeline({ ...PARTS, added })).toThrow(UserError);
  expect(validationErrors(() => checkPipeline({ ...PARTS, added }))).toMatchInlineSnapshot(`
[
  "4 problems in the pipeline
  job: its name is "image", expected no keyword of GitLab or YAML; rename it
  job a: its stage is "other", expected one of .pre, test, .post; add it to the option stages
  job a: it needs "b", expected a job of this file; add the job with addJob, or need another one
  job a: a rule uses $CI_JOB_ID, which exists only in a running job, expected variables that exist before jobs run, not in "$CI_JOB_ID"; test the variable in the script, or use another one",
]
`);
});

test('control characters of names are escaped', () => {
  const [message] = validationErrors(() => checkPipeline({ ...PARTS, added: [job('a\u001b[2J', { stage: '\u001b[31m', needs: ['\u202eb'] })] }));
  expect(message).not.toMatch(/[\u001b\u202e]/);
});

const KEYWORDS = [
  'stage', 'image', 'services', 'rules', 'needs', 'dependencies', 'environment', 'resource_group', 'retry', 'interruptible', 'timeout', 'id_tokens', 'variables', 'script',
  'artifacts', 'extends', 'inherit', 'only', 'default', 'workflow',
];

test('any keywords of a user are accepted or rejected with a UserError', () => {
  const value = fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.constantFrom('a', '$CI_JOB_ID', 'staging'), fc.array(fc.dictionary(fc.constantFrom('if', 'when', 'job', 'name'), fc.jsonValue(), { noNullPrototype: true })));
  const keywords = fc.dictionary(fc.constantFrom(...KEYWORDS), value, { noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
  fc.assert(fc.property(keywords, keywords, (own, raw) => {
    const added = [job('a', own), job('.b', own)];
    const known = { targetEnvironment: 'staging', credentials: [{ variable: 'KUBECONFIG', kind: 'masked variable', source: 'variable' as const }], dotenvVariables: ['A'], requiredVariables: ['B'] };
    expect(() => validationErrors(() => checkPipeline({ ...PARTS, raw, jobs: [job('deploy', own, known)], added }))).not.toThrow();
  }), { numRuns: 500 });
});
