import { scopeWarnings, widthWarnings } from '../../../src/cli/credentials/destination-warnings';
import { GitlabVariable } from '../../../src/cli/gitlab/gitlab';

function variable(environmentScope: string, key = 'KUBECONFIG'): GitlabVariable {
  return { key, environmentScope, type: 'file', protected: true, masked: true, hidden: true };
}

test.each<[string, string, string]>([
  ['production', '*', 'jobs of "production" get the new variable, jobs of other matching environments get that one'],
  ['review/1', 'review/*', 'jobs of "review/1" get the new variable, jobs of other matching environments get that one'],
  ['*', 'production', 'jobs of "production" get that one'],
  ['review/*', 'review/1', 'jobs of "review/1" get that one'],
  ['*', 'review/*', 'jobs of a matching environment get that one'],
  ['review/*', '*', 'jobs of a matching environment get the new variable'],
  ['review/*', '*/1', 'GitLab does not define which one a job gets when both match'],
])('a variable for %j gives a warning beside one for %j', (scope, other, expected) => {
  expect(scopeWarnings('KUBECONFIG', scope, [variable(other)])).toEqual([`KUBECONFIG also exists for environment "${other}": ${expected}`]);
});

test.each([
  ['the same environment', variable('production')], ['another environment', variable('staging')], ['another key', variable('*', 'OTHER')],
])('a variable for %s gives no warning', (_, other) => {
  expect(scopeWarnings('KUBECONFIG', 'production', [other])).toEqual([]);
});

test('a scope with a wildcard gives a warning', () => {
  expect(widthWarnings('production')).toEqual([]);
  expect(widthWarnings('review/*')).toEqual(['environment "review/*": the jobs of every matching environment get the credential']);
  expect(widthWarnings('*')).toEqual(['environment "*": every job gets the credential, even a job without an environment']);
});
