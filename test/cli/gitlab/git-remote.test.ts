import { contextOf } from './context';
import { gitOrigin, remoteOf } from '../../../src/cli/gitlab/git-remote';

test.each<[string, string, string]>([
  ['https://gitlab.example.com/example-group/site.git', 'https://gitlab.example.com/', 'example-group/site'],
  ['https://gitlab.example.com:8443/example-group/site/', 'https://gitlab.example.com:8443/', 'example-group/site'],
  ['https://oauth2:secret@gitlab.example.com/example-group/sub/site.git', 'https://gitlab.example.com/', 'example-group/sub/site'],
  ['http://127.0.0.1:3000/example-group/site.git', 'http://127.0.0.1:3000/', 'example-group/site'],
  ['git@gitlab.example.com:example-group/site.git', 'https://gitlab.example.com/', 'example-group/site'],
  ['gitlab.example.com:/example-group/site.git', 'https://gitlab.example.com/', 'example-group/site'],
  ['ssh://git@gitlab.example.com:2222/example-group/site.git', 'https://gitlab.example.com/', 'example-group/site'],
])('%s is parsed into server and path', (address, server, path) => {
  expect(remoteOf(address)).toEqual({ server: new URL(server), path });
});

test.each([
  '../site.git', '/srv/git/site.git', 'C:\\git\\site', 'C:/git/site', 'file:///srv/git/site.git', 'https://', 'ssh://', 'git@:example-group/site', '',
])('%j is not the address of a server', (address) => {
  expect(remoteOf(address)).toBeUndefined();
});

test.each([
  ['url=https://gitlab.example.com/group/site.git', 'group/site'],
  ['\turl = "https://gitlab.example.com/group/site.git"  ', 'group/site'],
  ['  url\t=\thttps://gitlab.example.com/group/site.git?x=1', 'group/site'],
])('the line %j names the origin', async (line, path) => {
  expect(await gitOrigin(contextOf([], { files: { '.git/config': `[remote "origin"]\n${line}\n` } }))).toMatchObject({ path });
});

test.each(['pushurl = https://gitlab.example.com/group/site.git', 'url', 'url = "a"b"', '# url = https://gitlab.example.com/group/site.git'])('the line %j names no origin', async (line) => {
  expect(await gitOrigin(contextOf([], { files: { '.git/config': `[remote "origin"]\n${line}\n` } }))).toBeUndefined();
});

describe('the origin of a repository', () => {
  const SITE = { server: new URL('https://gitlab.example.com'), path: 'example-group/site' };
  const CONFIG = [
    '[core]', '\trepositoryformatversion = 0', '[remote "upstream"]', '\turl = https://gitlab.example.com/other/site.git',
    '[remote "origin"]', '\tfetch = +refs/heads/*:refs/remotes/origin/*', '\turl = git@gitlab.example.com:example-group/site.git',
    '[branch "main"]', '\turl = https://gitlab.example.com/none/site.git', '',
  ].join('\n');

  test.each<[string, Record<string, string>, string]>([
    ['is the one in its configuration', { 'repository/.git/config': CONFIG }, 'repository'],
    ['is found from a subfolder', { 'repository/.git/config': CONFIG }, 'repository/deploy/access'],
    ['is read with the line ends of Windows', { 'repository/.git/config': CONFIG.replace(/\n/g, '\r\n') }, 'repository'],
    ['is found from a worktree', {
      'repository/.git': 'gitdir: ../main/.git/worktrees/site\n', 'main/.git/worktrees/site/commondir': '../..\n', 'main/.git/config': CONFIG,
    }, 'repository'],
    ['is found from a submodule', { 'repository/.git': 'gitdir: ../outer/.git/modules/site\n', 'outer/.git/modules/site/config': CONFIG }, 'repository'],
  ])('%s', async (_, files, folder) => {
    expect(await gitOrigin(contextOf([], { files, folder }))).toEqual(SITE);
  });

  test.each(['repository/.git', 'repository/.git/config'])('is ignored when %s belongs to another user', async (name) => {
    const context = contextOf([], { files: { 'repository/.git/config': CONFIG } });
    const isOwn = context.files.isOwn.bind(context.files);
    const files = Object.assign(context.files, { isOwn: (path: string) => !path.endsWith(name) && isOwn(path) });

    expect(await gitOrigin({ ...context, files })).toBeUndefined();
  });

  test.each<[string, Record<string, string>]>([
    ['no repository', {}],
    ['no origin', { 'repository/.git/config': '[core]\n\tbare = false\n' }],
    ['an origin in a local folder', { 'repository/.git/config': '[remote "origin"]\n\turl = /srv/git/site.git\n' }],
    ['a .git file that names a missing folder', { 'repository/.git': 'gitdir: ../gone\n' }],
  ])('is undefined with %s', async (_, files) => {
    expect(await gitOrigin(contextOf([], { files }))).toBeUndefined();
  });
});
