import { Json } from '../../../src/base/json';
import { isAtLeast, ownerOf, tokenOf, variableOf, variablesOf } from '../../../src/cli/gitlab/gitlab';

test.each<[string | undefined, string, boolean | undefined]>([
  ['17.4.2-ee', '17.4', true],
  ['17.10.0', '17.4', true],
  ['18.0.0-pre', '17.4', true],
  ['17.3.7', '17.4', false],
  ['9.5.10', '17.4', false],
  ['unknown', '17.4', undefined],
  [undefined, '17.4', undefined],
])('isAtLeast(%s, %s) is %s', (release, minimum, expected) => {
  expect(isAtLeast(release, minimum)).toBe(expected);
});

describe('a response of another form is undefined', () => {
  test.each<Json | undefined>([undefined, null, [], 'text', { name: 1, scopes: [] }, { name: 'a' }])('as a token: %j', (json) => {
    expect(tokenOf(json)).toBeUndefined();
  });

  test.each<Json | undefined>([undefined, [], { id: '1', path_with_namespace: 'a/b' }, { id: 1 }])('as a project: %j', (json) => {
    expect(ownerOf('project', json)).toBeUndefined();
  });

  test.each([undefined, [], { key: 1 }])('as a variable: %j', (json) => {
    expect(variableOf(json)).toBeUndefined();
  });

  test.each([undefined, {}, [{ key: 'A' }, { key: 1 }]])('as variables: %j', (json) => {
    expect(variablesOf(json)).toBeUndefined();
  });
});

test('a variable of an old GitLab has the scope *, is not hidden and not protected', () => {
  expect(variableOf({ key: 'A' })).toEqual({ key: 'A', environmentScope: '*', type: 'env_var', protected: false, masked: false, hidden: false });
});

test('a project in a user namespace has no group', () => {
  expect(ownerOf('project', { id: 1, path_with_namespace: 'me/site', namespace: { kind: 'user', id: 7 } })).toEqual({ kind: 'project', id: 1, path: 'me/site' });
});
