import { scopeWarnings, widthWarnings } from '../../../src/cli/credentials/destination-warnings';
import { GitlabVariable } from '../../../src/cli/gitlab/gitlab';

function variable(environmentScope: string, key = 'KUBECONFIG'): GitlabVariable {
  return { key, environmentScope, type: 'file', protected: true, masked: true, hidden: true };
}

test.each<[string, string, string]>([
  ['production', '*', 'jobs of "production" get this one, those of others that match get that one'],
  ['review/1', 'review/*', 'jobs of "review/1" get this one, those of others that match get that one'],
  ['*', 'production', 'jobs of "production" get that one'],
  ['review/*', 'review/1', 'jobs of "review/1" get that one'],
  ['*', 'review/*', 'jobs of an environment that matches get that one'],
  ['review/*', '*', 'jobs of an environment that matches get this one'],
  ['review/*', '*/1', 'where both match, GitLab does not say which one a job gets'],
])('a variable for %j beside one for %j', (scope, other, expected) => {
  expect(scopeWarnings('KUBECONFIG', scope, [variable(other)])).toEqual([`KUBECONFIG is there for environment "${other}" too: ${expected}`]);
});

test.each([
  ['the same environment', variable('production')], ['another one', variable('staging')], ['another key', variable('*', 'OTHER')],
])('nothing is said of a variable for %s', (_, other) => {
  expect(scopeWarnings('KUBECONFIG', 'production', [other])).toEqual([]);
});

test('a scope of many environments is pointed out', () => {
  expect(widthWarnings('production')).toEqual([]);
  expect(widthWarnings('review/*')).toEqual(['environment "review/*": the jobs of every environment that matches get the credential']);
  expect(widthWarnings('*')).toEqual(['environment "*": every job gets the credential, also one without an environment']);
});
