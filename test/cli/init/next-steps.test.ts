import { AGENT, answersOf, EMPTY_FOLDER, OIDC } from './examples';
import { includeLines, nextSteps } from '../../../src/cli/init/next-steps';

test('DEPLOYING.md names the namespaces and the files', () => {
  const text = nextSteps(answersOf(), EMPTY_FOLDER);

  expect(text).toMatch(/^# web\n\nGitLab CI deploys this application into namespace `web-staging` \(staging\) and namespace `web` \(production\), and nowhere else\.\n/);
  expect(text.match(/^\| `[a-z]+\.ts` \|/gm)).toEqual(['| `targets.ts` |', '| `access.ts` |', '| `main.ts` |', '| `pipeline.ts` |']);
});

test('the steps are numbered', () => {
  expect(nextSteps(answersOf(), EMPTY_FOLDER).match(/^\d+\. /gm)).toEqual(['1. ', '2. ', '3. ', '4. ', '5. ', '6. ']);
});

test.each([
  ['grants with the path of the project for a kubeconfig', answersOf({ project: 'group/site' }),
    "GITLAB_TOKEN=… npx cdk8s-ci-deploy grant dist/access-production.yaml --project group/site --environment 'production'"],
  ['has a word to replace for an unknown project', answersOf(), "--project GROUP/PROJECT --environment 'staging'"],
  ['applies the manifests for an agent', answersOf({ credential: AGENT }), 'kubectl apply -f dist/access-staging.yaml'],
  ['grants without a token for an id_token', answersOf({ credential: OIDC }), '\n   npx cdk8s-ci-deploy grant dist/access-staging.yaml\n'],
  ['names the file of an environment with a slash', answersOf({ targets: [{ environment: 'eu/prod', namespace: 'web', protectedRefsOnly: true }] }), 'dist/access-eu-prod.yaml'],
])('the administrator %s', (_, answers, expected) => {
  expect(nextSteps(answers, EMPTY_FOLDER)).toContain(expected);
});

test.each([
  ['needs a Dockerfile when there is none', answersOf(), EMPTY_FOLDER, true],
  ['needs no second Dockerfile', answersOf(), { ...EMPTY_FOLDER, hasDockerfile: true }, false],
  ['needs no Dockerfile for a Hugo site, which gets one', answersOf(), { ...EMPTY_FOLDER, isHugoSite: true }, false],
  ['needs no Dockerfile for a prebuilt image', answersOf({ builder: { kind: 'prebuilt', reference: 'a/b:1' } }), EMPTY_FOLDER, false],
])('the project %s', (_, answers, detected, expected) => {
  expect(nextSteps(answers, detected).includes('Write a `Dockerfile`')).toBe(expected);
});

test('an existing pipeline gets the lines that include the new one', () => {
  const detected = { ...EMPTY_FOLDER, hasPipeline: true };

  expect(includeLines(detected)).toEqual(expect.arrayContaining(['include:', '  - local: deploy.gitlab-ci.yml']));
  expect(nextSteps(answersOf(), detected)).toContain('   include:\n     - local: deploy.gitlab-ci.yml\n');
  expect(nextSteps(answersOf(), EMPTY_FOLDER)).not.toContain('include:');
});
