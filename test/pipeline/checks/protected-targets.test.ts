import type { JsonObject } from '../../../src/base/json';
import { job, problemsIn, review, target } from '../../support/pipeline-problems';

const TARGETS = [target(), target({ environment: 'production', protectedRefsOnly: true }), review()];
const PROTECTED = '$CI_COMMIT_REF_PROTECTED == "true"';

function problemsOf(keywords: JsonObject): string[] {
  return problemsIn({ targets: TARGETS, added: [job('a', keywords)] });
}

test.each<[string, JsonObject]>([
  ['no environment', {}],
  ['another environment', { environment: 'staging' }],
  ['an environment that cannot be production', { environment: { name: 'qa/$CI_COMMIT_REF_SLUG' } }],
  ['a rule for protected refs', { environment: 'production', rules: [{ if: PROTECTED }] }],
  ['rules for protected refs', { environment: 'production', rules: [{ if: `$CI_COMMIT_TAG && ${PROTECTED}`, when: 'manual' }, { if: `${PROTECTED} && $A` }, { when: 'never' }] }],
  ['a rule in other quotes', { environment: { name: 'production' }, rules: [{ if: '$CI_COMMIT_REF_PROTECTED == \'true\'' }] }],
])('a job may have %s', (_, keywords) => {
  expect(problemsOf(keywords)).toEqual([]);
});

test.each<[string, JsonObject]>([
  ['no rules', { environment: 'production' }],
  ['a rule for any ref', { environment: { name: 'production' }, rules: [{ if: '$CI_COMMIT_BRANCH' }] }],
  ['a rule without a condition', { environment: 'production', rules: [{ if: PROTECTED }, { when: 'manual' }] }],
  ['an alternative to the condition', { environment: 'production', rules: [{ if: `${PROTECTED} || $CI_COMMIT_TAG` }] }],
  ['only rules with "when: never"', { environment: 'production', rules: [{ if: PROTECTED, when: 'never' }] }],
  ['a rule for unprotected refs', { environment: 'production', rules: [{ if: '$CI_COMMIT_REF_PROTECTED != "true"' }] }],
  ['the keyword only', { environment: 'production', only: ['main'] }],
  ['the name of a branch as environment', { environment: '$CI_COMMIT_REF_SLUG' }],
  ['a variable in the name', { environment: { name: 'prod$SUFFIX' } }],
  ['"action: stop"', { environment: { name: 'production', action: 'stop' } }],
  ['"action: access"', { environment: { name: 'production', action: 'access' } }],
])('a job in the environment of a protected target may not have %s', (_, keywords) => {
  expect(problemsOf(keywords)).toEqual([expect.stringContaining('can be that of the protected target production, for refs that are not protected')]);
});

test('a generated job of a protected target needs the condition', () => {
  const jobs = [job('deploy', { environment: 'production', rules: [{ if: '$CI_COMMIT_BRANCH' }] }, { targetEnvironment: 'production' })];
  expect(problemsIn({ targets: TARGETS, jobs })).toHaveLength(1);
});

function problemsOfReader(keywords: JsonObject, stagingVariable: string): string[] {
  const rules = [{ if: PROTECTED }];
  const jobs = [
    job('deploy-staging', { environment: 'staging' }, { targetEnvironment: 'staging', credentials: [{ variable: stagingVariable, kind: 'masked variable', source: 'variable' as const }] }),
    job('deploy-production', { environment: 'production', rules, script: ['use $PRODUCTION_CONFIG'] }, { targetEnvironment: 'production', credentials: [{ variable: 'PRODUCTION_CONFIG', kind: 'masked variable', source: 'variable' as const }] }),
  ];
  return problemsIn({ targets: TARGETS, jobs, added: [job('a', keywords)] });
}

test.each<JsonObject>([
  { script: ['use "$PRODUCTION_CONFIG"'] },
  { before_script: ['use ${PRODUCTION_CONFIG}'] },
  { after_script: ['use $PRODUCTION_CONFIG'] },
  { variables: { COPY: '$PRODUCTION_CONFIG' } },
  { variables: { COPY: { value: '$PRODUCTION_CONFIG' } } },
])('another job may not read the credential of a protected target: %j', (keywords) => {
  expect(problemsOfReader(keywords, 'STAGING_CONFIG')).toEqual([
    expect.stringContaining('job a: it reads $PRODUCTION_CONFIG, the credential of the protected target production, expected the credential only in jobs of that environment'),
  ]);
});

test('another job may read a variable that all targets use, because GitLab scopes it', () => {
  expect(problemsOfReader({ script: ['use $PRODUCTION_CONFIG'] }, 'PRODUCTION_CONFIG')).toEqual([]);
});

test('another job may read the kubeconfig of the agent', () => {
  const known = { targetEnvironment: 'production', credentials: [{ variable: 'KUBECONFIG', kind: 'GitLab agent group/infra:prod', source: 'agent' as const }] };
  const deploy = job('deploy', { environment: 'production', rules: [{ if: PROTECTED }] }, known);
  expect(problemsIn({ targets: TARGETS, jobs: [deploy], added: [job('a', { script: ['use $KUBECONFIG'] })] })).toEqual([]);
});

test('a job in the environment of the target may read its credential', () => {
  const keywords = { script: ['use $PRODUCTION_CONFIG'], environment: { name: 'production', action: 'access' }, rules: [{ if: PROTECTED }] };
  expect(problemsOfReader(keywords, 'STAGING_CONFIG')).toEqual([]);
});

test('another job may read other variables', () => {
  expect(problemsOfReader({ script: ['use $PRODUCTION_CONFIG_2 $$PRODUCTION_CONFIG'] }, 'STAGING_CONFIG')).toEqual([]);
});
