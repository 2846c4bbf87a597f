import { isCi, secretVariables, variablesIn } from '../../src/gitlab/ci-variables';

test.each([
  [{ CI: 'true' }, true], [{ CI: 'false' }, true], [{ GITLAB_CI: 'true' }, true], [{ CI: '' }, false], [{}, false],
])('isCi decides about %j: %s', (variables, expected) => {
  expect(isCi(variables)).toBe(expected);
});

test('secretVariables finds variables by the names of secrets, and no path of a variable of type file', () => {
  const found = ['CI_JOB_TOKEN', 'CI_JOB_JWT_V2', 'CI_REGISTRY_PASSWORD', 'GITLAB_TOKEN', 'DB_PASSWORD', 'AWS_SECRET_ACCESS_KEY', 'API_KEY', 'client_secret', 'CI_REPOSITORY_URL'];
  const others = ['CI_COMMIT_SHA', 'TOKENIZER', 'PUBLIC_KEY_URL', 'SECRET_DETECTION_DISABLED', 'CI_REGISTRY', 'KEY'];
  const variables = Object.fromEntries([...found, ...others].map((name) => [name, `value of ${name}`]));
  expect(secretVariables({ ...variables, FILE_TOKEN: '/builds/x.tmp/FILE_TOKEN', EMPTY_TOKEN: undefined })).toEqual([...found.map((name) => `value of ${name}`), '']);
});

test.each([
  ['review/$CI_COMMIT_REF_SLUG', ['CI_COMMIT_REF_SLUG']],
  ['${A}-$B-$A', ['A', 'B']],
  ['$$A and $$$B', ['B']],
  ['$1 $ {A}', []],
  ['', []],
])('variablesIn lists the variables of %j: %j', (text, names) => {
  expect(variablesIn(text)).toEqual(names);
});
