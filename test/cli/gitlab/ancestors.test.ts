import { ancestorsOf } from '../../../src/cli/gitlab/ancestors';
import { Gitlab, GitlabOwner } from '../../../src/cli/gitlab/gitlab';
import { GitlabError } from '../../../src/cli/gitlab/gitlab-error';

const VARIABLE = { key: 'A', environmentScope: '*', type: 'env_var', protected: false, masked: true, hidden: false } as const;
const SITE: GitlabOwner = { kind: 'project', id: 42, path: 'a/b/site', groupId: 2 };

/** A GitLab with these parents by group id. A group that is missing cannot be seen; `secret` groups hide their variables. */
function gitlabWith(parents: Record<number, number | undefined>, secret: number[] = []): Gitlab {
  return {
    owner: async (_: string, id: string) => {
      if (!(id in parents)) throw new GitlabError('look for group', 404, 'not found');
      return { kind: 'group', id: Number(id), path: `group-${id}`, groupId: parents[Number(id)] };
    },
    variables: async ({ id }: GitlabOwner) => {
      if (secret.includes(id)) throw new GitlabError('read the variables', 403, 'forbidden');
      return [VARIABLE];
    },
  } as unknown as Gitlab;
}

test('the ancestors of a project are its groups with their variables, the nearest first', async () => {
  expect(await ancestorsOf(gitlabWith({ 2: 1, 1: undefined }), SITE)).toEqual([
    { id: 2, group: { kind: 'group', id: 2, path: 'group-2', groupId: 1 }, variables: [VARIABLE] },
    { id: 1, group: { kind: 'group', id: 1, path: 'group-1', groupId: undefined }, variables: [VARIABLE] },
  ]);
});

test('a group without readable variables has none, and the search goes on', async () => {
  const ancestors = await ancestorsOf(gitlabWith({ 2: 1, 1: undefined }, [2]), SITE);

  expect(ancestors.map(({ id, variables }) => [id, variables])).toEqual([[2, undefined], [1, [VARIABLE]]]);
});

test('the list ends at a group that the token cannot see', async () => {
  expect(await ancestorsOf(gitlabWith({ 2: 1 }), SITE)).toMatchObject([{ id: 2 }, { id: 1 }]);
  expect((await ancestorsOf(gitlabWith({ 2: 1 }), SITE))[1]).toEqual({ id: 1 });
});

test('a circle of groups ends after 20', async () => {
  expect(await ancestorsOf(gitlabWith({ 2: 1, 1: 2 }), SITE)).toHaveLength(20);
});

test('another error is thrown', async () => {
  const gitlab = { owner: async () => Promise.reject(new Error('ended')) } as unknown as Gitlab;

  await expect(ancestorsOf(gitlab, SITE)).rejects.toThrow('ended');
});
