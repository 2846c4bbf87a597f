import { contextOf, ContextOptions } from './context';
import { gitlabAddress, gitlabToken, ownerName } from '../../../src/cli/gitlab/connection-options';

const SECRET = 'hunter2-secret';

function origin(address: string): ContextOptions['files'] {
  return { 'repository/.git/config': `[remote "origin"]\n\turl = ${address}\n` };
}

const REMOTE = origin('git@gitlab.example.com:example-group/site.git');

describe('the address of GitLab', () => {
  test.each<[string, string[], ContextOptions, string, string]>([
    ['--gitlab-url before CI_SERVER_URL', ['--gitlab-url', 'https://gitlab.example.com'], { variables: { CI_SERVER_URL: 'https://other.example.com' } }, 'https://gitlab.example.com', '--gitlab-url'],
    ['CI_SERVER_URL before the git remote', [], { variables: { CI_SERVER_URL: 'https://ci.example.com:8443' }, files: REMOTE }, 'https://ci.example.com:8443', 'CI_SERVER_URL'],
    ['the git remote', [], { files: REMOTE }, 'https://gitlab.example.com', 'the git remote "origin"'],
    ['a git remote, without its password', [], { files: origin(`https://me:${SECRET}@gitlab.example.com/a/b.git`) }, 'https://gitlab.example.com', 'the git remote "origin"'],
    ['--gitlab-url, with its path', ['--gitlab-url', 'https://example.com/gitlab/'], {}, 'https://example.com/gitlab', '--gitlab-url'],
    ['the URL of the API, without /api/v4', ['--gitlab-url', 'https://example.com/api/v4/'], {}, 'https://example.com', '--gitlab-url'],
    ['an http URL on the loopback interface', ['--gitlab-url', 'http://127.0.0.1:3000'], {}, 'http://127.0.0.1:3000', '--gitlab-url'],
  ])('is taken from %s', async (_, argv, options, url, source) => {
    expect(await gitlabAddress(contextOf(argv, options))).toEqual({ url, source });
  });

  test.each<[string, string[], ContextOptions, RegExp]>([
    ['when nothing names it', [], {}, /^--gitlab-url: it is missing, and no repository of yours here has a git remote "origin"/],
    ['when it is http', ['--gitlab-url', 'http://gitlab.example.com'], {}, /^--gitlab-url: "http:\/\/gitlab\.example\.com" is not https/],
    ['when the git remote is http', [], { files: origin('http://gitlab.example.com/a/b') }, /^the git remote "origin": "http:\/\/gitlab\.example\.com" is not https/],
    ['when it has a user name', ['--gitlab-url', `https://me:${SECRET}@gitlab.example.com`], {}, /^--gitlab-url: it is not a plain address/],
    ['when it has a query', ['--gitlab-url', `https://gitlab.example.com?private_token=${SECRET}`], {}, /not a plain address/],
    ['when it has a fragment', ['--gitlab-url', 'https://gitlab.example.com#x'], {}, /not a plain address/],
    ['when it has no scheme', ['--gitlab-url', 'gitlab.example.com'], {}, /not a plain address/],
    ['when it has another scheme', ['--gitlab-url', 'ssh://gitlab.example.com'], {}, /not a plain address/],
    ['when it has white space', ['--gitlab-url', 'https://gitlab.example.com '], {}, /not a plain address/],
    ['when the variable is not an address', [], { variables: { CI_SERVER_URL: '$URL' } }, /^CI_SERVER_URL: it is not a plain address/],
  ])('is rejected %s', async (_, argv, options, expected) => {
    const error = await gitlabAddress(contextOf(argv, options)).catch((problem: Error) => problem);

    expect(error).toMatchObject({ name: 'UserError', message: expect.stringMatching(expected) });
    expect(String(error)).not.toContain(SECRET);
  });
});

