import { contextOf, ContextOptions } from './context';
import { gitlabToken } from '../../../src/cli/gitlab/token';

const TOKEN = 'glpat-hunter2-secret';

test.each<[string, string[], ContextOptions]>([
  ['the variable', [], { variables: { GITLAB_TOKEN: TOKEN } }],
  ['a file', ['--gitlab-token-file', 'token'], { files: { 'repository/token': TOKEN }, variables: { GITLAB_TOKEN: 'other-token' } }],
  ['a file with a line break at its end', ['--gitlab-token-file', 'token'], { files: { 'repository/token': `${TOKEN}\r\n` } }],
  ['standard input', ['--gitlab-token-file', '-'], { stdin: `${TOKEN}\n` }],
])('the token comes from %s', async (_, argv, options) => {
  expect(await gitlabToken(contextOf(argv, options))).toBe(TOKEN);
});

test.each<[string, string[], ContextOptions, RegExp]>([
  ['is missing', [], {}, /^GITLAB_TOKEN: it is not set, expected a personal, group or project access token with the scope api; set it, or name a file/],
  ['is that of a job', [], { variables: { CI_JOB_TOKEN: TOKEN } }, /^GITLAB_TOKEN: it is not set; CI_JOB_TOKEN is, but the token of a job may not write variables/],
  ['is that of a job, in another variable', [], { variables: { CI_JOB_TOKEN: TOKEN, GITLAB_TOKEN: TOKEN } }, /it is the token of a CI job/],
  ['looks like that of a job', [], { variables: { GITLAB_TOKEN: 'glcbt-hunter2-secret' } }, /it is the token of a CI job/],
  ['is empty', [], { variables: { GITLAB_TOKEN: '' } }, /^GITLAB_TOKEN: it is empty/],
  ['has white space in it', [], { variables: { GITLAB_TOKEN: `${TOKEN} x` } }, /^GITLAB_TOKEN: it has white space in it/],
  ['has a line break in it', ['--gitlab-token-file', 'token'], { files: { 'repository/token': `${TOKEN}\n${TOKEN}\n` } }, /^token: it has white space in it/],
  ['has other letters in it', ['--gitlab-token-file', '-'], { stdin: `${TOKEN}ß` }, /^standard input: it has characters in it that are not ASCII/],
])('a token is refused when it %s, without being shown', async (_, argv, options, expected) => {
  const error = await gitlabToken(contextOf(argv, options)).catch((problem: Error) => problem);

  expect(error).toMatchObject({ name: 'UserError', message: expect.stringMatching(expected) });
  expect(String(error)).not.toContain('hunter2');
});

test('a token is no argument', () => {
  expect(() => contextOf(['--gitlab-token', TOKEN])).toThrow(/^--gitlab-token: there is no such option on purpose.*set GITLAB_TOKEN, or use --gitlab-token-file FILE$/);
});
