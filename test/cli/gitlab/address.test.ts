import { contextOf, ContextOptions } from './context';
import { gitlabAddress, ownerName } from '../../../src/cli/gitlab/address';

const SECRET = 'hunter2-secret';

function origin(address: string): ContextOptions['files'] {
  return { 'repository/.git/config': `[remote "origin"]\n\turl = ${address}\n` };
}

const REMOTE = origin('git@gitlab.example.com:example-group/site.git');

describe('the address of GitLab', () => {
  test.each<[string, string[], ContextOptions, string, string]>([
    ['an option', ['--gitlab-url', 'https://gitlab.example.com'], { variables: { CI_SERVER_URL: 'https://other.example.com' } }, 'https://gitlab.example.com', '--gitlab-url'],
    ['the CI job', [], { variables: { CI_SERVER_URL: 'https://ci.example.com:8443' }, files: REMOTE }, 'https://ci.example.com:8443', 'CI_SERVER_URL'],
    ['the git remote', [], { files: REMOTE }, 'https://gitlab.example.com', 'the git remote "origin"'],
    ['a remote with a password', [], { files: origin(`https://me:${SECRET}@gitlab.example.com/a/b.git`) }, 'https://gitlab.example.com', 'the git remote "origin"'],
    ['a path', ['--gitlab-url', 'https://example.com/gitlab/'], {}, 'https://example.com/gitlab', '--gitlab-url'],
    ['the API itself', ['--gitlab-url', 'https://example.com/api/v4/'], {}, 'https://example.com', '--gitlab-url'],
    ['http on this machine', ['--gitlab-url', 'http://127.0.0.1:3000'], {}, 'http://127.0.0.1:3000', '--gitlab-url'],
  ])('comes from %s', async (_, argv, options, url, source) => {
    expect(await gitlabAddress(contextOf(argv, options))).toEqual({ url, source });
  });

  test.each<[string, string[], ContextOptions, RegExp]>([
    ['nothing that says it', [], {}, /^--gitlab-url: it is missing, and no git remote "origin" of a repository of yours says it/],
    ['http', ['--gitlab-url', 'http://gitlab.example.com'], {}, /^--gitlab-url: "http:\/\/gitlab\.example\.com" is not https/],
    ['http in a remote', [], { files: origin('http://gitlab.example.com/a/b') }, /^the git remote "origin": "http:\/\/gitlab\.example\.com" is not https/],
    ['a user', ['--gitlab-url', `https://me:${SECRET}@gitlab.example.com`], {}, /^--gitlab-url: it is no plain address/],
    ['a query', ['--gitlab-url', `https://gitlab.example.com?private_token=${SECRET}`], {}, /no plain address/],
    ['a fragment', ['--gitlab-url', 'https://gitlab.example.com#x'], {}, /no plain address/],
    ['no scheme', ['--gitlab-url', 'gitlab.example.com'], {}, /no plain address/],
    ['another scheme', ['--gitlab-url', 'ssh://gitlab.example.com'], {}, /no plain address/],
    ['white space', ['--gitlab-url', 'https://gitlab.example.com '], {}, /no plain address/],
    ['a variable that is none', [], { variables: { CI_SERVER_URL: '$URL' } }, /^CI_SERVER_URL: it is no plain address/],
  ])('is refused with %s', async (_, argv, options, expected) => {
    const error = await gitlabAddress(contextOf(argv, options)).catch((problem: Error) => problem);

    expect(error).toMatchObject({ name: 'UserError', message: expect.stringMatching(expected) });
    expect(String(error)).not.toContain(SECRET);
  });
});

describe('the project or group', () => {
  const HERE = { url: 'https://gitlab.example.com', source: '--gitlab-url' };

  test.each<[string, string[], ContextOptions, object]>([
    ['a project by number', ['--project', '42'], { variables: { CI_PROJECT_ID: '7' } }, { kind: 'project', name: '42' }],
    ['a project by path', ['--project', 'example-group/sub.group/site_1'], {}, { kind: 'project', name: 'example-group/sub.group/site_1' }],
    ['a group', ['--group', 'example-group'], { variables: { CI_PROJECT_ID: '7' } }, { kind: 'group', name: 'example-group' }],
    ['the project of the CI job', [], { variables: { CI_PROJECT_ID: '7' }, files: REMOTE }, { kind: 'project', name: '7' }],
    ['the project of the git remote', [], { files: REMOTE }, { kind: 'project', name: 'example-group/site' }],
  ])('is %s', async (_, argv, options, expected) => {
    expect(await ownerName(contextOf(argv, options), HERE)).toEqual(expected);
  });

  test('of a GitLab below a path is what follows it', async () => {
    const files = origin('https://example.com/gitlab/example-group/site.git');

    expect(await ownerName(contextOf([], { files }), { ...HERE, url: 'https://example.com/gitlab' })).toEqual({ kind: 'project', name: 'example-group/site' });
  });

  test.each<[string, string[], ContextOptions, RegExp]>([
    ['both', ['--group', 'a', '--project', 'a/b'], {}, /^--group: there is a --project as well/],
    ['neither', [], {}, /^--project: it is missing/],
    ['a remote elsewhere', [], { files: origin('git@code.example.com:a/b.git') }, /the git remote "origin" is on "code\.example\.com", not on "gitlab\.example\.com"/],
    ['a project without its group', ['--project', 'site'], {}, /^--project: it is "site", expected the number or full path of a project/],
    ['a path upwards', ['--project', 'a/../../users'], {}, /--project: it is "a\/\.\.\/\.\.\/users"/],
    ['a path with a query', ['--project', 'a/b?c'], {}, /--project: it is/],
    ['a slash at the start', ['--group', '/a'], {}, /--group: it is/],
    ['a variable that is no project', [], { variables: { CI_PROJECT_ID: '$CI_PROJECT_ID' } }, /^CI_PROJECT_ID: it is/],
  ])('is refused with %s', async (_, argv, options, expected) => {
    await expect(ownerName(contextOf(argv, options), HERE)).rejects.toThrow(expected);
  });
});
