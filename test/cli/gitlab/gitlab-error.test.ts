import { GitlabError, lacksScope, messageOf } from '../../../src/cli/gitlab/gitlab-error';

test.each<[string, string]>([
  ['{"message":"401 Unauthorized"}', '401 Unauthorized'],
  ['{"message":{"key":["has already been taken","is invalid"],"base":["limit exceeded"]}}', 'key has already been taken, is invalid; limit exceeded'],
  ['{"error":"invalid_token","error_description":"Token is expired."}', 'Token is expired.'],
  ['{"error":"not_found"}', 'not_found'],
  ['{}', 'nothing'],
  [' <html>502</html>', 'a web page'],
  ['Retry later\n', 'Retry later'],
  ['', 'nothing'],
])('the message in %j is %j', (body, expected) => {
  expect(messageOf(body)).toBe(expected);
});

test('lacksScope recognizes the error insufficient_scope', () => {
  expect(lacksScope('{"error":"insufficient_scope"}')).toBe(true);
  expect(lacksScope('{"message":"403 Forbidden"}')).toBe(false);
});

test('an error escapes the message of GitLab and ends with the hint', () => {
  expect(new GitlabError('read project 42', 403, 'no\u001b[2J', 'the token needs the scope api'))
    .toMatchObject({ message: 'read project 42: GitLab says 403: "no\\u001b[2J"; the token needs the scope api', code: 403, exitCode: 3 });
});
