import { isCi, variablesIn } from '../../src/gitlab/ci-variables';

test.each([
  [{ CI: 'true' }, true], [{ CI: 'false' }, true], [{ GITLAB_CI: 'true' }, true], [{ CI: '' }, false], [{}, false],
])('isCi decides about %j: %s', (variables, expected) => {
  expect(isCi(variables)).toBe(expected);
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