describe('the project or group', () => {
  const HERE = { url: 'https://gitlab.example.com', source: '--gitlab-url' };

  test.each<[string, string[], ContextOptions, object]>([
    ['the project of --project, by id', ['--project', '42'], { variables: { CI_PROJECT_ID: '7' } }, { kind: 'project', name: '42' }],
    ['the project of --project, by path', ['--project', 'example-group/sub.group/site_1'], {}, { kind: 'project', name: 'example-group/sub.group/site_1' }],
    ['the group of --group', ['--group', 'example-group'], { variables: { CI_PROJECT_ID: '7' } }, { kind: 'group', name: 'example-group' }],
    ['the project of CI_PROJECT_ID', [], { variables: { CI_PROJECT_ID: '7' }, files: REMOTE }, { kind: 'project', name: '7' }],
    ['the project of the git remote', [], { files: REMOTE }, { kind: 'project', name: 'example-group/site' }],
  ])('is %s', async (_, argv, options, expected) => {
    expect(await ownerName(contextOf(argv, options), HERE)).toEqual(expected);
  });

  test('is the path after that of a GitLab below a path', async () => {
    const files = origin('https://example.com/gitlab/example-group/site.git');

    expect(await ownerName(contextOf([], { files }), { ...HERE, url: 'https://example.com/gitlab' })).toEqual({ kind: 'project', name: 'example-group/site' });
  });

  test.each<[string, string[], ContextOptions, RegExp]>([
    ['when nothing names it', [], {}, /^--project: it is missing/],
    ['when the git remote is on another server', [], { files: origin('git@code.example.com:a/b.git') }, /the git remote "origin" is on "code\.example\.com", not on "gitlab\.example\.com"/],
    ['when a project has no group', ['--project', 'site'], {}, /^--project: it is "site", expected the id or full path of a project/],
    ['when its path has ..', ['--project', 'a/../../users'], {}, /--project: it is "a\/\.\.\/\.\.\/users"/],
    ['when its path has a query', ['--project', 'a/b?c'], {}, /--project: it is/],
    ['when its path starts with a slash', ['--group', '/a'], {}, /--group: it is/],
    ['when CI_PROJECT_ID is not a project', [], { variables: { CI_PROJECT_ID: '$CI_PROJECT_ID' } }, /^CI_PROJECT_ID: it is/],
  ])('is rejected %s', async (_, argv, options, expected) => {
    await expect(ownerName(contextOf(argv, options), HERE)).rejects.toThrow(expected);
  });
});

describe('the token for GitLab', () => {
  const TOKEN = 'glpat-hunter2-secret';

  test.each<[string, string[], ContextOptions]>([
    ['GITLAB_TOKEN', [], { variables: { GITLAB_TOKEN: TOKEN } }],
    ['a file, before GITLAB_TOKEN', ['--gitlab-token-file', 'token'], { files: { 'repository/token': TOKEN }, variables: { GITLAB_TOKEN: 'other-token' } }],
    ['a file, without its final line break', ['--gitlab-token-file', 'token'], { files: { 'repository/token': `${TOKEN}\r\n` } }],
    ['standard input', ['--gitlab-token-file', '-'], { stdin: `${TOKEN}\n` }],
  ])('is read from %s', async (_, argv, options) => {
    expect(await gitlabToken(contextOf(argv, options))).toBe(TOKEN);
  });

  test.each<[string, string[], ContextOptions, RegExp]>([
    ['is missing', [], {}, /^GITLAB_TOKEN: it is not set, expected a personal, group or project access token with the scope api; set it, or name a file/],
    ['is missing in a CI job', [], { variables: { CI_JOB_TOKEN: TOKEN } }, /^GITLAB_TOKEN: it is not set; CI_JOB_TOKEN is, but a job token may not write variables/],
    ['is the job token', [], { variables: { CI_JOB_TOKEN: TOKEN, GITLAB_TOKEN: TOKEN } }, /it is the token of a CI job/],
    ['has the prefix of job tokens', [], { variables: { GITLAB_TOKEN: 'glcbt-hunter2-secret' } }, /it is the token of a CI job/],
    ['is empty', [], { variables: { GITLAB_TOKEN: '' } }, /^GITLAB_TOKEN: it is empty/],
    ['has white space', [], { variables: { GITLAB_TOKEN: `${TOKEN} x` } }, /^GITLAB_TOKEN: it has white space in it/],
    ['has several lines', ['--gitlab-token-file', 'token'], { files: { 'repository/token': `${TOKEN}\n${TOKEN}\n` } }, /^token: it has white space in it/],
    ['has other letters', ['--gitlab-token-file', '-'], { stdin: `${TOKEN}ß` }, /^standard input: it has characters that are not ASCII/],
  ])('is rejected when it %s, and the error does not show it', async (_, argv, options, expected) => {
    const error = await gitlabToken(contextOf(argv, options)).catch((problem: Error) => problem);

    expect(error).toMatchObject({ name: 'UserError', message: expect.stringMatching(expected) });
    expect(String(error)).not.toContain('hunter2');
  });

  test('is not accepted as an argument', () => {
    expect(() => contextOf(['--gitlab-token', TOKEN])).toThrow(/^--gitlab-token: there is no such option on purpose.*set GITLAB_TOKEN, or use --gitlab-token-file FILE$/);
  });
});
